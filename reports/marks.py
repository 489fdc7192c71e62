"""Marks in the tables at every figure that people touched: † corrected, ‡ partly set aside by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from msgspec.structs import replace

from domain.report import ComplianceReport
from domain.report_edits import Compared, ComparedVolume, Seen
from domain.report_measured import Episode
from reports.table import Cell, Printer, Table
from reports.table_cells import named

CORRECTED: Final = "†"
BY_HAND: Final = "‡"
Touched = tuple[str, date | None]  # the parameter as it is named, the day (None: the whole period)


class Marks:
    """Knows what was touched, and puts the marks into tables that speak of it."""

    def __init__(self, report: ComplianceReport, printer: Printer) -> None:
        self._report, self._printer = report, printer
        self._names = {(one.device, one.metric): named(one, report, printer) for one in report.parameters}
        parts = ((CORRECTED, report.corrections), (BY_HAND, report.judgements))
        self._touched = {sign: self._of(part.parameters) for sign, part in parts}
        self._volumes = {sign: _days(part.volume) for sign, part in parts}

    def _of(self, found: Iterable[Compared]) -> set[Touched]:
        names = [(self._names[one.device, one.metric], one) for one in found]
        return {(name, None) for name, _ in names} | {(name, day.day) for name, one in names for day in one.days}

    def put(self, table: Table) -> Table:
        """The table, with marks in its words and a line that explains them."""
        put = {
            "parameters": self._parameters, "daily": self._daily, "means": self._means,
            "parameter_days": self._parameter_days, "episodes": self._episodes, "monthly": self._parameters,
        }.get(table.id)  # fmt: skip
        if put is None or not self._anything():
            return table
        marked = put(table)
        return marked if marked == table else replace(marked, note=self._explained(marked))

    def _anything(self) -> bool:
        return any((*self._touched.values(), *self._volumes.values()))

    def _explained(self, table: Table) -> str:
        signs = [sign for sign in (CORRECTED, BY_HAND) if any(sign in text for text in _texts(table))]
        words = {CORRECTED: "note.mark_corrected", BY_HAND: "note.mark_by_hand"}
        return " ".join([table.note, *(self._printer.words(words[sign]) for sign in signs)]).strip()

    def _signs(self, name: str, day: date | None) -> str:
        named_so = {(name, day), (_bare(name), day)}  # with its unit behind it, or without
        return "".join(sign for sign, touched in self._touched.items() if named_so & touched)

    def _parameters(self, table: Table) -> Table:
        return _with(table, "column.parameter", self._printer, lambda row: self._signs(str(row[0]), None))

    def _parameter_days(self, table: Table) -> Table:
        return _with(
            table, "column.judgement", self._printer,
            lambda row: self._signs(str(row[1]), row[0]) if isinstance(row[0], date) else "",
        )  # fmt: skip

    def _daily(self, table: Table) -> Table:
        ph = next((name for (device, metric), name in self._names.items() if metric == "ph" and device), "")

        def volume(row: tuple[Cell, ...]) -> str:
            return "".join(sign for sign, days in self._volumes.items() if row[0] in days)

        marked = _with(
            table, "column.judgement", self._printer,
            lambda row: self._signs(ph, row[0]) if isinstance(row[0], date) else "",
        )  # fmt: skip
        return _with(marked, "column.method", self._printer, volume)

    def _means(self, table: Table) -> Table:
        """Marked at the day where any parameter of this table was touched, and in that parameter's title."""
        titles = [column.title for column in table.columns]
        columns = tuple(
            replace(column, title=_signed(column.title, self._signs(name, None)))
            for column, name in zip(table.columns, titles, strict=True)
        )

        def of_day(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
            day = row[0]
            if not isinstance(day, date):
                return row
            signs = "".join(s for s in (CORRECTED, BY_HAND) if any(s in self._signs(name, day) for name in titles))
            return (_signed(self._printer.day(day), signs), *row[1:]) if signs else row

        return replace(table, columns=columns, rows=tuple(of_day(row) for row in table.rows))

    def _episodes(self, table: Table) -> Table:
        signs = {(self._name(one), one.start): self._sign_of(one) for one in self._report.episodes}
        return _with(
            table, "column.parameter", self._printer, lambda row: signs.get((str(row[0]), int(str(row[2]))), "")
        )

    def _name(self, one: Episode) -> str:
        return self._names[one.device, one.metric]

    def _sign_of(self, one: Episode) -> str:
        """That of an exceedance; one that is only in corrected values says so in words."""
        for other in self._report.corrections.episodes:
            same = (other.device, other.metric, other.corrected and other.corrected.start)
            if same == (one.device, one.metric, one.start):
                only = other.seen is Seen.CORRECTED_ONLY
                return CORRECTED + (f" ({self._printer.words('seen.corrected_only')})" if only else "")
        aside = self._report.judgements.set_aside
        mine = (a for a in aside if (a.device, a.metric) == (one.device, one.metric))
        return BY_HAND if any(a.start < one.stop and one.start < a.stop for a in mine) else ""


def _days(part: ComparedVolume | None) -> set[date]:
    return {day.day for day in part.days} if part else set()


def _bare(name: str) -> str:
    """A parameter without the unit behind it."""
    return name.rsplit(" (", 1)[0]


def _signed(text: str, signs: str) -> str:
    return f"{text} {signs}" if signs else text


def _texts(table: Table) -> Iterable[str]:
    yield from (column.title for column in table.columns)
    yield from (cell for row in table.rows for cell in row if isinstance(cell, str))


def _with(table: Table, key: str, printer: Printer, signs: Callable[[tuple[Cell, ...]], str]) -> Table:
    """Signs behind the words of the column of that title."""
    at = next((n for n, column in enumerate(table.columns) if column.title == printer.words(key)), None)
    if at is None:
        return table

    def signed(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
        found = signs(row)
        return (*row[:at], _signed(printer.text(row[at], table.columns[at]), found), *row[at + 1 :]) if found else row

    return replace(table, rows=tuple(signed(row) for row in table.rows))
