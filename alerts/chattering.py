"""Chattering: three times within a minute is held down until it was quiet for ten (standards.md 1). Pure.

`RuleState.raised` remembers when a rule rang for a series, by our own clock, also across separate alerts of it: the
newest rings within a minute; and once they are three, those three and, fourth, the newest ring of all.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from domain.alert import RISES, Alert, AlertEvent, RuleState, Transition
from domain.performance import CHATTERING
from domain.reading import Millis

WITHIN: Final[Millis] = 60_000
CALM: Final[Millis] = 600_000


def chatters(raised: tuple[Millis, ...], now: Millis) -> bool:
    """Whether a series with these rings is held down. Rings noted before the clock was set back do not count."""
    return len(raised) > CHATTERING and raised[-1] <= now < raised[-1] + CALM


def ring(raised: tuple[Millis, ...], now: Millis) -> tuple[Millis, ...]:
    """The rings to remember after one more."""
    if chatters(raised, now):
        return (*raised[:CHATTERING], now)
    recent = [at for at in raised[:CHATTERING] if now - WITHIN < at <= now]
    recent.append(now)
    newest = tuple(recent[-CHATTERING:])
    return (*newest, now) if len(newest) == CHATTERING else newest


def rung(
    state: RuleState, alert: Alert, transition: Transition | None, now: Millis
) -> tuple[RuleState, Alert, Transition | None]:
    """After a rule's step: the state that remembers the ring, the alert held down where it chatters, and the note
    when that begins (to be recorded right after `transition`). `Work.take` calls it for every step.
    """
    if transition is None or transition.event not in RISES:
        return state, alert, None
    before, raised = chatters(state.raised, now), ring(state.raised, now)
    state = replace(state, raised=raised)
    if not chatters(raised, now):
        return state, alert, None
    held = replace(alert, chattering=True, due=now + CALM if alert.due is None else min(alert.due, now + CALM))
    if before:
        return state, held, None
    note = Transition(
        alert.id, max(now, transition.at), AlertEvent.CHATTERING, alert.state, alert.state, value=alert.value
    )
    return state, held, note
