"""The shifts of a device as a schedule: when somebody is there who would miss it.

A rule may name it as `shifts-<device>`; nobody has to write it. Breaks are part of it, holidays are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from domain.registry import Device, Hours, Installation, Schedule, Weekday
from domain.shift import Shift
from domain.text import Text

OF_SHIFTS: Final = "shifts-"
_WEEKDAYS: Final = tuple(Weekday)


def shift_schedule_id(device: str) -> str:
    """How rules name the schedule of a device's shifts."""
    return f"{OF_SHIFTS}{device}"


def shifts_of(installation: Installation) -> Iterator[tuple[Device, tuple[Shift, ...]]]:
    """The devices that work in shifts, each with them."""
    by_site: dict[str, list[Shift]] = {}
    for shift in installation.shifts:
        by_site.setdefault(shift.site, []).append(shift)
    for device in installation.devices if by_site else ():
        own = tuple(one for one in by_site.get(device.site, ()) if one.takes_in(device.stage, device.id))
        if own:
            yield device, own


def shift_schedules(installation: Installation) -> dict[str, Schedule]:
    """By how rules name it; devices of the same shifts share one, so that it is looked at once for all of them."""
    shared: dict[str, Schedule] = {}
    found: dict[str, Schedule] = {}
    for device, shifts in shifts_of(installation):
        joint = "+".join(shift.id for shift in shifts)
        found[shift_schedule_id(device.id)] = shared.setdefault(joint, _schedule(joint, shifts))
    return found


def rule_schedules(installation: Installation) -> dict[str, Schedule]:
    """Every schedule that a rule may name: those of shifts, and the installation's own over those of the same id."""
    return {**shift_schedules(installation), **{one.id: one for one in installation.schedules}}


def named(schedules: Mapping[str, Schedule], wanted: Iterable[str | None]) -> list[Schedule]:
    """Those of these names, each with the name it was asked by as its id; unknown ones are left out."""
    names = dict.fromkeys(name for name in wanted if name in schedules)
    return [schedules[name].model_copy(update={"id": name}) for name in names if name is not None]


def _schedule(joint: str, shifts: tuple[Shift, ...]) -> Schedule:
    """Its id is nobody's name (no slug has a plus): it only tells one set of shifts from another."""
    name = Text(id=", ".join(one.name.id for one in shifts), en=", ".join(one.name.en for one in shifts))
    return Schedule.model_construct(id=joint, name=name, hours=tuple(map(_hours, shifts)), holidays=())


def _hours(shift: Shift) -> Hours:
    days = tuple(_WEEKDAYS[day] for day in shift.days)
    return Hours(start=shift.start, end=shift.end, days=days, holidays=shift.holidays)
