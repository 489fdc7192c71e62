"""A laboratory's sheet pasted from a spreadsheet: one parameter a line, `parameter; result; unit; method`."""

from __future__ import annotations

from collections.abc import Mapping

from domain.errors import Invalid
from domain.lab import LabValue, parse_value


def parse_sheet(text: str, metrics: Mapping[str, str]) -> tuple[LabValue, ...]:
    """Columns by tab or semicolon; a `*` behind a parameter is left away. `metrics`: ids by what a sheet may call
    them, in lower case. Raises Invalid naming the line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
        if len(cells) < 3:
            raise Invalid(f"line {number} needs parameter; result; unit", "sheet")
        found.append(_value(number, cells, metrics))
    return tuple(found)


def _value(number: int, cells: list[str], metrics: Mapping[str, str]) -> LabValue:
    name = cells[0].rstrip("* ").strip()
    metric = metrics.get(name.lower())
    if metric is None:
        raise Invalid(f"line {number}: there is no parameter {name}", "sheet")
    try:
        operator, figure = parse_value(cells[1])
    except Invalid as refused:
        raise Invalid(f"line {number}: {refused}", "sheet") from None
    method = cells[3] if len(cells) > 3 else ""
    return LabValue(metric, operator, figure, cells[2], method)
