"""Alerts as they stood when a period ended: what was done to them later belongs to later periods.

Without this a report of October would be another one as soon as somebody acknowledges its last alert in November.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from domain.alert import RISES, Alert, AlertEvent, Transition
from domain.ports import AlertBook
from domain.reading import Millis

PAGE: Final = 200
_ANSWERS: Final = (AlertEvent.ACKNOWLEDGED, AlertEvent.OUT_OF_SERVICE)


def as_of_all(book: AlertBook, alerts: Sequence[Alert], stop: Millis) -> list[Alert]:
    """Each as it stood just before `stop`."""
    found: list[Alert] = []
    for n in range(0, len(alerts), PAGE):
        lives = book.lives([one.id for one in alerts[n : n + PAGE]])
        found += [as_of(one, lives.get(one.id, ()), stop) for one in alerts[n : n + PAGE]]
    return found


def as_of(alert: Alert, life: Sequence[Transition], stop: Millis) -> Alert:
    """From the steps of its life before `stop`; from its own moments where its life does not tell (found late)."""
    before = [step for step in life if step.at < stop]
    returned_at = _returned_at(alert, before, stop)
    who, at = _answered(alert, before, stop)
    return replace(
        alert,
        active=returned_at is None and _earlier(alert.closed_at, stop) is None,
        returned_at=returned_at,
        acknowledged_by=who,
        acknowledged_at=at,
        closed_at=_earlier(alert.closed_at, stop),
    )


def _returned_at(alert: Alert, before: Sequence[Transition], stop: Millis) -> Millis | None:
    steps = [step for step in before if step.event in RISES or step.event is AlertEvent.RETURNED]
    if not steps:
        return _earlier(alert.returned_at, stop)
    return steps[-1].at if steps[-1].event is AlertEvent.RETURNED else None


def _answered(alert: Alert, before: Sequence[Transition], stop: Millis) -> tuple[str | None, Millis | None]:
    steps = [step for step in before if step.event in _ANSWERS]
    if steps:
        return steps[-1].who, steps[-1].at
    at = _earlier(alert.acknowledged_at, stop)
    return (None, None) if at is None else (alert.acknowledged_by, at)


def _earlier(at: Millis | None, stop: Millis) -> Millis | None:
    return at if at is not None and at < stop else None
