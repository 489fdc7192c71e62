"""What is wrong with a form, in this person's language: at which field, and where to go instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dashboard.frame import Visit
from domain.errors import Conflict, Invalid

_WORDS: Final = (
    (r"lies in the future", "wrong.future"),
    (r"is not after the start", "wrong.order"),
    (r"is longer than \d+ (minutes|characters)", "wrong.long"),
    (r"must not be empty", "wrong.empty"),
    (r"is not between (?P<low>\S+) and (?P<high>\S+)", "wrong.between"),
    (r"is below 0", "wrong.negative"),
    (r"puts most values outside (?P<low>\S+) to (?P<high>[^\s,]+)", "wrong.outside"),
    (r"must be above 0", "wrong.positive"),
    (r"must be whole", "wrong.whole"),
    (r"is a counter:", "wrong.counter"),
    (r"a day has 24 hours", "wrong.hours"),
    (r"may mean (?P<low>\S+) or (?P<high>\S+);", "wrong.meaning"),
    (r"(?P<written>.+) means not detected", "wrong.not_detected"),
    (r"is no unit that is known", "wrong.unit"),
    (r"is not the unit behind the result, (?P<unit>\S+)", "wrong.unit_differs"),
    (r"is not a result", "wrong.result"),
    (r"is not a number", "wrong.number"),
    (r"must have one value for each buffer", "wrong.buffers"),
    (r"is not after the calibration", "wrong.due"),
    (r"is before the sampling", "wrong.before_sampling"),
    (r"needs at least one result", "wrong.no_results"),
    (r"is empty", "wrong.file_empty"),
    (r"is neither PDF", "wrong.file_type"),
    (r"is larger than \d+ MB", "wrong.file_size"),
    (r"has no name", "wrong.file_type"),
    (r"the sample (?P<what>.+) was entered already", "wrong.twice"),
    (r"is given twice", "wrong.metric_twice"),
    (r"there is no parameter (?P<name>.+)", "wrong.parameter"),
    (r"begins at the same moment|has judged this series", "wrong.same_moment"),
    (r"needs tons, pieces", "wrong.nothing"),
    (r"nothing was written", "wrong.nothing_written"),
    (r"is not over", "wrong.not_over"),
    (r"not a date|not a day", "wrong.date"),
    (r"there is no|must name", "wrong.unknown"),
)  # fmt: skip
_CELL: Final = re.compile(r"line (?P<line>\d+), column (?P<column>\d+): (?P<rest>.*)", re.DOTALL)
_RECORD: Final = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a form: the field, what to say there, and the record it is about, if any."""

    field: str
    said: str
    record: str = ""
    href: str = ""  # where that record is


def wrong_of(visit: Visit, refused: Invalid | Conflict) -> Wrong:
    """In this person's language; what we have no words for as the record's own check says it."""
    if isinstance(refused, Conflict):
        return Wrong("", visit.words("wrong.conflict"))
    record = _RECORD.search(str(refused))
    return Wrong(refused.field or "", _said(visit, str(refused)), record[0] if record else "")


def _said(visit: Visit, text: str) -> str:
    cell = _CELL.fullmatch(text)
    if cell is not None:
        name = visit.words.of("sheet_column", cell["column"])
        said = _said(visit, cell["rest"])
        return visit.words("wrong.cell", line=cell["line"], column=cell["column"], name=name, said=said)
    for shape, key in _WORDS:
        found = re.search(shape, text)
        if found is not None:
            return visit.words(key, **found.groupdict())
    return text
