"""One rule for one series as the engine holds it: its state, its evaluator, and whose voice the series is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

import msgspec
import structlog

from alerts.kinds.finding import Evaluator
from alerts.kinds.limit import LimitEvaluator
from alerts.kinds.machine import Where
from alerts.kinds.state import StateEvaluator
from alerts.kinds.table import evaluator
from alerts.rulebook import Compiled
from domain.alert import RuleState, RuleStatus
from domain.reading import Millis, Series
from domain.registry import Device
from domain.rule import NoDataRule, Rule

log = structlog.get_logger()

Key = tuple[str, str, str]  # rule, device, metric


class Ear:
    """When a device, or one of its metrics, was last heard (0: never), and who waits for it."""

    __slots__ = ("heard", "silent", "voices")

    def __init__(self) -> None:
        self.heard: Millis = 0
        self.silent = False
        self.voices: list[Voice] = []


class Voice:
    """One no-data rule of a device, or of one of its metrics."""

    __slots__ = ("ear", "rule", "state")

    def __init__(self, rule: NoDataRule, state: RuleState, ear: Ear) -> None:
        self.rule = rule
        self.ear = ear
        ear.voices.append(self)
        ear.heard = max(ear.heard, state.watermark or 0)
        self.put(state)

    def put(self, state: RuleState) -> None:
        """Take over a new state."""
        self.state = state
        self.ear.silent = any(voice.state.status is RuleStatus.ACTIVE for voice in self.ear.voices)


class Slot:
    """One rule for one series. `calm`: a reading that finds nothing changes nothing. `resting`: its alert is out of
    service, so nothing is judged. `dirty`: the first row seen since what it remembers was written down (0: none).
    """

    __slots__ = (
        "calm",
        "dirtied_at",
        "dirty",
        "evaluator",
        "gap",
        "key",
        "on_change",
        "resting",
        "rule",
        "state",
        "where",
    )

    def __init__(self, rule: Rule, judge: Evaluator, where: Where, gap: Millis | None, state: RuleState) -> None:
        self.key: Key = (rule.id, where.device, where.metric)
        self.rule = rule
        self.evaluator = judge
        self.where = where
        self.gap = gap
        self.on_change = isinstance(judge, StateEvaluator) and judge.on_change
        self.resting = False
        self.dirty = 0
        self.dirtied_at: Millis = 0
        self.put(state)

    def put(self, state: RuleState) -> None:
        """Take over a new state."""
        self.state = state
        self.calm = state.status is RuleStatus.NORMAL and (state.deadline is None or self.evaluator.timed)

    def memo(self) -> str:
        """What the evaluator remembers, with the shape it is in."""
        return f"{self.evaluator.shape}|{self.evaluator.memo()}"

    def restore(self) -> None:
        """Take up what was written down, unless the rule was changed since so that it means something else."""
        shape, bar, memo = (self.state.memo or "").partition("|")
        if not bar or shape != self.evaluator.shape:
            return
        try:
            self.evaluator.restore(memo)
        except (msgspec.MsgspecError, ValueError, TypeError) as error:  # it begins anew, as a rule just made
            log.warning("rule_memory_unreadable", rule=self.key[0], device=self.key[1], error=str(error))


def make_slot(rules: Compiled, rule: Rule, device: Device, series: Series, state: RuleState) -> Slot:
    """With what its evaluator remembered. Raises ValueError where the rule cannot be judged there."""
    rules.schedule(rule)
    place = rules.place(device, series.metric, series.unit)
    where = Where(device.site, device.id, series.metric, series.unit)
    slot = Slot(rule, evaluator(rule, place), where, place.gap, state)
    if slot.evaluator.remembers:
        slot.restore()
    return slot


class Watch:
    """One series: its slots by what they want to see, and its ears.

    `low` to `high` is where no instant limit finds a breach. `calm` limits within it need no further look.
    """

    __slots__ = (
        "calm", "ears", "high", "keen", "late", "limits", "low", "remembering", "saved", "seeing", "series", "slots",
        "watermark",
    )  # fmt: skip

    def __init__(self, series: Series, slots: Sequence[Slot], ears: tuple[Ear, ...], watermark: Millis) -> None:
        self.series = series
        self.slots = tuple(slots)
        self.ears = ears
        self.watermark = self.saved = watermark
        self.limits = [slot for slot in slots if isinstance(slot.evaluator, LimitEvaluator)]
        others = [slot for slot in slots if not isinstance(slot.evaluator, LimitEvaluator)]
        self.seeing = [slot for slot in others if slot.evaluator.sees_all]
        self.late = [slot for slot in others if slot.evaluator.takes_late]
        self.keen = [slot for slot in others if not (slot.evaluator.sees_all or slot.evaluator.takes_late)]
        self.remembering = [slot for slot in others if slot.evaluator.remembers]
        judges = [slot.evaluator for slot in self.limits if isinstance(slot.evaluator, LimitEvaluator)]
        self.low = max((judge.low for judge in judges), default=-inf)
        self.high = min((judge.high for judge in judges), default=inf)
        self.refresh()

    def refresh(self) -> None:
        """Look again whether every limit is at rest."""
        self.calm = all(slot.calm for slot in self.limits)

    def voices(self) -> Iterable[Voice]:
        """Those that wait to hear it."""
        for ear in self.ears:
            yield from ear.voices

    def alerts(self) -> Iterable[str]:
        """The alerts that may be open."""
        for state in (*(slot.state for slot in self.slots), *(voice.state for voice in self.voices())):
            if state.alert is not None:
                yield state.alert
