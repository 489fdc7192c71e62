"""Alerts, transitions and rule states of the standing cast, for tests of what keeps or shows them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from domain.alert import Alert, AlertEvent, AlertState, Priority, RuleState, Target, Transition
from domain.ports import TickChange

NOON = 1_795_240_800_000  # 2026-11-21 06:00 UTC in ms


def alert(name: str = "a1", **changes: Any) -> Alert:
    """The outlet's pH is above its limit since noon; version 1."""
    first = Alert(
        id=name,
        site="batik",
        device="outlet",
        metric="ph",
        unit="pH",
        rule="ph-outlet",
        kind="limit",
        priority=Priority.HIGH,
        state=AlertState.UNACKNOWLEDGED,
        active=True,
        since=NOON,
        value=9.4,
        limit=9.0,
        peak=9.6,
        version=1,
    )
    return replace(first, **changes)


def step(alert_: Alert, event: AlertEvent = AlertEvent.RAISED, **changes: Any) -> Transition:
    """A transition into the state the alert is in."""
    first = Transition(alert_.id, NOON, event, AlertState.NORMAL, alert_.state, value=alert_.value)
    return replace(first, **changes)


def acknowledged(alert_: Alert, who: str = "budi") -> tuple[Alert, Transition]:
    """The alert one version on, acknowledged, and the transition that says so."""
    state = AlertState.ACKNOWLEDGED
    after = replace(alert_, state=state, acknowledged_by=who, acknowledged_at=NOON, version=alert_.version + 1)
    return after, Transition(alert_.id, NOON, AlertEvent.ACKNOWLEDGED, alert_.state, state, who=who)


def tick(
    cursor: int = 1,
    *,
    states: tuple[RuleState, ...] = (),
    alerts: tuple[Alert, ...] = (),
    transitions: tuple[Transition, ...] = (),
    told: dict[int, list[Target]] | None = None,
    term: int | None = None,
) -> TickChange:
    """What one tick decided."""
    return TickChange(cursor, list(states), list(alerts), list(transitions), told or {}, term)


def by(*routes: str) -> list[Target]:
    """These routes are told the news."""
    return [Target(route) for route in routes]
