"""Forms of records: what was typed is read, refused at its field, and never lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request

from dashboard.formats import Formats
from dashboard.frame import Visit
from domain.calendar import day_in
from domain.errors import Invalid
from domain.evidence import Book, Revision, require_text
from domain.lab_value import AMBIGUOUS, parse_value
from domain.reading import Millis
from domain.report_records import Operator

T = TypeVar("T")
SHOWN: Final = 30  # records of a list
REVISIONS: Final = 20


async def _fields(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]


def decimal(form: Mapping[str, str], field: str) -> float | None:
    """A number as people here write it (`7,25`); None where nothing was typed. Raises Invalid naming the field."""
    text = form.get(field, "").strip()
    if not text:
        return None
    try:
        operator, number = parse_value(text)
    except Invalid as refused:
        said = str(refused) if AMBIGUOUS in str(refused) else "is not a number"
        raise Invalid(said, field) from None
    if operator is not Operator.EQUAL:
        raise Invalid("is not a number", field)
    return number


def decimals(form: Mapping[str, str], prefix: str, count: int) -> tuple[float, ...]:
    """A row of numbers, `prefix_0` and so on; empty places are left out."""
    found = [decimal(form, f"{prefix}_{at}") for at in range(count)]
    return tuple(one for one in found if one is not None)


def day(form: Mapping[str, str], field: str) -> date | None:
    """A local day; None where nothing was chosen. Raises Invalid naming the field."""
    text = form.get(field, "").strip()
    return day_in(text, field) if text else None


def written(text: float | None) -> str:
    """A number as a form shows it again: with a decimal comma, which both languages' readers may change."""
    return "" if text is None else f"{text:.10g}".replace(".", ",")


def save(book: Book[T], record: T, form: Mapping[str, str], visit: Visit) -> Revision[T]:
    """Add it, or correct the one the form was opened from. Raises Invalid, Conflict, NotFound; nothing that was typed
    is ever cut.
    """
    for field, text in form.items():
        require_text(text, field)
    record_id, number = form.get("edit", ""), form.get("revision", "")
    if not record_id:
        return book.add(record, visit.who, visit.now)
    return book.correct(
        record_id, int(number) if number.isdigit() else 0, record, visit.who, form.get("why", ""), visit.now
    )


@dataclass(frozen=True)
class Line:
    """One record of a list: its newest revision, what it says, and what it said before."""

    one: Revision[Any]
    said: str
    before: tuple[tuple[Revision[Any], str], ...] = ()


def lines(book: Book[T], found: Sequence[Revision[T]], said: Callable[[T], str]) -> list[Line]:
    """Each with its earlier revisions, newest first."""
    made = []
    for one in found:
        older = book.history(one.id)[:-1][-REVISIONS:] if one.number > 1 else []
        made.append(Line(one, said(one.record), tuple((old, said(old.record)) for old in reversed(older))))
    return made


def stretch_said(formats: Formats, start: Millis, stop: Millis | None, now: Millis, lasting: str) -> str:
    """`21/11/2026 10.00 WIB – 10.30 WIB`."""
    return f"{formats.moment(start, now)} – {lasting if stop is None else formats.moment(stop, now)}"
