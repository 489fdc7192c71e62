"""Machine states out of a run metric: above 0.5 it executes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from domain.reading import Millis
from domain.series import MachineState, StateSpan

RUNNING_ABOVE = 0.5

Sample = tuple[Millis, float]
"""time, run value."""


def spans(samples: Sequence[Sample], start: Millis, stop: Millis, max_gap: Millis) -> list[StateSpan]:
    """States over [start, stop) from samples by time, those of `max_gap` before `start` among them.

    A sample holds until the next; where that is more than `max_gap` away nothing is known in between. The last one
    holds for `max_gap`, and nothing is said of later. Without samples nothing is said at all.
    """
    if not samples:
        return []
    pieces = [StateSpan(start, samples[0][0], MachineState.NOT_AVAILABLE)]
    for (at, value), (following, _) in itertools.pairwise(samples):
        state = _state(value) if following - at <= max_gap else MachineState.NOT_AVAILABLE
        pieces.append(StateSpan(at, following, state))
    last, value = samples[-1]
    pieces.append(StateSpan(last, last + max_gap, _state(value)))
    return _joined(_cut(pieces, start, stop))


def _state(value: float) -> MachineState:
    return MachineState.EXECUTING if value > RUNNING_ABOVE else MachineState.NOT_EXECUTING


def _cut(pieces: Iterable[StateSpan], start: Millis, stop: Millis) -> list[StateSpan]:
    cut = [StateSpan(max(start, piece.start), min(stop, piece.stop), piece.state) for piece in pieces]
    return [piece for piece in cut if piece.start < piece.stop]


def _joined(pieces: list[StateSpan]) -> list[StateSpan]:
    joined: list[StateSpan] = []
    for piece in pieces:
        if joined and joined[-1].state is piece.state:
            joined[-1] = StateSpan(joined[-1].start, piece.stop, piece.state)
        else:
            joined.append(piece)
    return joined
