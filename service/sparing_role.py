"""The SPARING job of whoever leads the alerts, and its sign of life.

Who leads may change while a package is on its way: that it goes out once is the lease of the package itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from domain.sparing import Verdict
from reports.sparing.sender import PointReport, SkipReason
from service.jobs import JobRecord, Jobs
from service.sparing import PointStatus, wrong_sensors
from service.wiring import Application

EVERY: Final = 20.0  # s between two runs
HEARTBEAT: Final = 5.0  # s
PART: Final = "sparing"

Detail = Mapping[str, str | int | float | bool | None]
Under = Callable[[Callable[[int], object]], Callable[[], None]]
"""`Lease.under`: the work, done only while the lease is ours."""


def schedule_sparing(app: Application, jobs: Jobs, under: Under) -> None:
    """Nothing is scheduled, and nothing is shown, where sending is off."""
    sparing, services = app.sparing, app.services
    if not sparing.config.enabled:
        return
    last: Sequence[PointReport] = ()

    def send(_: int) -> None:
        nonlocal last
        last = sparing.sender.run_once(lambda: not jobs.stopping)

    def beat(_: int) -> None:
        wrong = wrong_sensors(sparing.config, services.registry, services.profiles)
        services.heartbeats.beat(PART, services.clock(), signs(record, last, sparing.status(), wrong))

    record = jobs.every(EVERY, PART, under(send))
    jobs.every(HEARTBEAT, "sparing_heartbeat", under(beat))


def signs(
    record: JobRecord, last: Sequence[PointReport], points: Sequence[PointStatus], wrong: Mapping[str, str]
) -> Detail:
    """What sending has to say of itself. A point that was never tested is nothing that fails: it waits for people.

    `wrong`: the settings of a point, as `wrong_sensors`.
    """
    problems = [f"{point}: {why}" for point, why in wrong.items()]
    problems += [f"{one.point}: {one.problem}" for one in last if one.problem and one.point not in wrong]
    failing = [f"{one.point}: {one.last.verdict}" for one in points if one.last is not None and _fails(one)]
    error = record.last_error or "; ".join(problems + failing) or None
    return {
        "state": "failing" if error else "ok",
        "waiting": sum(one.waiting for one in points),
        "untested": ", ".join(one.point for one in points if one.skipped is SkipReason.UNTESTED) or None,
        "given_up": sum(one.given_up for one in last),
        "error": error,
    }


def _fails(one: PointStatus) -> bool:
    """Until the next delivery: between two attempts an hour may pass in which nothing is tried."""
    if one.last is None or one.last.verdict.delivered:
        return False
    return one.waiting > 0 or one.last.verdict is Verdict.GIVEN_UP
