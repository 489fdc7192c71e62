"""The SPARING job of whoever leads the alerts, and its sign of life."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from reports.sparing.sender import PointReport, SkipReason
from service.jobs import JobRecord, Jobs
from service.sparing import EVERY, sparing_job
from service.wiring import Application

HEARTBEAT: Final = 5.0  # s
PART: Final = "sparing"

Detail = Mapping[str, str | int | float | bool | None]
Under = Callable[[Callable[[int], object]], Callable[[], None]]
"""`Lease.under`: the work, done only while the lease is ours."""


def schedule_sparing(app: Application, jobs: Jobs, under: Under) -> None:
    """Nothing is scheduled, and nothing is shown, where sending is off."""
    sparing = app.sparing
    if not sparing.config.enabled:
        return
    run = sparing_job(sparing, lambda: True)
    last: Sequence[PointReport] = ()

    def send(_: int) -> None:
        nonlocal last
        last = run()

    def beat(_: int) -> None:
        waiting = sum(sparing.queue.waiting(point.point)[0] for point in sparing.config.points)
        app.services.heartbeats.beat(PART, app.services.clock(), signs(record, last, waiting))

    record = jobs.every(EVERY, PART, under(send))
    jobs.every(HEARTBEAT, "sparing_heartbeat", under(beat))


def signs(record: JobRecord, last: Sequence[PointReport], waiting: int) -> Detail:
    """What sending has to say of itself. A point that was never tested is nothing that fails: it waits for people."""
    problems = [f"{one.point}: {one.problem}" for one in last if one.problem]
    failing = [f"{one.point}: {one.last}" for one in last if one.last is not None and not one.last.delivered]
    error = record.last_error or "; ".join(problems + failing) or None
    return {
        "state": "failing" if error else "ok",
        "waiting": waiting,
        "untested": ", ".join(one.point for one in last if one.skipped is SkipReason.UNTESTED) or None,
        "given_up": sum(one.given_up for one in last),
        "error": error,
    }
