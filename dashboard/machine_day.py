"""A machine's shift as a strip of states, its stops with their reasons, and the tree of reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.plan import Plan
from domain.machine import MachineSpan, Stop, StopReason
from domain.ports_machines import MachineNow, MachineTimeline
from domain.reading import Millis
from domain.registry import Device
from domain.series import MachineState
from domain.shift import ShiftWindow, windows

HOUR: Millis = 3_600_000
FORTNIGHT: Final[Millis] = 14 * 24 * HOUR  # looked at for the shifts before and after
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


def stretch(machine: MachineNow, was: ShiftWindow | None, now: Millis) -> tuple[Millis, Millis]:
    """The shift that is on; between shifts the last one, where there was one; else the last hours."""
    shown = machine.window or was
    return (now - BETWEEN, now) if shown is None else (shown.start, shown.stop)


def shifts_of(plan: Plan, device: Device, start: Millis, stop: Millis) -> list[ShiftWindow]:
    """The shifts of a machine that share a moment with [start, stop), by their start."""
    own = [one for one in plan.installation.shifts if one.site == device.site]
    mine = [one for one in own if one.takes_in(device.stage, device.id)]
    return list(windows(mine, ZoneInfo(plan.site(device.site).timezone), start, stop))


def latest(met: Sequence[ShiftWindow]) -> ShiftWindow | None:
    """The shift that began last; None without any."""
    return met[-1] if met else None


def following(met: Sequence[ShiftWindow], now: Millis) -> ShiftWindow | None:
    """The first one that is still to begin."""
    return next((one for one in met if one.start > now), None)


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
