"""Which rules should be retuned, why, and with what to try them. Pure.

Starting values are those usually recommended beside ISA-18.2: a deadband of 5 % of the range, 1 % for temperatures
and 2 % for pressures, and delays of seconds up to a minute. They are to be tried on history before they are saved.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from domain.performance import Advice, AdviceReason
from domain.rule import Delayed, LimitRule, NoDataRule, Rule, StuckRule
from storage.actor_tally import ActorKey, ActorTally

SHORT: Final = 60_000  # ms; half of them ended sooner
LEAST: Final = 5  # alerts from which on a habit may be spoken of
FREQUENT: Final = 0.2  # of all rings
ENOUGH: Final = 20  # rings from which on a share means something
CALMING: Final = 60.0  # s; with so long an off-delay nothing rings three times within a minute
DEADBANDS: Final = {"temperature": 0.01, "pressure": 0.02}  # of the range
DEADBAND: Final = 0.05
MOST: Final = 0.75  # a delay to try is longer than so many of the alerts lasted
STEPS: Final = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0)  # s; delays people would type


def reasons_of(tally: ActorTally, total: int, stale: int) -> list[tuple[AdviceReason, int]]:
    """Why the actor's rule should be looked at, each with the number that says so. `total`: rings of all actors."""
    median = tally.lasted(0.5)
    found = {
        AdviceReason.CHATTERS: tally.chattering,
        AdviceReason.SHORT: tally.ended if tally.ended >= LEAST and median is not None and median < SHORT else 0,
        AdviceReason.FREQUENT: tally.rang if total >= ENOUGH and tally.rang > FREQUENT * total else 0,
        AdviceReason.STALE: stale,
        AdviceReason.NEVER_ACTED_ON: tally.alerts if tally.alerts >= LEAST and not tally.acknowledged else 0,
    }
    return [(reason, count) for reason, count in found.items() if count]


def advise(key: ActorKey, reason: AdviceReason, count: int, tally: ActorTally, rule: Rule) -> Advice:
    """The advice, with the fields to try where the rule's kind has them."""
    change: dict[str, float] = {}
    if reason is AdviceReason.CHATTERS:
        change = calming(rule)
    elif reason is AdviceReason.SHORT:
        change = waiting(rule, (tally.lasted(MOST) or 0) / 1000)
    return Advice(key.rule, key.device, reason, count, change)


def calming(rule: Rule) -> dict[str, float]:
    """What holds chattering down: a deadband, and an off-delay."""
    if not isinstance(rule, Delayed) or _has_window(rule):
        return {}
    change = {"off_delay": max(CALMING, 2 * rule.off_delay)}
    deadband = _deadband(rule) if isinstance(rule, LimitRule) else None
    return change if deadband is None else {"deadband": deadband, **change}


def _has_window(rule: Rule) -> bool:
    """A mean over a window has no delays."""
    return isinstance(rule, LimitRule) and rule.window is not None


def _deadband(rule: LimitRule) -> float | None:
    """Of the range between the limits, or of the only limit; twice the present one. None where there is no room."""
    if rule.above is not None and rule.below is not None:
        span = rule.above - rule.below
    else:
        span = abs(rule.above if rule.above is not None else rule.below or 0.0)
    tried = float(f"{max(DEADBANDS.get(rule.scope.metric, DEADBAND) * span, 2 * rule.deadband):.2g}")
    two_sided = rule.above is not None and rule.below is not None
    return tried if tried > rule.deadband and (not two_sided or 2 * tried < span) else None


def waiting(rule: Rule, lasted: float) -> dict[str, float]:
    """A delay that is longer than most of the alerts lasted (s)."""
    longer = next((step for step in STEPS if step > lasted), float(ceil(lasted / 60 + 1) * 60))
    if isinstance(rule, NoDataRule | StuckRule):
        return {"after": rule.after + longer}
    if not isinstance(rule, Delayed) or _has_window(rule):
        return {}
    return {"on_delay": rule.on_delay + longer}
