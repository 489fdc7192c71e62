"""What the engine keeps in memory of the series it has met: their rules, states and newest times.

Nothing here is needed for being right after a restart: states are read again in bulk when a series is
met, and `recall` reads the newest journal rows again for what is not worth a row of its own
(how far each series was judged, when each device was last heard).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from alerts.limits import bounds
from alerts.rulebook import Compiled
from alerts.silence import ANY_METRIC, CONNECTION_METRIC, expect, heard_at, speaks
from domain.alert import RuleState, RuleStatus
from domain.ports import AlertBook, Journal
from domain.reading import Millis, Reading, Series
from domain.rule import LimitRule, NoDataRule

RECALL_SLICE: Final = 20_000


class Voice:
    """When a device, or one of its metrics, was last heard."""

    __slots__ = ("heard", "rule", "silent", "state")

    def __init__(self, rule: NoDataRule, state: RuleState, heard: Millis) -> None:
        self.rule = rule
        self.heard = heard
        self.put(state)

    def put(self, state: RuleState) -> None:
        """Take over a new state."""
        self.state = state
        self.silent = state.status is RuleStatus.ACTIVE


class Watch:
    """One series: its limit rules with their states, and whose voice it is.

    `low` to `high` is where no rule finds a breach. `calm` series within it need no further look.
    """

    __slots__ = ("calm", "high", "limits", "low", "saved", "series", "states", "voices", "watermark")

    def __init__(
        self, series: Series, limits: list[LimitRule], states: list[RuleState], voices: list[Voice], watermark: Millis
    ) -> None:
        self.series = series
        self.limits = limits
        self.states = states
        self.voices = voices
        self.watermark = watermark
        self.saved = watermark
        self.low = max((bounds(rule)[0] for rule in limits), default=float("-inf"))
        self.high = min((bounds(rule)[1] for rule in limits), default=float("inf"))
        self.refresh()

    def refresh(self) -> None:
        """Look again whether every rule is at rest."""
        self.calm = all(state.status is RuleStatus.NORMAL for state in self.states)

    def alerts(self) -> Iterable[str]:
        """The alerts that may be open."""
        for state in self.states:
            if state.alert is not None:
                yield state.alert
        for voice in self.voices:
            if voice.state.alert is not None:
                yield voice.state.alert


class Memory:
    """The watches met so far, at most `capacity`; the longest known go first."""

    def __init__(self, book: AlertBook, rules: Compiled, cursor: int, capacity: int) -> None:
        self._book = book
        self._capacity = capacity
        self._watermarks: dict[tuple[str, str], Millis] = {}
        self._heard: dict[tuple[str, str], Millis] = {}
        self.rules = rules
        self.cursor = cursor
        self.watches: dict[Series, Watch | None] = {}
        self.voices: dict[tuple[str, str, str], Voice] = {}
        self.bad: dict[str, str] = {}

    def recall(self, journal: Journal, rows: int) -> None:
        """Read the last judged rows once more, without judging them."""
        after = max(0, self.cursor - rows)
        while after < self.cursor:
            entries = journal.read(after, min(RECALL_SLICE, self.cursor - after))
            for entry in entries:
                if entry.seq <= self.cursor:
                    self._recall(entry.reading)
            after = entries[-1].seq if entries else self.cursor

    def _recall(self, reading: Reading) -> None:
        series, received = reading.series, heard_at(reading)
        key = (series.device, series.metric)
        if reading.usable:
            self._watermarks[key] = max(self._watermarks.get(key, 0), min(reading.time, received))
        if speaks(reading):
            for name in (key, (series.device, ANY_METRIC)):
                self._heard[name] = max(self._heard.get(name, 0), received)

    def heard(self, rule: str, device: str, metric: str) -> Millis | None:
        """When it was last heard, as far as memory goes."""
        voice = self.voices.get((rule, device, metric))
        return (voice.heard if voice else self._heard.get((device, metric))) or None

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

    def _watch(self, series: Series, found: dict[tuple[str, str, str], RuleState], now: Millis) -> Watch | None:
        limits: list[LimitRule] = []
        states: list[RuleState] = []
        voices: list[Voice] = []
        device, metric = series.device, series.metric
        for rule in self.rules.of_series(device, metric):
            if isinstance(rule, NoDataRule):
                if metric != CONNECTION_METRIC:
                    voices.append(self._voice(rule, device, found, now))
            elif rule.scope.metric == metric and self._sound(rule):
                limits.append(rule)
                states.append(found.get((rule.id, device, metric)) or RuleState(rule.id, device, metric))
        if not limits and not voices:
            return None
        marks = [state.watermark or 0 for state in states]
        return Watch(series, limits, states, voices, max([self._watermarks.get((device, metric), 0), *marks]))

    def _sound(self, rule: LimitRule) -> bool:
        try:
            low, high = bounds(rule)
            return low < high
        except Exception as error:  # noqa: BLE001 one bad rule must not stop the others
            self.bad[rule.id] = f"{type(error).__name__}: {error}"
            return False

    def _voice(
        self, rule: NoDataRule, device: str, found: dict[tuple[str, str, str], RuleState], now: Millis
    ) -> Voice:
        key = (rule.id, device, rule.scope.metric)
        voice = self.voices.get(key)
        if voice is None:
            state = found.get(key) or expect(rule, device, rule.scope.metric, now)
            heard = max(self._heard.get(key[1:], 0), state.watermark or 0)
            voice = self.voices[key] = Voice(rule, state, heard)
        return voice

    def _make_room(self, wanted: int) -> list[RuleState]:
        """Forget the longest known beyond the capacity; how far they were judged becomes durable."""
        surplus = len(self.watches) + wanted - self._capacity
        written: list[RuleState] = []
        for one in list(self.watches)[: max(0, surplus)]:
            watch = self.watches.pop(one)
            if watch is not None and watch.watermark > watch.saved:
                written += [_at(state, watch.watermark) for state in watch.states]
        return written


def _at(state: RuleState, watermark: Millis) -> RuleState:
    return replace(state, watermark=watermark)
