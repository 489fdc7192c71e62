"""The line by which a report can be made again: what it is about, how it was printed, and its fingerprint.

`pantau-report/1 {"point":…,"kind":"month","period":"2026-10","until":"2026-10-31","language":"id","sha256":…,…}`
stands in every format, so that `pantau report verify` can read it.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Final

import msgspec
from msgspec import Struct

from domain.report import ComplianceReport
from domain.report_period import PeriodKind
from reports.digest import parts_of, sha256_of

MARK: Final = "pantau-report/1"
_HEAD: Final = re.escape(MARK) + r" (?=\{)"


class Stamp(Struct, frozen=True):
    """`until`: the last day counted. `parts`: a short fingerprint of each part. Between them the versions of what
    the report rests on; empty in reports of before they were named. `schema`: of the report's fields, which another
    version of the program may count otherwise from the same data.
    """

    point: str
    kind: PeriodKind
    period: str
    until: date
    language: str
    sha256: str
    limits: str = ""
    calibrations: str = ""
    corrections: str = ""
    judgements: str = ""
    parts: dict[str, str] = {}
    schema: int = 0


def stamp_of(report: ComplianceReport, language: str) -> Stamp:
    """That of a report in one language."""
    span, made = report.period, report.versions
    return Stamp(
        report.place.id, span.kind, span.name, span.until, language, sha256_of(report), made.limits,
        made.calibrations, made.corrections, made.judgements, parts_of(report),
        report.schema,
    )  # fmt: skip


def stamp_line(report: ComplianceReport, language: str) -> str:
    """As it stands in the files: one line of ASCII."""
    return f"{MARK} {msgspec.json.encode(stamp_of(report, language)).decode()}"


def find_stamp(text: str) -> Stamp | None:
    """The first whole one in a text, or None. A mark alone, as in somebody's name, is passed over."""
    return next((one for mark in re.finditer(_HEAD, text) if (one := _stamp_at(text, mark.end()))), None)


def _stamp_at(text: str, at: int) -> Stamp | None:
    try:
        found, _ = json.JSONDecoder().raw_decode(text, at)
        return msgspec.convert(found, Stamp)
    except (ValueError, RecursionError):  # no JSON, or another one
        return None
