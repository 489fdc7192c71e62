"""A machine's states out of its readings: a run bit, its power, or its cycles. Pure.

What is not known stays not known: silence is a state of its own, and nothing is bridged over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from domain.machine import MachineSpan, RunSignal, RunSource
from domain.reading import NOT_EVALUATED, Millis, Reading
from domain.series import MachineState
from domain.shift import Span

RUNNING_ABOVE: Final = 0.5

EXECUTING, NOT_EXECUTING = MachineState.EXECUTING, MachineState.NOT_EXECUTING
NOT_AVAILABLE, OUT_OF_SERVICE = MachineState.NOT_AVAILABLE, MachineState.OUT_OF_SERVICE

Sample = tuple[Millis, float]


def samples_of(readings: Iterable[Reading]) -> list[Sample]:
    """Time and value of the readings that may be believed, by time."""
    return [(r.time, r.value) for r in readings if r.value is not None and r.quality <= NOT_EVALUATED]


def spans(samples: Sequence[Sample], source: RunSource, start: Millis, stop: Millis) -> list[MachineSpan]:
    """The states over [start, stop), without gaps or overlaps.

    `samples` ascend in time; one before `start` tells what holds at it.
    """
    running = _running(samples, source)
    patience = round(source.patience * 1000)
    pieces: list[MachineSpan] = []
    at = start
    for time, until, state in _pieces(running, patience, stop):
        time, until = max(time, start), min(until, stop)
        if until <= time:
            continue
        if time > at:
            pieces.append(MachineSpan(at, time, NOT_AVAILABLE))
        pieces.append(MachineSpan(time, until, state))
        at = until
    if at < stop:
        pieces.append(MachineSpan(at, stop, NOT_AVAILABLE))
    return join_short_stops(joined(pieces), round(source.short_stop * 1000))


def _running(samples: Sequence[Sample], source: RunSource) -> list[tuple[Millis, bool]]:
    """Whether it runs, at each sample."""
    if source.signal is RunSignal.POWER:
        return _by_power(samples, source)
    if source.signal is RunSignal.CYCLES:
        return _by_cycles(samples, round(source.idle * 1000))
    return [(time, value > RUNNING_ABOVE) for time, value in samples]


def _by_power(samples: Sequence[Sample], source: RunSource) -> list[tuple[Millis, bool]]:
    """Hysteresis: between `off` and `on` it goes on as it was; before that is known it stands still."""
    assert source.on is not None
    assert source.off is not None
    running = False
    found: list[tuple[Millis, bool]] = []
    for time, value in samples:
        running = value > source.on or (running and value >= source.off)
        found.append((time, running))
    return found


def _by_cycles(samples: Sequence[Sample], idle: Millis) -> list[tuple[Millis, bool]]:
    """From one reading to the next it ran when the counter moved, or moved no longer ago than `idle`.

    A fall is a reset of the counter, and a sign of life like any other.
    """
    found: list[tuple[Millis, bool]] = []
    moved: Millis | None = None
    for (time, value), (following, after) in pairwise(samples):
        if after != value:
            moved = following
        found.append((time, after != value or (moved is not None and following - moved <= idle)))
    if samples:
        last = samples[-1][0]
        found.append((last, moved is not None and last - moved <= idle))
    return found


def _pieces(
    running: Sequence[tuple[Millis, bool]], patience: Millis, stop: Millis
) -> Iterable[tuple[Millis, Millis, MachineState]]:
    """A sample holds until the next, but never longer than `patience`."""
    for (time, runs), (following, _) in pairwise(running):
        yield time, min(following, time + patience), EXECUTING if runs else NOT_EXECUTING
    if running:
        time, runs = running[-1]
        yield time, min(time + patience, stop), EXECUTING if runs else NOT_EXECUTING


def joined(pieces: Iterable[MachineSpan]) -> list[MachineSpan]:
    """Neighbours of one state as one."""
    found: list[MachineSpan] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and last.state is piece.state and last.stop == piece.start:
            found[-1] = replace(last, stop=piece.stop, short_stops=last.short_stops + piece.short_stops)
        else:
            found.append(piece)
    return found


def join_short_stops(pieces: Sequence[MachineSpan], longest: Millis) -> list[MachineSpan]:
    """A stop of less than `longest` between two stretches of running is part of them, and counted."""
    if not longest:
        return list(pieces)
    found: list[MachineSpan] = []
    for index, piece in enumerate(pieces):
        short = piece.state is NOT_EXECUTING and piece.stop - piece.start < longest
        between = 0 < index < len(pieces) - 1 and all(
            other.state is EXECUTING for other in (pieces[index - 1], pieces[index + 1])
        )
        found.append(replace(piece, state=EXECUTING, short_stops=1) if short and between else piece)
    return joined(found)


def taken_out(pieces: Sequence[MachineSpan], out: Sequence[Span]) -> list[MachineSpan]:
    """The same with the stretches in which the machine was out of service on purpose."""
    found: list[MachineSpan] = []
    for piece in pieces:
        at = piece.start
        for start, stop in sorted(out):
            begin, end = max(start, at), min(stop, piece.stop)
            if begin >= end:
                continue
            if begin > at:
                found.append(replace(piece, start=at, stop=begin))
            found.append(MachineSpan(begin, end, OUT_OF_SERVICE))
            at = end
        if at < piece.stop:
            found.append(replace(piece, start=at))
    return joined(found)
