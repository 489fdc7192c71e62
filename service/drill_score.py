"""The score of a drill, from the alerts of its site and what people did to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from domain.alert import Alert, AlertEvent, Transition
from domain.drill import DrillRecord, DrillScore, NotedAction
from domain.registry import Device
from service.wiring import Application
from simulators.drill_scripts import Drill
from simulators.fault import Fault

FULL_WITHIN: Final = 60.0  # s to acknowledge for all points of that half
NONE_AFTER: Final = 300.0  # s after which there are none
HALF: Final = 50

Life = tuple[Alert, list[Transition]]


def lives_of(app: Application, record: DrillRecord) -> list[Life]:
    """The alerts raised at the site since the drill began, with their lives, oldest first."""
    page = app.services.book.page(None, 200, None, record.site, None, False)
    alerts = [alert for alert in page.items if alert.since >= record.began_at]
    lives = app.services.book.lives([alert.id for alert in alerts])
    return [(alert, lives[alert.id]) for alert in reversed(alerts)]


def caused(lives: Sequence[Life], fault: Fault, devices: Sequence[Device]) -> list[Life]:
    """Those that the fault declares."""
    registered = {device.topic_name: device.id for device in devices}
    declared = {(alert.kind, registered.get(alert.device), alert.metric) for alert in fault.expectation.alerts}
    return [
        (alert, life)
        for alert, life in lives
        if (alert.kind, alert.device, alert.metric) in declared or (alert.kind, alert.device, "") in declared
    ]


def over(lives: Sequence[Life], fault: Fault, devices: Sequence[Device]) -> bool:
    """Whether every alert that had to come came, was acknowledged, and is back to normal."""
    found = caused(lives, fault, devices)
    return len(found) >= len(fault.expectation.alerts) and all(alert.closed_at is not None for alert, _ in found)


def score_of(drill: Drill, fault: Fault, devices: Sequence[Device], lives: Sequence[Life]) -> DrillScore:
    """Half for the time from the first alert to the first acknowledgement, half for the actions in comments."""
    found = caused(lives, fault, devices)
    raised = min((step.at for step in _steps(found, AlertEvent.RAISED)), default=None)
    first = min(_steps(found, AlertEvent.ACKNOWLEDGED), key=lambda step: step.at, default=None)
    seconds = None if first is None or raised is None else (first.at - raised) / 1000
    said = " ".join(step.comment.casefold() for _, life in found for step in life if step.comment)
    actions = tuple(
        NotedAction(action=one.action, noted=any(word in said for word in one.words)) for one in drill.actions
    )
    noted = sum(action.noted for action in actions) / len(actions)
    return DrillScore(
        points=round(HALF * promptness(seconds) + HALF * noted),
        alerts=len(found),
        to_acknowledge=seconds,
        acknowledged_by=first.who if first is not None else None,
        actions=actions,
    )


def promptness(seconds: float | None) -> float:
    """1 within a minute, 0 after five or never, evenly less in between."""
    if seconds is None:
        return 0.0
    return min(1.0, max(0.0, (NONE_AFTER - seconds) / (NONE_AFTER - FULL_WITHIN)))


def _steps(lives: Sequence[Life], event: AlertEvent) -> Iterator[Transition]:
    return (step for _, life in lives for step in life if step.event is event)
