"""Rule states whose deadline has come. Deadlines are lazy: a device that spoke meanwhile is armed anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from alerts import silence
from alerts.attention import MARK
from alerts.causeless import NoCauses
from alerts.causes import LOOK_AGAIN, Causes
from alerts.kinds import machine
from alerts.kinds.finding import BREACH, Finding
from alerts.kinds.state import StateEvaluator
from alerts.late import Stretch, record
from alerts.lifecycle import Step
from alerts.memory import Memory
from alerts.raising import ready
from alerts.silence import heard_at, speaks
from alerts.slots import Slot
from alerts.waits import arm
from alerts.work import Work
from domain.alert import Alert, RuleState, RuleStatus
from domain.ports import AlertBook, Journal
from domain.reading import Millis
from domain.rule import ANY_METRIC, CompositeRule, NoDataRule, SystemRule
from domain.series import Selection

BATCH: Final = 2_000


class DueJudge:
    """Decides what time alone brings about; only when the journal was read to its head."""

    def __init__(
        self, memory: Memory, journal: Journal, book: AlertBook, causes: Causes | NoCauses, listening: Millis | None
    ) -> None:
        self._memory = memory
        self._journal = journal
        self._book = book
        self._causes = causes
        self._listening = listening

    def batch(self, work: Work, now: Millis) -> bool:
        """Decide on one batch of due states; whether there may be more."""
        due = self._book.due(now, BATCH)
        self.judge(due, work, now)
        return len(due) == BATCH

    def judge(self, due: list[RuleState], work: Work, now: Millis) -> None:
        """These have come, or are to be looked at again."""
        memory = self._memory
        work.fetch({state.alert for state in due if state.alert is not None})
        unheard = {s.device for s in due if memory.heard(s.device, s.metric) is None and self._silent(s)}
        latest = _heard_long_ago(self._journal, unheard)
        for state in due:
            rule = memory.rules.all.get(state.rule)
            if state.rule == MARK.rule or isinstance(rule, SystemRule):
                continue  # not the evaluator's own
            if not memory.rules.in_force(state.rule, state.device, state.metric):
                work.write(replace(state, deadline=None))
            elif isinstance(rule, NoDataRule):
                self._silence(rule, state, latest.get((state.device, state.metric)), work, now)
            elif isinstance(rule, CompositeRule):
                memory.composites.fall_due(state, work, now)
            elif rule is not None:
                slot = memory.slots.get((state.rule, state.device, state.metric)) or memory.slot_of(rule, state)
                self._wake(slot, state, work, now)

    def _silent(self, state: RuleState) -> bool:
        return isinstance(self._memory.rules.all.get(state.rule), NoDataRule)

    # ── silence ─────────────────────────────────────────────────────────────────────────────────

    def _silence(self, rule: NoDataRule, state: RuleState, latest: Millis | None, work: Work, now: Millis) -> None:
        alert = work.alert(state.alert)
        fresh = ready(state, alert)
        if fresh is None:  # out of service by hand: looked at again when it is put back, or then
            work.write(replace(state, deadline=now + LOOK_AGAIN))
            return
        step = self._silence_step(rule, fresh, alert if fresh.alert is not None else None, latest, now)
        done = work.take(state, step)
        voice = self._memory.voices.get((state.rule, state.device, state.metric))
        if voice is not None:
            voice.put(done)

    def _silence_step(
        self, rule: NoDataRule, state: RuleState, alert: Alert | None, latest: Millis | None, now: Millis
    ) -> Step:
        rules, causes, device = self._memory.rules, self._causes, state.device
        site = rules.devices[device].site
        if not rules.open(rule, site, now):
            return self._closed(rule, state, alert, site, now)
        parent = None if state.status is RuleStatus.ACTIVE else causes.parent_of(device)
        if parent is not None:
            return Step(replace(state, status=RuleStatus.NOT_JUDGED, parent=parent, deadline=now + LOOK_AGAIN), alert)
        if state.status is RuleStatus.NOT_JUDGED:
            state = replace(state, status=RuleStatus.NORMAL, parent=None)
        heard = self._memory.heard(device, state.metric) or latest
        listening = max((t for t in (self._listening, causes.listening(device)) if t is not None), default=None)
        step = silence.fall_due(
            state, alert, site, heard, listening, rule, now, lambda due: causes.hold(device, due, now)
        )
        if step.state.status is RuleStatus.ACTIVE:
            return Step(replace(step.state, deadline=rules.changes(rule, site, now)), step.alert, step.transition)
        return step

    def _closed(self, rule: NoDataRule, state: RuleState, alert: Alert | None, site: str, now: Millis) -> Step:
        """Outside its schedule nobody is missed; the wait begins anew with it."""
        step = machine.drop(state, alert, now)
        opens = self._memory.rules.changes(rule, site, now)
        since = now if opens is None else opens
        deadline = None if opens is None else opens + silence.patience(rule)
        calm = replace(step.state, status=RuleStatus.NORMAL, since=since, deadline=deadline, parent=None)
        return Step(calm, step.alert, step.transition)

    # ── rules that judge readings ───────────────────────────────────────────────────────────────

    def _wake(self, slot: Slot | None, due: RuleState, work: Work, now: Millis) -> None:
        if slot is None:  # its rule is bad
            work.write(replace(due, deadline=None))
            return
        state, alert = slot.state, work.alert(slot.state.alert)
        fresh = ready(state, alert)
        if fresh is None:
            slot.resting = True
            self._put(slot, Step(state, alert), work, now + LOOK_AGAIN)
            return
        slot.resting = False
        alert = alert if fresh.alert is not None else None
        try:
            self._wake_up(slot, fresh, alert, work, now)
        except Exception as error:  # noqa: BLE001 one bad rule must not stop the others
            self._memory.spoil(slot.rule, error)
            work.write(replace(state, deadline=None))

    def _wake_up(self, slot: Slot, state: RuleState, alert: Alert | None, work: Work, now: Millis) -> None:
        rules, rule = self._memory.rules, slot.rule
        found = slot.evaluator.fall_due(now)
        if not rules.open(rule, slot.where.site, now) and not slot.evaluator.timed:
            self._put(slot, machine.drop(state, alert, now), work, now)
        elif found or slot.evaluator.timed:
            self._findings(slot, found, state, work, now)
        elif slot.on_change:
            self._put(slot, self._changeless(slot, state, alert, now), work, now)
        else:
            self._put(slot, Step(state, alert), work, now)
        if found and slot.evaluator.remembers:
            self._memory.write_down(slot, work)

    def _findings(self, slot: Slot, findings: list[Finding], state: RuleState, work: Work, now: Millis) -> None:
        self._put(slot, Step(state), work, now)
        for found in findings:
            if not self._memory.rules.open(slot.rule, slot.where.site, found.time - 1):
                continue
            if slot.evaluator.timed and found.since is not None and now > 2 * found.time - found.since + LOOK_AGAIN:
                self._found_late(slot, found, work, now)  # another window has ended since
                continue
            alert = work.alert(slot.state.alert)
            self._put(slot, machine.step(slot.state, alert, slot.where, found, slot.rule, now), work, now)

    def _found_late(self, slot: Slot, found: Finding, work: Work, now: Millis) -> None:
        if found.verdict == BREACH and found.since is not None and found.value is not None:
            record(slot, Stretch(found.since, found.time, found.value), found.limit, work, now)

    def _changeless(self, slot: Slot, state: RuleState, alert: Alert | None, now: Millis) -> Step:
        """A metric that speaks only when it changes: its delay is over, or its rule's schedule begins."""
        if self._causes.parent_of(slot.where.device) is not None:
            return Step(replace(state, deadline=now + LOOK_AGAIN), alert)
        if state.status in (RuleStatus.PENDING, RuleStatus.RETURNING):
            return machine.elapsed(state, alert, slot.where, slot.evaluator.limit, slot.rule, now)
        matches = isinstance(slot.evaluator, StateEvaluator) and state.value in slot.evaluator.equals
        if state.status is RuleStatus.NORMAL and matches:
            found = Finding(BREACH, now, state.value, None, None, now)
            return machine.step(state, alert, slot.where, found, slot.rule, now)
        return Step(state, alert)

    def _put(self, slot: Slot, step: Step, work: Work, received: Millis) -> None:
        armed = arm(self._memory.rules, slot, replace(slot.state, deadline=None), step.state, received)
        slot.put(work.take(slot.state, Step(armed, step.alert, step.transition)))


def _heard_long_ago(journal: Journal, devices: Iterable[str]) -> dict[tuple[str, str], Millis]:
    """Of devices that memory does not know: when their newest readings were received."""
    heard: dict[tuple[str, str], Millis] = {}
    names = frozenset(devices)
    if not names:
        return heard
    for reading in journal.latest(Selection(devices=names)):
        if speaks(reading):
            for metric in (reading.series.metric, ANY_METRIC):
                key = (reading.series.device, metric)
                heard[key] = max(heard.get(key, 0), heard_at(reading))
    return heard
