"""Shifts, stop reasons and service plans: what they refer to that does not exist, and what cannot be. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from itertools import combinations

from domain.errors import Problem
from domain.reference_names import Names, missing
from domain.registry import Installation
from domain.shift import Break, Shift

DAY = 1440  # minutes
WEEK = 7 * DAY


def shift_problems(installation: Installation, names: Names) -> Iterator[Problem]:
    """Places that do not exist, breaks outside their shift, two shifts of one machine at a time."""
    for index, shift in enumerate(installation.shifts):
        key = f"shifts[{index}]"
        yield from names.place(key, shift.site, None)
        for number, stage in enumerate(shift.stages):
            if stage not in names.stages.get(shift.site, ()):
                known = names.stages.get(shift.site, ())
                yield Problem("", f"{key}.stages[{number}]", missing("stage", stage, known))
        for number, device in enumerate(shift.devices):
            yield from names.device(f"{key}.devices[{number}]", device, shift.site)
        for number, pause in enumerate(shift.breaks):
            if not _within(pause, shift):
                yield Problem("", f"{key}.breaks[{number}]", f"the break is not within the shift {shift.id}")
    yield from _clashes(installation, names)


def reason_problems(installation: Installation) -> Iterator[Problem]:
    """Parents that do not exist, or have a parent themselves: the tree has two levels."""
    known = {reason.id: reason for reason in installation.stop_reasons}
    for index, reason in enumerate(installation.stop_reasons):
        if reason.parent is None:
            continue
        key = f"stop_reasons[{index}].parent"
        if reason.parent not in known:
            yield Problem("", key, missing("stop reason", reason.parent, known))
        elif known[reason.parent].parent is not None or reason.parent == reason.id:
            yield Problem("", key, f"{reason.parent} has a parent itself; the tree has two levels, no more")


def plan_problems(installation: Installation, names: Names) -> Iterator[Problem]:
    """Machines that do not exist."""
    for index, plan in enumerate(installation.service_plans):
        yield from names.device(f"service_plans[{index}].device", plan.device, None)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _length(start: time, end: time) -> int:
    return (_minutes(end) - _minutes(start) - 1) % DAY + 1


def _within(pause: Break, shift: Shift) -> bool:
    """Whether the break lies between the shift's start and end, counted from the start."""
    begins = (_minutes(pause.start) - _minutes(shift.start)) % DAY
    return begins + _length(pause.start, pause.end) <= _length(shift.start, shift.end)


def _clashes(installation: Installation, names: Names) -> Iterator[Problem]:
    indexed = list(enumerate(installation.shifts))
    for (_, one), (index, other) in combinations(indexed, 2):
        if one.site == other.site and _share_time(one, other) and _share_machines(one, other, names):
            yield Problem(
                "", f"shifts[{index}]", f"{other.id} and {one.id} are at the same time for the same machine"
            )


def _share_machines(one: Shift, other: Shift, names: Names) -> bool:
    if not (one.stages or one.devices) or not (other.stages or other.devices) or set(one.stages) & set(other.stages):
        return True
    places = [device for device in names.devices.values() if device.site == one.site]
    return any(one.takes_in(d.stage, d.id) and other.takes_in(d.stage, d.id) for d in places)


def _share_time(one: Shift, other: Shift) -> bool:
    """Whether two shifts overlap somewhere in the week (holidays apart)."""
    return any(
        (begins - starts) % WEEK < length or (starts - begins) % WEEK < other_length
        for starts, length in _week(one)
        for begins, other_length in _week(other)
    )


def _week(shift: Shift) -> list[tuple[int, int]]:
    return [(day * DAY + _minutes(shift.start), _length(shift.start, shift.end)) for day in shift.days]
