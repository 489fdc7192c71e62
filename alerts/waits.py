"""The next moment (wall clock) at which a state can change without a reading. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from alerts.kinds.machine import delays
from alerts.kinds.state import StateEvaluator
from alerts.rulebook import Compiled
from alerts.slots import Slot
from domain.alert import RuleState, RuleStatus
from domain.reading import Millis


def arm(rules: Compiled, slot: Slot, before: RuleState, after: RuleState, received: Millis) -> RuleState:
    """`after` with its deadline. `received`: by our clock, when that was learnt.

    It is the first of: when the evaluator has a word to say; the end of a delay of a metric that speaks only when it
    changes; and the end (or, for such a metric, the beginning) of the rule's schedule.
    """
    word = slot.evaluator.due() if slot.evaluator.timed or after.status is not RuleStatus.NORMAL else None
    moments = [word, _delay(slot, before, after, received), _schedule(rules, slot, after, received)]
    return replace(after, deadline=min((at for at in moments if at is not None), default=None))


def _delay(slot: Slot, before: RuleState, after: RuleState, received: Millis) -> Millis | None:
    if not slot.on_change or after.status not in (RuleStatus.PENDING, RuleStatus.RETURNING):
        return None
    if (before.status, before.since) == (after.status, after.since) and before.deadline is not None:
        return before.deadline
    on_delay, off_delay = delays(slot.rule)
    return received + round(on_delay if after.status is RuleStatus.PENDING else off_delay)


def _schedule(rules: Compiled, slot: Slot, state: RuleState, at: Millis) -> Millis | None:
    if slot.rule.schedule is None:
        return None
    if state.status is not RuleStatus.NORMAL:
        return rules.changes(slot.rule, slot.where.site, at)
    waits = isinstance(slot.evaluator, StateEvaluator) and slot.on_change and state.value in slot.evaluator.equals
    if waits and not rules.open(slot.rule, slot.where.site, at):
        return rules.changes(slot.rule, slot.where.site, at)
    return None
