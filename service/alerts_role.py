"""The alerts role: several processes may run it, one of them judges, tells and checks.

Which one says a lease in the database. It is renewed beside the ticks, and every tick's transaction checks it: who
was away too long writes nothing any more. Another takes over when it has run out.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import structlog

from alerts.dead_man import DeadMan
from alerts.work import TickReport
from domain.errors import Deposed
from domain.ports import AlertBook, Clock
from domain.reading import Millis
from service.jobs import JobRecord, Jobs
from service.quality_job import QualityReport
from service.report_role import schedule_reports
from service.sparing_role import schedule_sparing
from service.wiring import Application

log = structlog.get_logger()

LEASE: Final = "alerts"
TERM: Final[Millis] = 10_000  # a lease that is not renewed ends after this
RENEW_EVERY: Final = 3.0  # s
STALLED: Final = 60.0  # s: work that takes longer does not keep the lease
DISPATCH_EVERY: Final = 2.0  # s
REMIND_EVERY: Final = 10.0  # s
SUMMARY_EVERY: Final = 60.0  # s between two looks whether the daily summary is due
HEARTBEAT: Final = 5.0  # s
RARE: Final = 20.0  # s: work that runs no more often does not wait for its next time when the lease becomes ours

Detail = Mapping[str, str | int | float | bool | None]


@contextmanager
def judging(app: Application, jobs: Jobs) -> Iterator[Lease]:
    """Take part in the alerts from the start of the jobs on; another may lead at once when the block ends.

    To be entered before the jobs start, so that they have stopped when the lease goes.
    """
    lease = Lease(app.services.book, app.services.clock, lambda: jobs.soon(RARE))
    schedule_ticks(app, jobs, lease)
    schedule_telling(app, jobs, lease)
    schedule_checks(app, jobs, lease)
    schedule_sparing(app, jobs, lease.under)
    schedule_reports(app, jobs, lease.under)
    jobs.every(RENEW_EVERY, "lease", lease.keep)
    try:
        yield lease
    finally:
        lease.resign()


class Lease:
    """Our hold on the alerts; `term` is None while another process has it."""

    def __init__(self, book: AlertBook, clock: Clock, taken: Callable[[], None] = lambda: None) -> None:
        """`taken` is called when it has become ours."""
        self._book = book
        self._clock = clock
        self._taken = taken
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._began: float | None = None  # the work under way (monotonic)
        self.term: int | None = None

    def keep(self) -> int | None:
        """Take it or keep it; the term while it is ours. Work that has stalled does not keep it."""
        if self._began is not None and time.monotonic() - self._began > STALLED:
            return None
        before, self.term = self.term, self._book.lead(LEASE, self._holder, self._clock(), TERM)
        if before != self.term:
            log.info("leading" if self.term is not None else "following", lease=LEASE, term=self.term)
            if self.term is not None:
                self._taken()
        return self.term

    def under(self, work: Callable[[int], object]) -> Callable[[], None]:
        """The work, done only while the lease is ours; it is given the term, and lets go as `judge` does."""

        def led() -> None:
            if self.term is not None:
                self._do(work, self.term)

        return led

    def judge(self, work: Callable[[int], object]) -> None:
        """The work that the lease is for: takes or keeps it first, and lets go where another has taken over."""
        term = self.keep()
        if term is None:
            return
        self._began = time.monotonic()
        try:
            self._do(work, term)
        finally:
            self._began = None

    def _do(self, work: Callable[[int], object], term: int) -> None:
        """Where another has taken over, nothing more is done until the lease is ours again."""
        try:
            work(term)
        except Deposed:
            log.warning("deposed", lease=LEASE, term=term)
            self.term = None

    def resign(self) -> None:
        """Let another take over at once."""
        if self.term is not None:
            self._book.resign(LEASE, self._holder)
            self.term = None


def schedule_ticks(app: Application, jobs: Jobs, lease: Lease) -> None:
    """The tick, its sign of life, and the ping to whoever watches from outside."""
    services, dead_man = app.services, app.telling.dead_man
    last, behind = TickReport(), None

    def judge(term: int) -> None:
        nonlocal last, behind
        began = services.clock()
        try:
            last = app.engine.tick(began, term)
            behind = None if last.caught_up else behind or began
        except Deposed:
            raise
        except Exception as error:
            dead_man.failed(type(error).__name__, services.clock())
            raise
        services.heartbeats.beat("alerts", services.clock(), tick_signs(record, last, behind))
        dead_man.ticked(services.clock())

    record = jobs.every(app.settings.alerts.tick_seconds, "alerts", lambda: lease.judge(judge))


def tick_signs(record: JobRecord, last: TickReport, behind: Millis | None) -> Detail:
    """What the ticks have to say of themselves. `behind`: the first of those that did not judge everything."""
    return {
        "state": "ok" if not record.failed or record.last_error is None else "failing",
        "every": record.every,
        "ticks": record.runs,
        "failed": record.failed,
        "missed": record.missed,
        "duration": round(record.last_duration, 4),
        "judged": last.judged,
        "caught_up": last.caught_up,
        "behind_since": behind,
        "bad_rules": "; ".join(f"{rule}: {why}" for rule, why in last.bad.items()) or None,
        "error": record.last_error,
    }


def schedule_telling(app: Application, jobs: Jobs, lease: Lease) -> None:
    """The outbox, reminders and escalation, the daily summary."""
    telling, clock = app.telling, app.services.clock

    def beat(_: int) -> None:
        app.services.heartbeats.beat(
            "telling", clock(), telling_signs(telling.dispatcher.failing(), telling.dead_man)
        )

    jobs.every(DISPATCH_EVERY, "dispatch", lease.under(lambda term: telling.dispatcher.run_once(clock(), term)))
    jobs.every(REMIND_EVERY, "reminders", lease.under(lambda term: telling.reminders.run_once(clock(), term)))
    jobs.every(HEARTBEAT, "telling_heartbeat", lease.under(beat))
    jobs.every(SUMMARY_EVERY, "summary", lease.under(lambda term: telling.summary.run_once(clock(), term)))


def telling_signs(failing: Mapping[str, Millis], dead_man: DeadMan) -> Detail:
    """Who cannot be reached, by name, and what came of the pings to the outside."""
    pings = dead_man.count()
    trouble = [f"not reached: {', '.join(sorted(failing))}"] if failing else []
    trouble += [f"ping: {pings.error}"] if pings.error else []
    return {
        "state": "failing" if trouble else "ok",
        "unreachable": len(failing),
        "unreachable_since": min(failing.values(), default=None),
        "pings": pings.sent,
        "pings_failed": pings.failed,
        "error": "; ".join(trouble) or None,
    }


def schedule_checks(app: Application, jobs: Jobs, lease: Lease) -> None:
    """The checks on stored readings, and their sign of life."""
    services = app.services
    last = QualityReport()

    def check(_: int) -> None:
        nonlocal last
        last = app.checks.run_once(services.clock())

    def beat(_: int) -> None:
        detail: Detail = {
            "state": "failing" if record.last_error else "ok",
            "behind": last.behind,
            "wrong_clocks": ", ".join(sorted(last.clocks)) or None,
            "error": record.last_error or told_clocks(last.clocks),
        }
        services.heartbeats.beat("quality", services.clock(), detail)

    record = jobs.every(app.settings.quality.every_seconds, "quality", lease.under(check))
    jobs.every(HEARTBEAT, "quality_heartbeat", lease.under(beat))


def told_clocks(clocks: Mapping[str, int]) -> str | None:
    """The clocks that are off, for the health page; None when there is none."""
    words = [
        f"{name} {abs(ms) / 1000:.0f} s {'ahead' if ms > 0 else 'behind'}" for name, ms in sorted(clocks.items())
    ]
    return f"clocks: {', '.join(words)}" if words else None
