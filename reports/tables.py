"""All tables of a report, in the order in which they are printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.report import ComplianceReport
from reports import tables_gaps, tables_loads, tables_parameters
from reports import tables_records as records
from reports.head import company_rows, outlet_rows, people_rows, permit_warnings
from reports.table import Printer, Table
from reports.tables_daily import daily
from reports.tables_episodes import episodes
from reports.tables_months import monthly

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
    records.alerts,
    records.conditions,
    records.logbook,
    records.versions,
)


def paper_tables(report: ComplianceReport, printer: Printer) -> list[Table]:
    """Those that are printed."""
    return [table for table in _all(report, printer) if not table.data_only]


def data_tables(report: ComplianceReport, printer: Printer) -> list[Table]:
    """Those that go into files for calculating."""
    return [table for table in _all(report, printer) if not table.paper_only]


def _all(report: ComplianceReport, printer: Printer) -> list[Table]:
    made = [make(report, printer) for make in TABLES]
    return [table for one in made for table in (one if isinstance(one, list) else [one])]


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
    devices = "; ".join(f"{one.name.in_language(language)} ({one.id})" for one in place.devices)
    sources = "; ".join(dict.fromkeys(one.source for one in report.limit_sets))
    return [
        *company_rows(company, printer),
        (w("head.point"), f"{place.name.in_language(language)} ({place.id})"),
        *outlet_rows(company, place.id, printer),
        (w("head.site"), f"{place.site_name.in_language(language)}, {place.stage_name.in_language(language)}"),
        *people_rows(company, printer),
        (w("head.period"), f"{period_text(report, printer)} ({printer.zone_name})"),
        (w("head.devices"), devices),
        (w("head.limits"), sources or w("absent.not_judged")),
    ]


def warnings(report: ComplianceReport, printer: Printer) -> list[str]:
    """What a reader must know before any figure."""
    w, span = printer.words, report.period
    said = []
    if span.until < span.last:
        said.append(w("head.not_over", day=printer.day(span.until)))
    if report.without_limits:
        spans = [f"{printer.day(one.first)} {w('head.to')} {printer.day(one.last)}" for one in report.without_limits]
        said.append(w("head.no_limits", days=", ".join(spans)))
    if not report.versions.readings:
        said.append(w("head.no_readings"))
    return said + permit_warnings(report.company, span.until, printer)
