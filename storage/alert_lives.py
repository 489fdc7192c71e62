"""What people heard of one alert, read from the steps of its life. Pure.

A ring is a step to `unacknowledged`: raised, come again, back from the shelf or from behind its cause, or rung again
long after it was acknowledged. It is heard unless the alert was held down for chattering, or was put behind its cause
in the same breath.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct, field

from domain.alert import RINGS, RISES, AlertEvent, AlertState
from domain.performance import CHATTERING
from domain.reading import Millis

TOLLING: Final = frozenset({AlertEvent.CHATTERING, AlertEvent.CALMED})
NEEDED: Final = RINGS | TOLLING | {AlertEvent.RETURNED, AlertEvent.ACKNOWLEDGED, AlertEvent.SUPPRESSED}
WITHIN: Final[Millis] = 60_000  # three rises within it are chattering
CALM: Final[Millis] = 600_000  # without a rise: chattering is over


class LifeStep(Struct, frozen=True):
    """One transition, as far as it matters here."""

    id: int
    at: Millis
    event: AlertEvent
    to_state: AlertState


class Life(Struct):
    """One alert within a stretch of time. All lists in order.

    `rises`: when its condition came, heard or held down. `lasted`: how long it held each time it ended. `waits`: from
    the first ring nobody had answered to its acknowledgement. `unanswered`: the last rings had none.
    """

    heard: list[Millis] = field(default_factory=list)
    rises: list[Millis] = field(default_factory=list)
    lasted: list[Millis] = field(default_factory=list)
    waits: list[Millis] = field(default_factory=list)
    unanswered: bool = False
    held: int = 0  # how often it began to be held down


def life_of(steps: Sequence[LifeStep], chatters: bool) -> Life:
    """`chatters`: the alert is held down after the last step."""
    life = Life()
    held = _held_before(steps, chatters)
    rising: Millis | None = None
    calling: Millis | None = None
    for number, step in enumerate(steps):
        if step.event in RINGS and step.to_state is AlertState.UNACKNOWLEDGED and not _hidden(steps, number):
            if step.event in RISES:
                life.rises.append(step.at)
            if not held:
                life.heard.append(step.at)
                calling = step.at if calling is None else calling
        if step.event in RISES:
            rising = step.at
        elif step.event is AlertEvent.RETURNED and rising is not None:
            life.lasted.append(step.at - rising)
            rising = None
        elif step.event is AlertEvent.ACKNOWLEDGED and calling is not None:
            life.waits.append(step.at - calling)
            calling = None
        elif step.event in TOLLING:
            held = step.event is AlertEvent.CHATTERING
            life.held += held
    life.unanswered = calling is not None
    return life


def _held_before(steps: Sequence[LifeStep], chatters: bool) -> bool:
    """An alert raised while its series chattered is held down from its first step on."""
    first = next((step.event for step in steps if step.event in TOLLING), None)
    return chatters if first is None else first is AlertEvent.CALMED


def _hidden(steps: Sequence[LifeStep], number: int) -> bool:
    """It was put behind its cause in the same breath."""
    if number + 1 == len(steps):
        return False
    this, following = steps[number], steps[number + 1]
    at_once = following.at == this.at or following.id == this.id + 1
    return following.event is AlertEvent.SUPPRESSED and at_once


def chattering_spells(rises: Iterable[Millis]) -> int:
    """How often a series began to chatter: three rises within a minute, until ten minutes passed without one."""
    spells, recent, last = 0, list[Millis](), None
    for at in sorted(rises):
        if last is not None and at - last < CALM:
            last = at
            continue
        recent = [*(before for before in recent if at - before < WITHIN), at]
        last = None
        if len(recent) >= CHATTERING:
            spells, last, recent = spells + 1, at, []
    return spells
