"""Every format a report comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from domain.errors import Invalid
from domain.report import ComplianceReport
from reports.csv_files import write_csv, write_data_csv
from reports.json_file import write_json
from reports.pdf import write_pdf
from reports.xlsx import write_xlsx

Report = TypeVar("Report")

FORMATS: Final[dict[str, Callable[[ComplianceReport, str], bytes]]] = {
    "pdf": write_pdf,
    "xlsx": write_xlsx,
    "csv": write_csv,
    "csv-data": write_data_csv,
    "json": write_json,
}
"""Each takes the report and a language, and gives the same bytes for the same report."""


def chosen(formats: Mapping[str, Callable[[Report, str], bytes]], form: str) -> Callable[[Report, str], bytes]:
    """The writer of a format, of those a kind of report comes in. Raises Invalid where there is none such."""
    if form not in formats:
        raise Invalid(f"there is no format {form}; those there are: {', '.join(formats)}", "format")
    return formats[form]
