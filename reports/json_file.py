"""The report's own data as JSON, with its stamp: what every other format is rendered from."""

from __future__ import annotations

import msgspec

from domain.report import ComplianceReport
from reports.digest import canonical
from reports.stamp import stamp_line, stamp_of


def write_json(report: ComplianceReport, language: str) -> bytes:
    """`{"stamp": "pantau-report/1 …", "sha256": …, "report": {…}}`; `report` is what the fingerprint is of."""
    stamp = stamp_line(report, language)
    head = {"sha256": stamp_of(report, language).sha256, "language": language}
    body = canonical(report).decode()
    words = ",".join(f'"{key}":{msgspec.json.encode(value).decode()}' for key, value in head.items())
    return f'{{{words},"stamp":{msgspec.json.encode(stamp).decode()},"report":{body}}}\n'.encode()
