"""Judging one slice of the journal against the rules of its series."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from alerts import limits, silence
from alerts.attention import AHEAD
from alerts.late import LateJudge
from alerts.lifecycle import over
from alerts.limits import Finding
from alerts.memory import Memory, Watch
from alerts.work import Work
from domain.alert import RuleState, RuleStatus
from domain.ports import AlertBook, Entry, Journal
from domain.reading import NOT_EVALUATED, Millis, Series


class SliceJudge:
    """Judges readings in the order they arrived; decisions gather in `work`, memory moves along."""

    def __init__(self, memory: Memory, work: Work, journal: Journal, book: AlertBook) -> None:
        self._memory = memory
        self._work = work
        self._late = LateJudge(journal, book)
        self._late_times: dict[tuple[Series, int], list[Millis]] = {}

    def judge(self, entries: Sequence[Entry], now: Millis) -> None:
        """The whole slice. This loop is the hot path: a calm reading costs a lookup and three comparisons."""
        self._meet(entries, now)
        watches = self._memory.watches
        ahead = now + AHEAD  # what was noted beyond was noted before the clock was set back
        for entry in entries:
            reading = entry.reading
            watch = watches[reading.series]
            value = reading.value
            if watch is None or value is None:
                continue
            time, received = reading.time, reading.received_at or reading.time
            for voice in watch.voices:
                if received > voice.heard or voice.heard > ahead:
                    voice.heard = received
                if voice.silent:
                    self._speak(watch, received)
            if reading.quality > NOT_EVALUATED:
                continue  # the sensor is wrong: that is no word about the water, neither way
            if time > received:
                time = received
            if time < watch.watermark <= ahead:
                self._note_late(watch, time, value)
                continue
            watch.watermark = time
            if not watch.calm or not watch.low <= value <= watch.high:
                self._judge(watch, time, value, now)
        for (series, index), times in self._late_times.items():
            self._judge_late(series, index, times, now)

    def _meet(self, entries: Sequence[Entry], now: Millis) -> None:
        """Load new series and, in one query, the alerts that may be open on the touched ones."""
        touched = {entry.reading.series for entry in entries}
        for state in self._memory.meet(touched, now):
            self._work.write(state)
        watches = [watch for watch in map(self._memory.watches.get, touched) if watch is not None]
        self._work.fetch({alert for watch in watches for alert in watch.alerts()})
        for watch in watches:
            for index, state in enumerate(watch.states):
                watch.states[index] = self._without_ended(state)
            for voice in watch.voices:
                voice.put(self._without_ended(voice.state))

    def _without_ended(self, state: RuleState) -> RuleState:
        """An alert that ended by a person's hand is not looked at again."""
        if state.alert is None or state.status is not RuleStatus.NORMAL:
            return state
        alert = self._work.alert(state.alert)
        if alert is not None and not over(alert):
            return state
        freed = replace(state, alert=None)
        self._work.write(freed)
        return freed

    def _judge(self, watch: Watch, time: Millis, value: float, now: Millis) -> None:
        for index, rule in enumerate(watch.limits):
            state = watch.states[index]
            try:
                alert = self._work.alert(state.alert)
                step = limits.step(state, alert, watch.series, time, value, rule, now)
            except (ArithmeticError, TypeError, ValueError, AttributeError, AssertionError) as error:
                self._memory.bad[rule.id] = f"{type(error).__name__}: {error}"
                continue
            watch.states[index] = self._work.take(state, step)
        watch.refresh()

    def _speak(self, watch: Watch, received: Millis) -> None:
        for voice in watch.voices:
            if voice.silent:
                alert = self._work.alert(voice.state.alert)
                step = silence.speak(voice.state, alert, received, voice.rule)
                voice.put(self._work.take(voice.state, step))

    def _note_late(self, watch: Watch, time: Millis, value: float) -> None:
        if watch.low <= value <= watch.high:
            return
        for index, rule in enumerate(watch.limits):
            if limits.find(rule, value) is Finding.BREACH:
                self._late_times.setdefault((watch.series, index), []).append(time)

    def _judge_late(self, series: Series, index: int, times: list[Millis], now: Millis) -> None:
        watch = self._memory.watches[series]
        assert watch is not None
        self._late.judge(watch, index, times, self._work, now)
        watch.refresh()
