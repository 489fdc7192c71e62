"""The line by which a report can be made again: what it is about, how it was printed, and its fingerprint.

`pantau-report/1 {"point":…,"kind":"month","period":"2026-10","until":"2026-10-31","language":"id","sha256":…,…}`
stands in every format, so that `pantau report verify` can read it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import msgspec
from msgspec import Struct

from domain.report import ComplianceReport
from domain.report_period import PeriodKind
from reports.digest import parts_of, sha256_of

MARK: Final = "pantau-report/1"


class Stamp(Struct, frozen=True):
    """`until`: the last day counted. `parts`: a short fingerprint of each part. Between them the versions of what
    the report rests on; empty in reports of before they were named.
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


def stamp_of(report: ComplianceReport, language: str) -> Stamp:
    """That of a report in one language."""
    span, made = report.period, report.versions
    return Stamp(
        report.place.id, span.kind, span.name, span.until, language, sha256_of(report), made.limits,
        made.calibrations, made.corrections, made.judgements, parts_of(report),
    )  # fmt: skip


def stamp_line(report: ComplianceReport, language: str) -> str:
    """As it stands in the files: one line of ASCII."""
    return f"{MARK} {msgspec.json.encode(stamp_of(report, language)).decode()}"


def find_stamp(text: str) -> Stamp | None:
    """The first in a text; None where there is none, or none that can be read."""
    found = re.search(re.escape(MARK) + r" (\{.*?\}\})", text, re.DOTALL)
    if found is None:
        return None
    try:
        return msgspec.json.decode(found.group(1), type=Stamp)
    except msgspec.MsgspecError:
        return None
