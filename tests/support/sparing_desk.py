"""A SPARING connector for pages and API: one point, on or off, over the application's own database."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from domain.services import Services
from domain.sparing import (
    HOUR,
    Outcome,
    Package,
    PackageKind,
    PackageState,
    Parameter,
    Receipt,
    Verdict,
)
from reports.sparing.config import Sensor, SparingConfig, SparingPoint
from service.sparing import Sparing, connect_sparing
from service.sparing_desk import SparingCounter
from storage.database import Database

POINT = "outlet-ipal"
UID = "ABC3fe3fa2366e1acce66XYZ"
HELD = SparingConfig(
    enabled=True,
    base_url="http://127.0.0.1:9",
    points=(
        SparingPoint(
            point=POINT, uid=UID, sensors={Parameter.PH: Sensor(device="ipal-outlet", metric="ph")}
        ),
    ),
)  # fmt: skip


def with_sparing(
    services: Services, folder: Path, stack: ExitStack, config: SparingConfig = HELD
) -> tuple[Services, Sparing]:
    """The services with a connector that has sent nothing yet."""
    database = Database(f"sqlite:///{folder / 'pantau.db'}")
    stack.callback(database.close)
    sparing = connect_sparing(
        config, stack, database, services.readings, services.quality.overlapping, services.clock
    )
    return replace(services, sparing=SparingCounter(sparing)), sparing


def connection_tested(sparing: Sparing, at: int) -> None:
    """The connection test of the point succeeded."""
    sparing.queue.note(Receipt(0, POINT, UID, PackageKind.TEST, at, at, 1, Verdict.ACCEPTED, 1, 0, 200, True), None)


def sent(sparing: Sparing, start: int, verdict: Verdict, desc: str | None, state: PackageState) -> None:
    """One hour's package and what became of its only attempt."""
    queue = sparing.queue
    queue.put(Package(POINT, PackageKind.HOURLY, start, start + HOUR, "{}", 30, start + HOUR, start + HOUR))
    package = queue.periods(POINT, start, start + 1)[0]
    begun = queue.begin(package, start + 2 * HOUR)
    assert begun is not None
    at = start + HOUR + 25_000
    receipt = Receipt(package.id, POINT, UID, PackageKind.HOURLY, start, at, 1, verdict, 30, 0, 200, True, desc)
    queue.note(receipt, Outcome(state, "{}", 30, at + HOUR))
