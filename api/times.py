"""Times on the wire: RFC 3339 with a zone, in and out; milliseconds UTC everywhere below."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from domain.calendar import day_in
from domain.errors import Invalid
from domain.instants import utc_text
from domain.reading import Millis

SECOND: Millis = 1_000
HOUR: Millis = 3_600_000
DAY: Millis = 24 * HOUR
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)  # RFC 3339 section 5.6
_YEARS = range(1970, 2200)


def optional_time(at: Millis | None) -> str | None:
    """`utc_text`, None where there is no time."""
    return None if at is None else utc_text(at)


def parse_time(text: object) -> Millis:
    """Milliseconds of an RFC 3339 text. Raises ValueError for anything else, also for a time without zone."""
    if not isinstance(text, str) or not _RFC3339.fullmatch(text):
        raise ValueError("must be an RFC 3339 time with a zone, such as 2026-11-21T06:30:00Z")
    moment = datetime.fromisoformat(text.upper())
    if moment.year not in _YEARS:
        raise ValueError(f"must lie in the years {_YEARS.start} to {_YEARS.stop - 1}")
    return round(moment.timestamp() * 1000)


def parse_date(text: object) -> date:
    """A local day, `YYYY-MM-DD`. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("must be a day, such as 2026-11-21")
    try:
        return day_in(text)
    except Invalid as refused:
        raise ValueError(str(refused)) from None


Moment = Annotated[Millis, BeforeValidator(parse_time), WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[date, BeforeValidator(parse_date), WithJsonSchema({"type": "string", "format": "date"})]
WireTime = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-21T06:30:00.000Z"])]


def span(start: Millis | None, stop: Millis | None, now: Millis, default: Millis, most: Millis) -> tuple[int, int]:
    """The stretch asked for: the last `default` ms where nothing is said. Raises Invalid when it is empty,
    turned round, or longer than `most` ms.
    """
    end = now if stop is None else stop
    begin = end - default if start is None else start
    if end <= begin:
        raise Invalid("stop must be later than start", "stop")
    if end - begin > most:
        raise Invalid(f"the stretch is longer than {most // DAY} days", "start")
    return begin, end
