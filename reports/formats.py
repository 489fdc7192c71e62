"""Every format a report comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.report import ComplianceReport
from reports.csv_files import write_csv, write_data_csv
from reports.json_file import write_json
from reports.pdf import write_pdf
from reports.xlsx import write_xlsx

FORMATS: Final[dict[str, Callable[[ComplianceReport, str], bytes]]] = {
    "pdf": write_pdf,
    "xlsx": write_xlsx,
    "csv": write_csv,
    "csv-data": write_data_csv,
    "json": write_json,
}
"""Each takes the report and a language, and gives the same bytes for the same report."""
