"""Judging one slice of the journal against the rules of its series."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from alerts import limits
from alerts.attention import AHEAD
from alerts.function_checks import of_check
from alerts.kinds import machine
from alerts.kinds.finding import BREACH, CLEAR, Finding
from alerts.late import LateJudge
from alerts.lifecycle import Step
from alerts.memory import Memory
from alerts.raising import ready
from alerts.silence import speak
from alerts.slots import Ear, Slot, Voice, Watch
from alerts.waits import arm
from alerts.work import Work
from domain.alert import RuleStatus
from domain.ports import AlertBook, Entry, Journal
from domain.reading import NOT_EVALUATED, Millis, Reading
from domain.rule import LimitRule


class SliceJudge:
    """Judges readings in the order they arrived; decisions gather in `work`, memory moves along."""

    def __init__(self, memory: Memory, work: Work, journal: Journal, book: AlertBook) -> None:
        self._memory = memory
        self._work = work
        self._late = LateJudge(journal, book, memory.checks)
        self._late_times: dict[tuple[Watch, Slot], list[Millis]] = {}
        self._moved: dict[Slot, None] = {}  # whose state is to be written, with what they remember

    def judge(self, entries: Sequence[Entry], now: Millis) -> None:
        """The whole slice. This loop is the hot path: a calm reading costs a lookup and a few comparisons.

        It is one function on purpose: a call for each reading made a tick a quarter dearer.
        """
        self._meet(entries, now)
        watches, clocks = self._memory.watches, self._memory.clocks
        ahead = now + AHEAD  # what was noted beyond was noted before the clock was set back
        for entry in entries:
            reading = entry.reading
            watch = watches[reading.series]
            if watch is None:
                continue
            value, time = reading.value, reading.time
            received = reading.received_at or time
            if time > received:
                time = received
            before = watch.watermark
            late = time < before <= ahead
            if late:
                time = clocks.time(reading.series.device, reading.series.metric, before, time, received)
                late = time < before
            good = value is not None and reading.quality <= NOT_EVALUATED
            if of_check(reading):
                if not late:
                    self._interrupt(watch, entry)
            elif watch.seeing:
                self._observe(watch.seeing, watch, entry, time, received, now)
            if value is None:
                continue
            for ear in watch.ears:
                if received > ear.heard or ear.heard > ahead:
                    ear.heard = received
                if ear.silent:
                    self._speak(ear, received)
            if not good:
                continue  # the sensor is wrong: that is no word about the water, neither way
            if watch.late:
                self._observe(watch.late, watch, entry, time, received, now)
            if late:
                self._note_late(watch, time, value)
                continue
            if watch.keen:
                self._observe(watch.keen, watch, entry, time, received, now)
            watch.watermark = time
            if not watch.calm or not watch.low <= value <= watch.high:
                self._judge(watch, reading, time, value, before, now)
        self._finish(now)

    def _finish(self, now: Millis) -> None:
        """Judge what came late, and write down what those remember whose state moved."""
        for (watch, slot), times in self._late_times.items():
            self._late.judge(watch, slot, times, self._work, now)
            watch.refresh()
        for slot in self._moved:
            if slot.evaluator.remembers:
                self._memory.write_down(slot, self._work)

    def _meet(self, entries: Sequence[Entry], now: Millis) -> None:
        """Load new series and, in one query, the alerts that may be open on the touched ones."""
        touched = {entry.reading.series for entry in entries}
        for state in self._memory.meet(touched, now):
            self._work.write(state)
        watches = [watch for watch in map(self._memory.watches.get, touched) if watch is not None]
        self._work.fetch({alert for watch in watches for alert in watch.alerts()})
        for watch in watches:
            for slot in watch.slots:
                if slot.state.alert is not None:
                    self._look_again(slot)
            watch.refresh()
            for voice in watch.voices():
                if voice.state.alert is not None:
                    self._listen_again(voice)

    def _look_again(self, slot: Slot) -> None:
        """What a person did to its alert meanwhile."""
        state = ready(slot.state, self._work.alert(slot.state.alert))
        slot.resting = state is None
        if state is not None and state is not slot.state:
            slot.put(arm(self._memory.rules, slot, slot.state, state, self._work.now))
            self._work.write(slot.state)

    def _listen_again(self, voice: Voice) -> None:
        state = ready(voice.state, self._work.alert(voice.state.alert))
        if state is not None and state is not voice.state:
            voice.put(state)
            self._work.write(state)

    def _observe(
        self, slots: Sequence[Slot], watch: Watch, entry: Entry, time: Millis, received: Millis, now: Millis
    ) -> None:
        """Show a reading to evaluators that remember, and take what they find."""
        reading, memory = entry.reading, self._memory
        value, quality = reading.value, reading.quality
        for slot in slots:
            judge = slot.evaluator
            if not slot.dirty and judge.remembers:
                slot.dirty, slot.dirtied_at = entry.seq, now
                memory.dirty[slot] = None
            try:
                verdict = judge.observe(time, value, quality, received)
                if verdict > CLEAR or (verdict == CLEAR and not slot.calm):
                    self._take(slot, verdict, reading, time, watch.watermark, now)
                elif judge.timed and slot.state.deadline is None:
                    self._put(slot, Step(slot.state))
            except Exception as error:  # noqa: BLE001 one bad rule must not stop the others
                memory.spoil(slot.rule, error)

    def _interrupt(self, watch: Watch, entry: Entry) -> None:
        """Calibration mode: a wait for what was found to last, or to stay away, begins anew after it."""
        for slot in watch.remembering:
            self._memory.interrupt(slot, entry)
        for slot in watch.slots:
            before = machine.interrupted(slot.state)
            if before is not slot.state:
                self._put(slot, Step(before, self._work.alert(before.alert)))

    def _judge(self, watch: Watch, reading: Reading, time: Millis, value: float, before: Millis, now: Millis) -> None:
        for slot in watch.limits:
            try:
                verdict = slot.evaluator.observe(time, value, reading.quality, reading.received_at)
                self._take(slot, verdict, reading, time, before, now)
            except Exception as error:  # noqa: BLE001 one bad rule must not stop the others
                self._memory.spoil(slot.rule, error)
        watch.refresh()

    def _take(self, slot: Slot, verdict: int, reading: Reading, time: Millis, before: Millis, now: Millis) -> None:
        """One verdict through the state machine. Outside the rule's schedule nothing is found."""
        if slot.resting:
            return
        judge, rule, state = slot.evaluator, slot.rule, slot.state
        found = Finding(verdict, time, judge.value, judge.limit, judge.since, reading.received_at or time)
        alert = self._work.alert(state.alert)
        if rule.schedule is not None and not self._memory.rules.open(rule, slot.where.site, time):
            step = machine.drop(replace(state, value=found.value, watermark=time), alert, time)
        else:
            interrupted = slot.gap is not None and 0 < before < time - slot.gap
            step = machine.step(state, alert, slot.where, found, rule, now, interrupted=interrupted)
        self._put(slot, step, found.received)

    def _put(self, slot: Slot, step: Step, received: Millis = 0) -> None:
        before = slot.state
        armed = arm(self._memory.rules, slot, before, step.state, received or self._work.now)
        slot.put(self._work.take(before, Step(armed, step.alert, step.transition)))
        if (slot.state.status, slot.state.deadline) != (before.status, before.deadline):
            self._moved[slot] = None

    def _speak(self, ear: Ear, received: Millis) -> None:
        for voice in ear.voices:
            if voice.state.status is RuleStatus.ACTIVE:
                alert = self._work.alert(voice.state.alert)
                voice.put(self._work.take(voice.state, speak(voice.state, alert, received, voice.rule)))

    def _note_late(self, watch: Watch, time: Millis, value: float) -> None:
        if watch.low <= value <= watch.high:
            return
        for slot in watch.limits:
            rule = slot.rule
            assert isinstance(rule, LimitRule)
            if limits.find(rule, value) == BREACH and self._memory.rules.open(rule, slot.where.site, time):
                self._late_times.setdefault((watch, slot), []).append(time)
