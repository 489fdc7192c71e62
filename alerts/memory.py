"""What the engine keeps in memory of the series it has met: their rules, states, evaluators and newest times.

Nothing here is needed for being right after a restart: states are read again in bulk when a series is met, what an
evaluator remembers is written down now and then (`checkpoint`), and `recall` reads the journal's rows since then
again without judging them. It also reads the newest rows for what is not worth a row of its own (how far each
series was judged, when each device was last heard).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from alerts.attention import AHEAD
from alerts.clocks import Clocks
from alerts.composites import Composites
from alerts.function_checks import FunctionChecks, of_check
from alerts.kinds.run_hours import RunHoursEvaluator
from alerts.rulebook import Compiled
from alerts.silence import CONNECTION_METRIC, expect, heard_at, speaks
from alerts.slots import Ear, Key, Slot, Voice, Watch, make_slot
from alerts.work import Work
from domain.alert import RuleState
from domain.ports import AlertBook, Entry, Journal
from domain.reading import NOT_EVALUATED, Millis, Reading, Series
from domain.rule import ANY_METRIC, NoDataRule, Rule
from domain.rule_record import ServiceRecord

MEMORY_READER: Final = "alerts-memory"  # holds back what would have to be read again after a restart
RECALL_SLICE: Final = 20_000
CHECKPOINT_EVERY: Final[Millis] = 60_000
CHECKPOINTS: Final = 2_000  # in one slice, or a twentieth of all where that is more


class Memory:
    """The watches met so far, at most `capacity`; the longest known go first."""

    def __init__(
        self, book: AlertBook, rules: Compiled, cursor: int, capacity: int, checks: FunctionChecks | None = None
    ) -> None:
        self._book = book
        self.checks = checks or FunctionChecks()
        self._capacity = capacity
        self._watermarks: dict[tuple[str, str], Millis] = {}
        self.rules = rules
        self.cursor = cursor
        self.watches: dict[Series, Watch | None] = {}
        self.slots: dict[Key, Slot] = {}
        self.ears: dict[tuple[str, str], Ear] = {}
        self.voices: dict[Key, Voice] = {}
        self.dirty: dict[Slot, None] = {}  # evaluators that saw rows since they were written down, the oldest first
        self.bad: dict[str, str] = {}
        self.services: Mapping[str, ServiceRecord] = {}
        self.composites = Composites(book, rules)
        self.clocks = Clocks()

    # ── after a restart ─────────────────────────────────────────────────────────────────────────

    def recall(self, journal: Journal, rows: int, now: Millis) -> None:
        """Read the last judged rows once more, without judging them; evaluators see what they have not yet."""
        floor = min(journal.cursor(MEMORY_READER), self.cursor)
        after = max(0, min(self.cursor - rows, floor))
        while after < self.cursor:
            entries = self.checks.entries(journal.read(after, min(RECALL_SLICE, self.cursor - after)))
            known = [entry for entry in entries if entry.seq <= self.cursor]
            times = [self._recall(entry.reading, now) for entry in known]
            self._observe_again([pair for pair in zip(known, times, strict=True) if pair[0].seq > floor], now)
            after = entries[-1].seq if entries else self.cursor
        for watch in self.watches.values():
            if watch is not None:
                watch.watermark = max(watch.watermark, self._watermark(watch.series))

    def _recall(self, reading: Reading, now: Millis) -> Millis:
        """Returns the time by which it was judged."""
        series, received = reading.series, heard_at(reading)
        key = (series.device, series.metric)
        time, mark = min(reading.time, received), self._watermarks.get(key, 0)
        if time < mark <= now + AHEAD:
            time = self.clocks.time(*key, mark, time, received)
        if reading.usable:
            self._watermarks[key] = max(mark, time)
        if speaks(reading):
            for name in (key, (series.device, ANY_METRIC)):
                ear = self.ear(*name)
                ear.heard = max(ear.heard, received)
        return time

    def _observe_again(self, entries: Sequence[tuple[Entry, Millis]], now: Millis) -> None:
        self.meet({entry.reading.series for entry, _ in entries}, now)
        for entry, time in entries:
            watch = self.watches[entry.reading.series]
            if watch is not None:
                for slot in watch.remembering:
                    self._remind(slot, entry, time)

    def _remind(self, slot: Slot, entry: Entry, time: Millis) -> None:
        reading, evaluator = entry.reading, slot.evaluator
        if of_check(reading):
            self.interrupt(slot, entry)
            return
        seen = reading.value is not None and reading.quality <= NOT_EVALUATED
        if entry.seq <= slot.state.memo_seq or not (seen or evaluator.sees_all):
            return
        self.touch(slot, entry.seq, reading.received_at)
        received = heard_at(reading)
        try:
            evaluator.observe(time, reading.value, reading.quality, received)
        except Exception as error:  # noqa: BLE001 one bad rule must not stop the others
            self.spoil(slot.rule, error)

    def interrupt(self, slot: Slot, entry: Entry) -> None:
        """A row of calibration mode: what the evaluator compares with begins anew after it."""
        if entry.seq > slot.state.memo_seq:
            self.touch(slot, entry.seq, heard_at(entry.reading))
            slot.evaluator.interrupt()

    # ── meeting series ──────────────────────────────────────────────────────────────────────────

    def meet(self, series: Iterable[Series], now: Millis) -> list[RuleState]:
        """Load what is not known yet, in bulk. Returns states of forgotten series that must be written."""
        new = [one for one in series if one not in self.watches]
        if not new:
            return []
        names = {(one.device, metric) for one in new for metric in (one.metric, ANY_METRIC)}
        found = {(s.rule, s.device, s.metric): s for s in self._book.states(sorted(names))}
        forgotten = self._make_room(len(new))
        for one in new:
            self.watches[one] = self._watch(one, found, now)
        return forgotten

    def _watch(self, series: Series, found: Mapping[Key, RuleState], now: Millis) -> Watch | None:
        device, metric = series.device, series.metric
        if device not in self.rules.devices:
            return None
        speaking = metric != CONNECTION_METRIC
        slots: list[Slot] = []
        for rule in self.rules.of_series(device, metric):
            if isinstance(rule, NoDataRule):
                if speaking:
                    self._voice(rule, device, found, now)
            elif rule.scope.metric == metric:
                slot = self._slot(rule, series, found.get((rule.id, device, metric)))
                slots += [slot] if slot is not None else []
        ears = (self.ear(device, ANY_METRIC), self.ear(device, metric)) if speaking else ()
        marks = [slot.state.watermark or 0 for slot in slots if not slot.evaluator.timed]
        return Watch(series, slots, ears, max([self._watermark(series), *marks]))

    def _watermark(self, series: Series) -> Millis:
        return self._watermarks.get((series.device, series.metric), 0)

    def _slot(self, rule: Rule, series: Series, state: RuleState | None) -> Slot | None:
        """The rule's slot for the series, also of one that comes with two units; None for a rule that is bad."""
        key = (rule.id, series.device, series.metric)
        slot = self.slots.get(key)
        if slot is None:
            try:
                slot = make_slot(
                    self.rules, rule, self.rules.devices[series.device], series, state or RuleState(*key)
                )
                if isinstance(slot.evaluator, RunHoursEvaluator):
                    slot.evaluator.serviced(self.services.get(series.device))
            except Exception as error:  # noqa: BLE001 one bad rule must not stop the others
                self.spoil(rule, error)
                return None
            self.slots[key] = slot
        return slot

    def slot_of(self, rule: Rule, state: RuleState) -> Slot | None:
        """The slot of a state that fell due, also when its series has not been met."""
        device = self.rules.devices[state.device]
        info = self.rules.metrics_of(device).get(state.metric)
        series = Series(device.site, device.id, state.metric, info.unit if info else "1", device.stage)
        return self._slot(rule, series, state)

    def ear(self, device: str, metric: str) -> Ear:
        """Where it is remembered when a device, or one metric of it, was last heard."""
        ear = self.ears.get((device, metric))
        if ear is None:
            ear = self.ears[device, metric] = Ear()
        return ear

    def _voice(self, rule: NoDataRule, device: str, found: Mapping[Key, RuleState], now: Millis) -> None:
        key = (rule.id, device, rule.scope.metric)
        if key not in self.voices:
            state = found.get(key) or expect(rule, device, rule.scope.metric, now)
            self.voices[key] = Voice(rule, state, self.ear(device, rule.scope.metric))

    def heard(self, device: str, metric: str = ANY_METRIC) -> Millis | None:
        """When it was last heard, as far as memory goes."""
        ear = self.ears.get((device, metric))
        return (ear.heard if ear is not None else 0) or None

    def spoil(self, rule: Rule, error: Exception) -> None:
        """The rule cannot be judged; the others go on."""
        self.bad[rule.id] = f"{type(error).__name__}: {error}"

    # ── what evaluators remember ────────────────────────────────────────────────────────────────

    def touch(self, slot: Slot, seq: int, now: Millis) -> None:
        """The evaluator sees this row; the first since it was written down counts."""
        if not slot.dirty:
            slot.dirty, slot.dirtied_at = seq, now
            self.dirty[slot] = None

    def write_down(self, slot: Slot, work: Work) -> None:
        """What it remembers right up to the row that `work` ends with."""
        slot.put(replace(slot.state, memo=slot.memo(), memo_seq=work.cursor))
        slot.dirty = 0
        self.dirty.pop(slot, None)
        work.write(slot.state)

    def checkpoint(self, work: Work, now: Millis) -> None:
        """Those that saw rows since over a minute ago, so that a restart never has to read far back."""
        most = max(CHECKPOINTS, len(self.dirty) // 20)
        old: list[Slot] = []
        for slot in self.dirty:
            if (slot.dirtied_at > now - CHECKPOINT_EVERY and slot.dirtied_at <= now) or len(old) == most:
                break
            old.append(slot)
        for slot in old:
            self.write_down(slot, work)

    def floor(self) -> int:
        """The row up to which everything evaluators remember is durable."""
        first = next(iter(self.dirty), None)
        return self.cursor if first is None else first.dirty - 1

    def serve(self, services: Mapping[str, ServiceRecord], work: Work) -> None:
        """Machines were serviced: their hours count from then."""
        if services == self.services:
            return
        self.services = services
        for slot in self.slots.values():
            if isinstance(slot.evaluator, RunHoursEvaluator) and slot.key[1] in services:
                slot.evaluator.serviced(services[slot.key[1]])
                self.write_down(slot, work)

    def _make_room(self, wanted: int) -> list[RuleState]:
        """Forget the longest known beyond the capacity; how far they were judged becomes durable."""
        surplus = len(self.watches) + wanted - self._capacity
        written: list[RuleState] = []
        for one in list(self.watches)[: max(0, surplus)]:
            watch = self.watches.pop(one)
            for slot in watch.slots if watch is not None else ():
                state = self._forget(slot, watch)
                written += [state] if state is not None else []
        return written

    def _forget(self, slot: Slot, watch: Watch | None) -> RuleState | None:
        """Its state, where something is to be kept of it."""
        assert watch is not None
        self.slots.pop(slot.key, None)
        self.dirty.pop(slot, None)
        state = slot.state
        if slot.dirty:
            state = replace(state, memo=slot.memo(), memo_seq=self.cursor)
        if watch.watermark > watch.saved and not slot.evaluator.timed:
            state = replace(state, watermark=watch.watermark)
        return state if state is not slot.state else None
