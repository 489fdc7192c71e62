"""All tables of a report, in the order in which they are printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.report import ComplianceReport
from reports import tables_edits, tables_gaps, tables_loads, tables_parameters
from reports import tables_records as records
from reports.head import company_rows, outlet_rows, people_rows
from reports.marks import Marks
from reports.table import Printer, Table
from reports.table_cells import device_name
from reports.tables_alerts import alerts
from reports.tables_daily import daily
from reports.tables_episodes import episodes
from reports.tables_months import monthly
from reports.warnings import warnings as warnings  # the other half of what stands before the tables

TABLES: Final[tuple[Callable[[ComplianceReport, Printer], Table | list[Table]], ...]] = (
    records.limits,
    tables_parameters.parameters,
    daily,
    monthly,
    tables_parameters.means,
    tables_parameters.parameter_days,
    episodes,
    tables_gaps.completeness,
    tables_gaps.gaps,
    tables_loads.loads,
    tables_loads.load_days,
    records.product,
    records.laboratory,
    records.calibrations,
    tables_edits.corrections,
    tables_edits.judgements,
    alerts,
    records.conditions,
    records.logbook,
    records.logbook_changes,
    records.versions,
)


ALWAYS: Final = frozenset({"limits", "completeness", "versions"})  # what is printed of a period without a reading
RECORDED: Final = frozenset(
    {"laboratory", "calibrations", "corrections", "judgements", "conditions", "logbook", "logbook_changes"}
)


def paper_tables(report: ComplianceReport, printer: Printer) -> list[Table]:
    """Those that are printed; of a period without a reading what was expected, and what people recorded."""
    found = [table for table in _all(report, printer) if not table.data_only]
    if report.versions.readings:
        return found
    return [table for table in found if table.id in ALWAYS or (table.id in RECORDED and table.rows)]


def data_tables(report: ComplianceReport, printer: Printer) -> list[Table]:
    """Those that go into files for calculating."""
    return [table for table in _all(report, printer) if not table.paper_only]


def _all(report: ComplianceReport, printer: Printer) -> list[Table]:
    made, marks = [make(report, printer) for make in TABLES], Marks(report, printer)
    return [marks.put(table) for one in made for table in (one if isinstance(one, list) else [one])]


def title(report: ComplianceReport, printer: Printer) -> str:
    """`Laporan bulanan pemantauan air limbah`."""
    return printer.words(f"title.{report.period.kind}")


def period_text(report: ComplianceReport, printer: Printer) -> str:
    """`Oktober 2026`, `1 Juli 2026 s.d. 31 Desember 2026`."""
    span = report.period
    if span.first == span.last:
        return printer.long_day(span.first)
    if span.kind == "month":
        return printer.month(span.first)
    if span.kind == "year":
        return str(span.first.year)
    return f"{printer.long_day(span.first)} {printer.words('head.to')} {printer.long_day(span.last)}"


def head(report: ComplianceReport, printer: Printer) -> list[tuple[str, str]]:
    """Company, point and period as label and text; what nobody filled in says so."""
    w, place = printer.words, report.place
    language, company = printer.language, report.company
    devices = "; ".join(device_name(one.id, report, printer) for one in place.devices)
    sources = "; ".join(dict.fromkeys(one.source for one in report.limit_sets))
    return [
        *company_rows(company, printer),
        (w("head.point"), place.name.in_language(language)),
        *outlet_rows(company, place.id, printer),
        (w("head.site"), f"{place.site_name.in_language(language)}, {place.stage_name.in_language(language)}"),
        *people_rows(company, printer),
        (w("head.period"), f"{period_text(report, printer)} ({printer.zone_name})"),
        (w("head.devices"), devices),
        (w("head.limits"), sources or w("absent.not_judged")),
    ]
