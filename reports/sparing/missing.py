"""The slots of a month that the ministry does not have, and why; and the portal's form for them.

The form is an Excel file as the portal's back-end reads it: sheet `data`, two header rows, column B pH, C COD, D TSS,
E NH3N, F Debit, G the time as text `DD/MM/YYYY HH:mm:ss`. In which zone that time is, no text we know says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from xlsxwriter import Workbook

from domain.ports_readings import ReadingQuery
from domain.reading import Millis
from domain.sparing import HOUR, SLOT, Package, PackageState, Parameter, SparingQueue
from reports.sparing.config import SparingConfig, SparingPoint
from reports.sparing.package import slots_in
from reports.sparing.slots import Values, slot_values, slots_between

SHEET: Final = "data"
HEADER: Final = ("No", "pH", "COD", "TSS", "NH3N", "Debit", "Datetime")
UNITS: Final = ("", "", "mg/L", "mg/L", "mg/L", "m3/menit", "DD/MM/YYYY HH:mm:ss")
LONGEST_READ: Final[Millis] = 24 * HOUR  # how much of a series is held at a time


class MissingReason(StrEnum):
    """Why the ministry does not have a slot."""

    NOT_MEASURED = "not_measured"  # no good reading of any parameter
    INCOMPLETE = "incomplete"  # some of the parameters were not measured
    NEGATIVE = "negative"  # a figure below zero, which on the wire would be a code
    LATE = "late"  # measured, but the readings came after the package was made, or none was made
    GIVEN_UP = "given_up"  # it was tried for days


class MissingSlot(Struct, frozen=True):
    """One slot that was not delivered, and what was measured in it (in the wire's units)."""

    time: Millis
    reason: MissingReason
    values: Values


def missing_slots(
    queue: SparingQueue,
    readings: ReadingQuery,
    config: SparingConfig,
    point: SparingPoint,
    start: Millis,
    stop: Millis,
) -> list[MissingSlot]:
    """The undelivered slots of [start, stop), by time. Packages that are still tried are not missing yet.

    Nothing before the first successful test is counted: nothing was owed then.
    """
    tested = queue.tested(point.point, point.uid)
    start = stop if tested is None else max(start, tested // HOUR * HOUR)
    packages = queue.periods(point.point, start - HOUR, stop)
    known, given_up = _accounted(packages)
    open_slots = [slot for slot in slots_between(start, stop) if slot not in known]
    return [
        MissingSlot(slot, _reason(slot, values, given_up, config, point), values)
        for first, last in _stretches(open_slots)
        for slot, values in _measured(readings, point, first, last)
    ]


def every_slot(
    readings: ReadingQuery, point: SparingPoint, missing: Sequence[MissingSlot]
) -> list[tuple[Millis, Values]]:
    """What was measured in every slot from the first affected hour to the last, delivered or not."""
    if not missing:
        return []
    first, last = missing[0].time // HOUR * HOUR, missing[-1].time // HOUR * HOUR + HOUR
    days = range(first, last, LONGEST_READ)
    parts = (slot_values(readings, point, day, min(day + LONGEST_READ, last)) for day in days)
    return [item for part in parts for item in part.items()]


def write_form(file: Path, config: SparingConfig, rows: Iterable[tuple[Millis, Values]], made_for: Millis) -> int:
    """Write the portal's form; how many rows it has. A parameter that was not measured, or is negative, is an empty
    cell, a slot in which nothing was measured has no row. The same rows give the same bytes.
    """
    zone = ZoneInfo(config.form_timezone)
    with Workbook(str(file)) as book:
        book.set_properties({"created": datetime.fromtimestamp(made_for / 1000, UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet(SHEET)
        for at, titles in enumerate((HEADER, UNITS)):
            sheet.write_row(at, 0, titles)
        number = 0
        for number, (slot, values) in enumerate((row for row in rows if row[1]), 1):
            local = datetime.fromtimestamp(slot / 1000, zone)
            sheet.write_number(number + 1, 0, number)
            for column, parameter in enumerate(Parameter, 1):
                value = config.on_the_wire(parameter, values[parameter]) if parameter in values else None
                if value is not None:
                    sheet.write_number(number + 1, column, value)
            sheet.write_string(number + 1, 6, f"{local:%d/%m/%Y %H:%M:%S}")
    return number


def _accounted(packages: Iterable[Package]) -> tuple[set[Millis], set[Millis]]:
    """Slots that were delivered or are on their way, and slots that were given up."""
    known: set[Millis] = set()
    given_up: set[Millis] = set()
    for package in packages:
        into = given_up if package.state is PackageState.GIVEN_UP else known
        into.update(slot * 1000 for slot in slots_in(package))
        known.update(slot * 1000 for slot in package.duplicates)
    return known, given_up - known


def _reason(
    slot: Millis, values: Values, given_up: set[Millis], config: SparingConfig, point: SparingPoint
) -> MissingReason:
    if slot in given_up:
        return MissingReason.GIVEN_UP
    if not values:
        return MissingReason.NOT_MEASURED
    if any(config.on_the_wire(*one) is None for one in values.items()):
        return MissingReason.NEGATIVE
    return MissingReason.LATE if len(values) == len(point.sensors) else MissingReason.INCOMPLETE


def _stretches(slots: Sequence[Millis]) -> Iterator[tuple[Millis, Millis]]:
    """Runs of slots without a break between them, cut where they grow too long to be read at once."""
    for _, run in groupby(enumerate(slots), key=lambda item: (item[1] - item[0] * SLOT, item[1] // LONGEST_READ)):
        found = [slot for _, slot in run]
        yield found[0], found[-1] + SLOT


def _measured(
    readings: ReadingQuery, point: SparingPoint, start: Millis, stop: Millis
) -> Iterator[tuple[Millis, Values]]:
    found = slot_values(readings, point, start, stop)
    for slot in slots_between(start, stop):
        yield slot, found.get(slot, {})
