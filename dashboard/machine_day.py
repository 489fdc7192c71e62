"""A machine's shift as a strip of states, its stops with their reasons, and the tree of reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.machine import MachineSpan, Stop, StopReason
from domain.ports_machines import MachineNow, MachineTimeline
from domain.reading import Millis
from domain.series import MachineState

HOUR: Millis = 3_600_000
BETWEEN: Millis = 8 * HOUR  # shown between shifts


@dataclass(frozen=True)
class Piece:
    """A stretch of the strip; `left` and `width` in percent of it."""

    state: MachineState
    start: Millis
    stop: Millis
    left: float
    width: float


@dataclass(frozen=True)
class Branch:
    """A reason with those below it."""

    reason: StopReason
    children: tuple[StopReason, ...]


def stretch(machine: MachineNow, now: Millis) -> tuple[Millis, Millis]:
    """The shift that is on; between shifts the last hours."""
    if machine.window is not None:
        return machine.window.start, machine.window.stop
    return now - BETWEEN, now


def strip(timeline: MachineTimeline) -> list[Piece]:
    """The states, drawn over the whole stretch; what lies ahead stays empty."""
    whole = max(1, timeline.stop - timeline.start)
    return [_piece(span, timeline.start, whole) for span in timeline.spans]


def _piece(span: MachineSpan, start: Millis, whole: Millis) -> Piece:
    left, width = (span.start - start) / whole * 100, (span.stop - span.start) / whole * 100
    return Piece(span.state, span.start, span.stop, round(left, 3), round(width, 3))


def tree(reasons: Sequence[StopReason]) -> list[Branch]:
    """The reasons in their order, each with its own below it."""
    tops = [reason for reason in reasons if reason.parent is None]
    return [Branch(top, tuple(one for one in reasons if one.parent == top.id)) for top in tops]


def named(reasons: Sequence[StopReason]) -> dict[str, StopReason]:
    """By id."""
    return {reason.id: reason for reason in reasons}


def explained(timeline: MachineTimeline) -> list[Stop]:
    """The stops of the shift that have a reason, newest first."""
    return sorted((one for one in timeline.stops if one.reason is not None), key=lambda one: -one.start)
