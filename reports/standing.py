"""How the open alerts of a site stand: what waits for somebody, what was put aside, and which sensors to mistrust."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from domain.alert import Alert, AlertState, Priority

RANK: Final = {priority: rank for rank, priority in enumerate(Priority)}
SENSOR_KINDS: Final = frozenset({"stuck", "quality", "rate_of_change"})  # the sensor is wrong, not the water
WAITING: Final = frozenset({AlertState.UNACKNOWLEDGED, AlertState.ACKNOWLEDGED, AlertState.RETURNED})


class Standing(Struct, frozen=True):
    """`waiting`: gravest first, then oldest. `faulty`: (device, metric). The others are devices."""

    waiting: tuple[Alert, ...]
    shelved: int
    suppressed: int
    faulty: tuple[tuple[str, str], ...]
    silent: tuple[str, ...]
    out_of_service: tuple[str, ...]


def standing_of(alerts: Iterable[Alert]) -> Standing:
    """Of open alerts. A silent or faulty one counts also while it is shelved or suppressed."""
    found = list(alerts)
    active = [alert for alert in found if alert.active]
    waiting = [alert for alert in found if alert.state in WAITING]
    return Standing(
        tuple(sorted(waiting, key=_gravest)),
        shelved=_count(found, AlertState.SHELVED),
        suppressed=_count(found, AlertState.SUPPRESSED),
        faulty=tuple(sorted({(one.device, one.metric) for one in active if one.kind in SENSOR_KINDS})),
        silent=tuple(sorted({one.device for one in active if one.kind == "no_data"})),
        out_of_service=tuple(sorted({one.device for one in found if one.state is AlertState.OUT_OF_SERVICE})),
    )


def _gravest(alert: Alert) -> tuple[bool, int, int]:
    return not alert.active, -RANK[alert.priority], alert.since


def _count(alerts: list[Alert], state: AlertState) -> int:
    return sum(alert.state is state for alert in alerts)
