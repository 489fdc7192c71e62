"""Alerts in every state, as ticks and people leave them, for the pages that show them."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from domain.alert import Alert, AlertEvent, AlertState, Priority, Target, Transition
from domain.pause import Pause
from domain.ports import TickChange
from domain.services import Services
from support.mojokerto import MINUTE, raised

GATEWAY: Final = "alert-gateway"
_LEVEL: Final = ("bak-ekualisasi", "level", 93.0, 90.0, Priority.HIGH)


def kept(
    services: Services, name: str, *, told: tuple[Target, ...] = (), said: str | None = None, **changes: Any
) -> Alert:
    """An alert of the level of the equalisation tank, changed as the story needs it."""
    device, metric, value, limit, priority = _LEVEL
    now = services.clock()
    found = services.registry.device(device)
    rule = next(one.id for one in services.rules.rules_for(found) if one.kind == "limit")
    first = Alert(
        id=name, site=found.site, device=device, metric=metric, unit="%", rule=rule, kind="limit", priority=priority,
        state=AlertState.UNACKNOWLEDGED, active=True, since=now - 60_000, value=value, limit=limit, peak=value,
        version=1,
    )  # fmt: skip
    alert = replace(first, **changes)
    step = Transition(name, now, AlertEvent.RAISED, AlertState.NORMAL, alert.state, value=alert.value, comment=said)
    book = services.book
    book.commit(TickChange(book.cursor(), [], [alert], [step], {0: list(told)}), now)
    return alert


def about_pantau(services: Services, name: str, condition: str, **changes: Any) -> Alert:
    """A system alert."""
    more = {"device": "pantau", "metric": condition, "unit": "", "kind": "system", "rule": f"system.{condition}"}
    return kept(services, name, **{**more, "value": None, "limit": None, "peak": None, **changes})


def behind_a_gateway(services: Services, children: int = 3) -> Alert:
    """A silent gateway and the alerts that rest because of it."""
    parent = about_pantau(services, GATEWAY, "gateway_silent")
    for number in range(children):
        kept(services, f"child-{number}", state=AlertState.SUPPRESSED, parent=GATEWAY)
    return parent


def a_paused_stage(services: Services) -> Pause:
    """The aerobic tank is being emptied."""
    now = services.clock()
    return services.pauses.pause(
        Pause("batik", now, "Bak dikuras", "technician", stage="aerob", stop=now + 7_200_000)
    )


def every_state(services: Services) -> None:
    """One alert in each state, with a flood and a pause."""
    raised(services, "waits", "ipal-outlet", "ph", 9.7, 9.0, Priority.CRITICAL, 60 * MINUTE)
    behind_a_gateway(services)
    about_pantau(services, "flooded", "flood")
    now = services.clock()
    kept(
        services,
        "taken",
        state=AlertState.ACKNOWLEDGED,
        acknowledged_by="operator",
        acknowledged_at=now,
        due=now + 60_000,
    )
    kept(services, "shelved", state=AlertState.SHELVED, shelved_until=now + 3_600_000)
    kept(services, "resting", state=AlertState.OUT_OF_SERVICE, active=False)
    kept(services, "chatters", chattering=True, latching=True, occurrences=9)
    over = {"state": AlertState.NORMAL, "active": False, "closed_at": now, "returned_at": now - 60_000}
    kept(services, "late", found_late=True, since=now - 7_200_000, **over)
    a_paused_stage(services)
