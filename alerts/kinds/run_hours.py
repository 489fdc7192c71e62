"""Run hours: a machine's service is due, by the hours it ran since the last one."""

from __future__ import annotations

from typing import Final

import msgspec

from alerts.kinds.finding import AHEAD, BREACH, CLEAR, UNJUDGED, Evaluator, Place
from domain.increase import Counter
from domain.measures import HOURS, RUN_STATE
from domain.metrics import MetricKind
from domain.reading import Millis
from domain.rule import RunHoursRule
from domain.rule_record import ServiceRecord

HOUR: Final[Millis] = 3_600_000
LONGEST_GAP: Final[Millis] = 10 * 60_000  # a machine that was not heard for longer is not counted as running
MARK_EVERY: Final[Millis] = HOUR
MARKS: Final = 200


class Kept(msgspec.Struct, array_like=True):
    """`hours` ran since Pantau counts; `base` of them at the service of `serviced_at`, when the meter stood at
    `meter`. `marks`: how many hours it were when.
    """

    hours: float = 0.0
    base: float = 0.0
    serviced_at: Millis = 0
    meter: float | None = None
    last: Millis = 0
    running: bool = False
    reading: float | None = None
    marks: list[tuple[Millis, float]] = msgspec.field(default_factory=list)


class RunHoursEvaluator(Evaluator):
    """Remembers the hours so far, where they stood at the last service, and where they stood when.

    Without any service noted it counts from the first reading. With the hour meter noted at the service, the meter's
    own difference counts where it did not begin anew since.
    """

    remembers = True

    def __init__(self, rule: RunHoursRule, place: Place) -> None:
        super().__init__()
        self._due_at = rule.every - rule.ahead
        self.limit = rule.every
        self.shape = place.unit
        self._runs = place.kind is MetricKind.STATE
        if not self._runs and place.unit != RUN_STATE and place.unit not in HOURS:
            raise ValueError(f"{place.unit!r} is neither hours nor a run state")
        self._scale = HOURS.get(place.unit, 1.0)
        self._gap = max(LONGEST_GAP, place.gap or 0)
        clock = None if place.unit == RUN_STATE else 1 / self._scale / 3600  # an hour in an hour
        rate = place.max_rate if place.max_rate is not None else clock
        self._counter = Counter(modulus=place.modulus, max_rate=rate, resolution=10.0**-place.decimals)
        self._kept = Kept()

    def serviced(self, record: ServiceRecord | None) -> None:
        """The machine's newest service; the hours count from it."""
        kept = self._kept
        if record is None or record.at == kept.serviced_at:
            return
        kept.serviced_at, kept.meter = record.at, record.run_hours
        earlier = [hours for at, hours in kept.marks if at <= record.at]
        kept.base = kept.hours if record.at >= kept.last else (earlier[-1] if earlier else 0.0)
        self._by_meter()

    def _by_meter(self) -> None:
        """Where the meter was read at the service, and has not begun anew since, it says exactly how many hours."""
        kept = self._kept
        if kept.meter is not None and kept.reading is not None and kept.reading >= kept.meter and not self._runs:
            kept.base = kept.hours - (kept.reading - kept.meter)

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        assert value is not None
        kept = self._kept
        if time <= kept.last <= received + AHEAD:
            return UNJUDGED
        if self._runs:
            self._run(time, value)
        else:
            alone = not self._counter.confirmed
            kept.hours += sum(one.amount for one in self._counter.see(time, value)) * self._scale
            believed = self._counter.believed
            kept.reading = believed[1] * self._scale if believed and self._counter.confirmed else None
            if alone:
                self._by_meter()
        kept.last = time
        if not kept.marks or time - kept.marks[-1][0] >= MARK_EVERY:
            kept.marks = [*kept.marks, (time, kept.hours)][-MARKS:]
        self.value = round(kept.hours - kept.base, 6)  # of sums of parts of hours
        return BREACH if self.value >= self._due_at else CLEAR

    def _run(self, time: Millis, value: float) -> None:
        kept = self._kept
        if kept.running and 0 < time - kept.last <= self._gap:
            kept.hours += (time - kept.last) / HOUR
        kept.running = value > 0.5

    def memo(self) -> str:
        return msgspec.json.encode((self._kept, self._counter.memory())).decode()

    def restore(self, memo: str) -> None:
        self._kept, counter = msgspec.json.decode(memo, type=tuple[Kept, list[float | None]])
        self._counter.restore(counter)
