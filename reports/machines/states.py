"""A machine's states out of its readings: a run bit, its power, or its cycles. Pure.

What is not known stays not known: silence is a state of its own, and nothing is bridged over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
Told = tuple[Millis, MachineState]
"""From this moment on, as far as one sample tells."""


def samples_of(readings: Iterable[Reading]) -> list[Sample]:
    """Time and value of the readings that may be believed, by time."""
    return [(r.time, r.value) for r in readings if r.value is not None and r.quality <= NOT_EVALUATED]


def spans(
    samples: Sequence[Sample], source: RunSource, start: Millis, stop: Millis, out: Sequence[Span] = ()
) -> list[MachineSpan]:
    """The states over [start, stop), without gaps or overlaps. `out`: when it was out of service on purpose.

    `samples` ascend in time. Those before `start` and after `stop` tell what holds at the edges, and whether a stop
    there was a short one: so neighbouring stretches together are the same as one stretch over both.
    """
    short = round(source.short_stop * 1000)
    around = (start - short, stop + short)
    pieces = joined(_filled(_pieces(told(samples, source), round(source.patience * 1000)), around))
    return cut(_short_as_running(taken_out(pieces, out), short), start, stop)


def told(samples: Sequence[Sample], source: RunSource) -> list[Told]:
    """What the machine does by each sample; not available where a sample alone does not tell."""
    patience = round(source.patience * 1000)
    if source.signal is RunSignal.POWER:
        return _by_power(samples, source, patience)
    if source.signal is RunSignal.CYCLES:
        return _by_cycles(samples, round(source.idle * 1000), patience)
    return [(time, _state(value > RUNNING_ABOVE)) for time, value in samples]


def _state(running: bool) -> MachineState:
    return EXECUTING if running else NOT_EXECUTING


def _by_power(samples: Sequence[Sample], source: RunSource, patience: Millis) -> list[Told]:
    """Hysteresis: between `off` and `on` it goes on as it was. Where that is not known, or lies before a silence,
    neither is this.
    """
    assert source.on is not None
    assert source.off is not None
    state, last = NOT_AVAILABLE, None
    found: list[Told] = []
    for time, value in samples:
        if last is not None and time - last > patience:
            state = NOT_AVAILABLE
        if value > source.on or value < source.off:
            state = _state(value > source.on)
        found.append((time, state))
        last = time
    return found


def _by_cycles(samples: Sequence[Sample], idle: Millis, patience: Millis) -> list[Told]:
    """From one reading to the next it ran when the counter moved, or moved no longer ago than `idle`. When in a
    silence it moved is not known.

    A fall is a reset of the counter, and a sign of life like any other.
    """
    found: list[Told] = []
    moved: Millis | None = None
    for (time, value), (following, after) in pairwise(samples):
        until = following if following - time <= patience else time
        before, moved = moved, following if after != value else moved
        latest = moved if until == following else before
        found.append((time, _state(latest is not None and until - latest <= idle)))
    if samples:
        last = samples[-1][0]
        found.append((last, _state(moved is not None and last - moved <= idle)))
    return found


def _pieces(found: Sequence[Told], patience: Millis) -> Iterator[MachineSpan]:
    """A sample holds until the next, but never longer than `patience`."""
    for (time, state), (following, _) in pairwise(found):
        yield MachineSpan(time, min(following, time + patience), state)
    if found:
        time, state = found[-1]
        yield MachineSpan(time, time + patience, state)


def _filled(pieces: Iterable[MachineSpan], around: Span) -> Iterator[MachineSpan]:
    """Over the whole stretch: where no sample holds, nothing is known."""
    at, stop = around
    for piece in pieces:
        begin, end = max(piece.start, at), min(piece.stop, stop)
        if begin >= end:
            continue
        if begin > at:
            yield MachineSpan(at, begin, NOT_AVAILABLE)
        yield replace(piece, start=begin, stop=end)
        at = end
    if at < stop:
        yield MachineSpan(at, stop, NOT_AVAILABLE)


def joined(pieces: Iterable[MachineSpan]) -> list[MachineSpan]:
    """Neighbours of one state as one."""
    found: list[MachineSpan] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and last.state is piece.state and last.stop == piece.start:
            found[-1] = replace(last, stop=piece.stop, shorts=last.shorts + piece.shorts)
        else:
            found.append(piece)
    return found


def _short_as_running(pieces: Sequence[MachineSpan], longest: Millis) -> list[MachineSpan]:
    """A stop of less than `longest` between two stretches of running is part of them, and counted."""
    found = list(pieces)
    for index in range(1, len(pieces) - 1):
        piece = pieces[index]
        between = pieces[index - 1].state is pieces[index + 1].state is EXECUTING
        if between and piece.state is NOT_EXECUTING and piece.stop - piece.start < longest:
            found[index] = replace(piece, state=EXECUTING, shorts=(piece.start,))
    return found


def cut(pieces: Iterable[MachineSpan], start: Millis, stop: Millis) -> list[MachineSpan]:
    """What of them lies in [start, stop). A short stop counts where it began."""
    return joined(
        replace(
            piece,
            start=max(piece.start, start),
            stop=min(piece.stop, stop),
            shorts=tuple(at for at in piece.shorts if start <= at < stop),
        )
        for piece in pieces
        if piece.start < stop and start < piece.stop
    )


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
