"""What runs by the clock: APScheduler, and an honest count of what ran late or failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from domain.ports import Clock
from service.clock import now

log = structlog.get_logger()

CLOCK_CHECK = 1.0  # s
CLOCK_STEP = 2.0  # s the clock must go back to be noticed


@dataclass
class JobRecord:
    """How one job has fared. `missed` are runs that did not happen because one before them was late."""

    every: float  # s
    runs: int = 0
    failed: int = 0
    missed: int = 0
    last_error: str | None = None
    last_duration: float = 0.0  # s
    started: float | None = None  # monotonic, of the last run


class Jobs:
    """Jobs that never overlap with themselves and never end because one run failed.

    The library waits for times of the wall clock. When that is set back (a clock without a battery, a first
    answer of NTP) everything would stand still until the old time comes again, so a thread watches for it.
    """

    def __init__(self, timezone: str, clock: Clock = now) -> None:
        """`clock` is the one that the library reads."""
        self._clock = clock
        self._scheduler = BackgroundScheduler(
            timezone=ZoneInfo(timezone),
            # The library's default skips a run that is a second late; ours runs once for all that are due.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.records: dict[str, JobRecord] = {}
        self._work: dict[str, Callable[[], object]] = {}
        self._stopped = threading.Event()
        self._watch = threading.Thread(target=self._watch_clock, name="clock", daemon=True)

    def every(self, seconds: float, name: str, work: Callable[[], object]) -> JobRecord:
        """Run `work` now and every so many seconds."""
        record = self._record(name, seconds, work)
        at_once = datetime.fromtimestamp(self._clock() / 1000, self._scheduler.timezone)
        trigger = IntervalTrigger(seconds=seconds)
        self._scheduler.add_job(lambda: self._run(name), trigger, id=name, next_run_time=at_once)
        return record

    def daily(self, hour: int, minute: int, name: str, work: Callable[[], object]) -> JobRecord:
        """Run `work` once a day at a local time."""
        record = self._record(name, 86_400.0, work)
        self._scheduler.add_job(lambda: self._run(name), CronTrigger(hour=hour, minute=minute), id=name)
        return record

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()
        self._watch.start()

    @property
    def stopping(self) -> bool:
        """Whether whoever works for long should come to an end."""
        return self._stopped.is_set()

    def soon(self, at_least: float) -> None:
        """What runs every `at_least` seconds or more runs now as well, unless it is running."""
        present = datetime.fromtimestamp(self._clock() / 1000, self._scheduler.timezone)
        for job in self._scheduler.get_jobs():
            if isinstance(job.trigger, IntervalTrigger) and self.records[job.id].every >= at_least:
                job.modify(next_run_time=present)

    def stop(self) -> None:
        """Wait for what runs now, and begin nothing more."""
        self._stopped.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _watch_clock(self) -> None:
        ahead = self._ahead()
        while not self._stopped.wait(CLOCK_CHECK):
            before, ahead = ahead, self._ahead()
            if ahead < before - CLOCK_STEP:
                log.warning("clock_set_back", seconds=round(before - ahead))
                self._begin_anew()

    def _ahead(self) -> float:
        """Seconds by which the wall clock is ahead of the one that is never set."""
        return self._clock() / 1000 - time.monotonic()

    def _begin_anew(self) -> None:
        """What runs every few seconds runs now, what runs once a day at its next time."""
        present = datetime.fromtimestamp(self._clock() / 1000, self._scheduler.timezone)
        for job in self._scheduler.get_jobs():
            daily = isinstance(job.trigger, CronTrigger)
            job.modify(next_run_time=job.trigger.get_next_fire_time(None, present) if daily else present)

    def _record(self, name: str, seconds: float, work: Callable[[], object]) -> JobRecord:
        self._work[name] = work
        record = self.records[name] = JobRecord(every=seconds)
        return record

    def _run(self, name: str) -> None:
        record = self.records[name]
        begun = time.monotonic()
        if record.started is not None:
            record.missed += max(0, round((begun - record.started) / record.every) - 1)
        record.started = begun
        record.runs += 1
        try:
            self._work[name]()
        except Exception as error:
            record.failed += 1
            if str(error) != record.last_error:
                log.exception("job_failed", job=name)
            record.last_error = f"{type(error).__name__}: {error}"
        else:
            record.last_error = None
        record.last_duration = time.monotonic() - begun
