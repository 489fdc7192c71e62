"""A laboratory's sheet pasted from a spreadsheet: one parameter a line, `parameter; result; unit; method`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from msgspec import Struct

from domain.errors import Invalid
from domain.lab import LabValue
from domain.lab_value import known_unit, parse_result

FIELD: Final = "sheet"
_HEADS: Final = frozenset({"parameter", "parameter uji"})


class Column(IntEnum):
    """Where what stands, counted as people count."""

    PARAMETER = 1
    RESULT = 2
    UNIT = 3
    METHOD = 4


COLUMNS: Final = {"metric": Column.PARAMETER, "number": Column.RESULT, "unit": Column.UNIT, "method": Column.METHOD}
"""Which column a field of a value came from."""


class SheetValue(Struct, frozen=True):
    """A value, and the line it stands in (from 1)."""

    line: int
    value: LabValue


def parse_sheet(text: str, metrics: Mapping[str, str]) -> tuple[SheetValue, ...]:
    """Columns by tab or semicolon; a `*` behind a parameter is left away, a line of column names passed over.

    `metrics`: ids by what a sheet may call them, in lower case. Raises Invalid naming line and column.
    """
    found: list[SheetValue] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
        if not any(cells) or (not found and cells[0].lower() in _HEADS):
            continue
        value = _value(number, cells, metrics)
        if any(one.value.metric == value.metric for one in found):
            raise at_cell(number, Column.PARAMETER, f"{cells[0]} is given twice")
        found.append(SheetValue(number, value))
    return tuple(found)


def at_cell(line: int, column: Column, problem: str) -> Invalid:
    """What is wrong with one cell."""
    return Invalid(f"line {line}, column {column.value}: {problem}", FIELD)


def _value(number: int, cells: list[str], metrics: Mapping[str, str]) -> LabValue:
    cells = cells + [""] * (Column.METHOD - len(cells))
    name = cells[0].rstrip("* ").strip()
    metric = metrics.get(name.lower())
    if metric is None:
        problem = f"there is no parameter {name}" if name else "must not be empty"
        raise at_cell(number, Column.PARAMETER, problem)
    if not cells[1]:
        raise at_cell(number, Column.RESULT, "must not be empty")
    try:
        written = parse_result(cells[1])
    except Invalid as refused:
        raise at_cell(number, Column.RESULT, str(refused)) from None
    unit = known_unit(cells[2]) or written.unit
    if not unit:
        raise at_cell(number, Column.UNIT, "must not be empty")
    if written.unit and written.unit != unit:
        raise at_cell(number, Column.UNIT, f"{cells[2]} is not the unit behind the result, {written.unit}")
    return LabValue(metric, written.operator, written.number, unit, cells[3])
