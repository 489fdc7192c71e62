"""Forms of records: what was typed is read, refused at its field, and never lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request

from dashboard.formats import Formats
from dashboard.frame import Visit
from domain.errors import Conflict, Invalid
from domain.evidence import Book, Revision
from domain.lab import parse_value
from domain.reading import Millis
from domain.report_records import Operator

T = TypeVar("T")
SHOWN: Final = 30  # records of a list
REVISIONS: Final = 20

_WORDS: Final = (
    (r"lies in the future", "wrong.future"),
    (r"is not after the start", "wrong.order"),
    (r"is longer than \d+ (minutes|characters)", "wrong.long"),
    (r"must not be empty", "wrong.empty"),
    (r"is not between (?P<low>\S+) and (?P<high>\S+)", "wrong.between"),
    (r"is below 0", "wrong.negative"),
    (r"must be above 0", "wrong.positive"),
    (r"must be whole", "wrong.whole"),
    (r"a day has 24 hours", "wrong.hours"),
    (r"may mean (?P<low>\S+) or (?P<high>\S+);", "wrong.meaning"),
    (r"is not a (number|result)", "wrong.number"),
    (r"overlaps the calibration", "wrong.overlap"),
    (r"must have one value for each buffer", "wrong.buffers"),
    (r"is not after the calibration", "wrong.due"),
    (r"is before the sampling", "wrong.before_sampling"),
    (r"needs at least one result", "wrong.no_results"),
    (r"is neither PDF", "wrong.file_type"),
    (r"is larger than \d+ MB", "wrong.file_size"),
    (r"has no name", "wrong.file_type"),
    (r"was entered already", "wrong.twice"),
    (r"is given twice", "wrong.metric_twice"),
    (r"in calibration mode already", "wrong.in_mode"),
    (r"begins at the same moment|has judged this series", "wrong.same_moment"),
    (r"needs tons, pieces", "wrong.nothing"),
    (r"nothing was written", "wrong.nothing_written"),
    (r"not a date|not a day", "wrong.date"),
    (r"there is no|must name", "wrong.unknown"),
)  # fmt: skip


async def _fields(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a form: the field, and what to say there."""

    field: str
    said: str


def wrong_of(visit: Visit, refused: Invalid | Conflict) -> Wrong:
    """In this person's language; what we have no words for as the record's own check says it."""
    if isinstance(refused, Conflict):
        return Wrong("", visit.words("wrong.conflict"))
    text = str(refused)
    for shape, key in _WORDS:
        found = re.search(shape, text)
        if found is not None:
            return Wrong(refused.field or "", visit.words(key, **found.groupdict()))
    return Wrong(refused.field or "", text)


def decimal(form: Mapping[str, str], field: str) -> float | None:
    """A number as people here write it (`7,25`); None where nothing was typed. Raises Invalid naming the field."""
    text = form.get(field, "").strip()
    if not text:
        return None
    try:
        operator, number = parse_value(text)
    except Invalid as refused:
        raise Invalid(str(refused), field) from None
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
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(f"not a day: {text}", field) from None


def written(text: float | None) -> str:
    """A number as a form shows it again: with a decimal comma, which both languages' readers may change."""
    return "" if text is None else f"{text:.10g}".replace(".", ",")


def save(book: Book[T], record: T, form: Mapping[str, str], visit: Visit) -> Revision[T]:
    """Add it, or correct the one the form was opened from. Raises Invalid, Conflict, NotFound."""
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
