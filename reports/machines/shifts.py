"""What a machine made of its shifts: availability by ISO 22400-2, its stops and their reasons. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from msgspec.structs import replace

from domain.increase import Counted
from domain.machine import Loss, MachineShift, MachineSpan, Oee, Stop, StopReason, StopRecord
from domain.reading import Millis
from domain.series import MachineState
from domain.shift import ShiftWindow, Span, overlap


@dataclass(frozen=True)
class Counts:
    """What counters say of a shift; None where there is none."""

    cycles: float | None = None
    run_hours: float | None = None


def machine_shift(
    device: str,
    window: ShiftWindow,
    spans: Sequence[MachineSpan],
    records: Sequence[StopRecord],
    reasons: Mapping[str, StopReason],
    counts: Counts = Counts(),
    now: Millis | None = None,
) -> MachineShift:
    """One machine in one shift, up to `now` where it still runs. `spans` and `records` may reach beyond it."""
    end = window.stop if now is None else min(window.stop, max(now, window.start))
    planned = [(start, min(stop, end)) for start, stop in window.planned if start < end]
    whole = (window.start, window.stop)
    stops = stops_in(device, whole, planned, spans, records, end if now is not None and end == now else None)
    excused = sum(s.stop - s.start for s in stops if _planned(s, reasons))
    running = _time(spans, MachineState.EXECUTING, planned)
    in_window = _time(spans, MachineState.EXECUTING, [(window.start, end)])
    return MachineShift(
        device=device,
        shift=window.shift,
        day=window.day,
        planned=sum(stop - start for start, stop in planned),
        running=running,
        stopped=_time(spans, MachineState.NOT_EXECUTING, planned) - excused,
        excused=excused,
        no_signal=_time(spans, MachineState.NOT_AVAILABLE, planned),
        out_of_service=_time(spans, MachineState.OUT_OF_SERVICE, planned),
        outside=in_window - running,
        short_stops=sum(start <= at < stop for s in spans for at in s.shorts for start, stop in planned),
        stops=tuple(stops),
        cycles=counts.cycles,
        run_hours=counts.run_hours,
    )


def stops_in(
    device: str,
    whole: Span,
    planned: Sequence[Span],
    spans: Iterable[MachineSpan],
    records: Sequence[StopRecord],
    now: Millis | None = None,
) -> list[Stop]:
    """Stretches of standing still within the planned time of a shift (`whole`), each with the reason somebody gave.

    A stop is cut where another reason begins or ends. One that reaches `now` is still going on.
    """
    mine = [record for record in records if record.device == device]
    found: list[Stop] = []
    for span in spans:
        if span.state is not MachineState.NOT_EXECUTING:
            continue
        within = (max(span.start, whole[0]), min(span.stop, whole[1]))
        said = [_reaching(record, within) for record in mine]
        for start, stop in planned:
            begin, end = max(span.start, start), min(span.stop, stop)
            if begin < end:
                found += _of_span(span, _explained(device, (begin, end), said, now))
    return sorted(found, key=lambda stop: stop.start)


def _of_span(span: MachineSpan, stops: Sequence[Stop]) -> list[Stop]:
    """With what of the same standing still lies outside planned time."""
    first, last = stops[0], stops[-1]
    return [
        replace(one, before=one is first and span.start < one.start, after=one is last and one.stop < span.stop)
        for one in stops
    ]


def _reaching(record: StopRecord, within: Span) -> StopRecord:
    """What was said of a stop that still went on holds until its end, no longer than the shift."""
    if record.going_on and overlap((record.start, record.stop), within):
        return replace(record, stop=max(record.stop, within[1]))
    return record


def _explained(device: str, stretch: Span, records: Sequence[StopRecord], now: Millis | None) -> list[Stop]:
    mine = [r for r in records if overlap((r.start, r.stop), stretch)]
    borders = {stretch[0], stretch[1], *(edge for r in mine for edge in (r.start, r.stop))}
    cuts = sorted(edge for edge in borders if stretch[0] <= edge <= stretch[1])
    found: list[Stop] = []
    for begin, end in pairwise(cuts):
        said = [r for r in mine if r.start <= begin and end <= r.stop]
        reason = max(said, key=lambda r: (r.at, r.id)).reason if said else None
        if found and found[-1].reason == reason:
            found[-1] = Stop(device, found[-1].start, end, reason, end == now)
        else:
            found.append(Stop(device, begin, end, reason, end == now))
    return found


def unexplained(stops: Iterable[Stop], longer_than: Millis) -> list[Stop]:
    """The queue of the operator: stops of more than that without a reason, the newest first."""
    wanted = [stop for stop in stops if stop.reason is None and stop.stop - stop.start >= longer_than]
    return sorted(wanted, key=lambda stop: -stop.start)


def pareto(stops: Iterable[Stop]) -> list[Loss]:
    """Reasons by the time they took, the longest first; None is what nobody explained."""
    times: dict[str | None, tuple[Millis, int]] = {}
    for stop in stops:
        time, count = times.get(stop.reason, (0, 0))
        times[stop.reason] = (time + stop.stop - stop.start, count + 1)
    whole = sum(time for time, _ in times.values())
    losses = [Loss(reason, time, count, time / whole) for reason, (time, count) in times.items()]
    return sorted(losses, key=lambda loss: (-loss.time, loss.reason or ""))


def availability(shifts: Sequence[MachineShift]) -> float | None:
    """Of several machines or shifts: the sum of running over the sum of known planned time; None without any."""
    known = sum(shift.known for shift in shifts)
    return sum(shift.running for shift in shifts) / known if known else None


def oee(shift: MachineShift, produced: float | None, good: float | None, per_item: float | None) -> Oee | None:
    """OEE of one shift, or None unless pieces, good pieces and the planned run time per item (s) are all known.

    Effectiveness = PRI x PQ / APT, quality ratio = GQ / PQ (ISO 22400-2). Never above what was counted: an
    effectiveness of more than 1 says that the planned time per item is wrong, and is shown as it is.
    """
    share = shift.availability
    if share is None or produced is None or good is None or per_item is None or not produced or not shift.running:
        return None
    return Oee(share, per_item * produced / (shift.running / 1000), good / produced)


def pieces_in(
    count: Counted | None, planned: Sequence[Span], known: Sequence[MachineSpan], patience: float
) -> float | None:
    """What was counted within planned time and while it is known what the machine did: the same time that
    availability rests on. What a counter gained over a silence (more than `patience` s) is left out.
    """
    if count is None:
        return None
    return sum(
        one.amount
        for one in count.increments
        if one.stop - one.start <= patience * 1000
        and any(start <= one.stop < stop for start, stop in planned)
        and any(span.start <= one.stop < span.stop for span in known)
    )


def _planned(stop: Stop, reasons: Mapping[str, StopReason]) -> bool:
    return stop.reason is not None and stop.reason in reasons and reasons[stop.reason].planned


def _time(spans: Iterable[MachineSpan], state: MachineState, planned: Sequence[Span]) -> Millis:
    return sum(overlap((s.start, s.stop), p) for s in spans if s.state is state for p in planned)
