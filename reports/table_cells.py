"""What several tables say alike: limits, names of parameters, days of the period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from domain.figures import localised
from domain.report import ComplianceReport
from domain.report_measured import Judgement, LimitInForce, Parameter
from reports.kept import edges, telling
from reports.table import Absent, Cell, Figure, Printer

LONG = 93  # days; of a longer period months are printed, days stand in the files


def is_long(report: ComplianceReport) -> bool:
    """Whether paper shows months instead of days."""
    return (report.period.last - report.period.first).days >= LONG


def or_absent(value: Cell | None, word: Absent = Absent.NOT_MEASURED) -> Cell:
    """A figure, or why there is none."""
    return word if value is None else value


def verdict(word: str, beyond: int, printer: Printer) -> str:
    """The word for a day or a month; where it is within and single readings are not, that is said."""
    return printer.words("say.some_beyond" if beyond and word == Judgement.WITHIN else f"judgement.{word}")


def beside(value: float | None, limits: Iterable[LimitInForce], decimals: int = 2) -> Cell:
    """A figure with enough decimals to be read on its own side of the limits it is judged by."""
    if value is None:
        return Absent.NOT_MEASURED
    needed = telling(value, (edges(one.min, one.max) for one in limits), decimals)
    return value if needed == decimals else Figure(value, needed)


def bounds(low: float | None, high: float | None, printer: Printer) -> str:
    """6–9, ≤ 150, ≥ 4."""
    least, most = (None if bound is None else localised(f"{bound:g}", printer.language) for bound in (low, high))
    if least is not None and most is not None:
        return f"{least}–{most}"
    return f"≤ {most}" if most is not None else f"≥ {least}" if least is not None else ""


def limits_text(limits: tuple[LimitInForce, ...], printer: Printer) -> Cell:
    """The limits of the period; where they changed, each with its first day."""
    said = list(dict.fromkeys(bounds(limit.min, limit.max, printer) for limit in limits))
    if not said:
        return Absent.NOT_JUDGED
    if len(said) == 1:
        return said[0]
    return "; ".join(f"{bounds(one.min, one.max, printer)} ({printer.day(one.first)})" for one in limits)


def device_name(device: str, report: ComplianceReport, printer: Printer) -> str:
    """As the site calls it; with its id only where two of the point are called the same, or it has left the point."""
    names = {one.id: one.name.in_language(printer.language) for one in report.place.devices}
    name = names.get(device, device)
    alike = sum(other.casefold() == name.casefold() for other in names.values())
    return f"{name} ({device})" if alike > 1 else name


def named(parameter: Parameter, report: ComplianceReport, printer: Printer) -> str:
    """The parameter, with its device where several measure it."""
    name = parameter.name.in_language(printer.language)
    twins = sum(other.metric == parameter.metric for other in report.parameters)
    if twins < 2 or parameter.device is None:
        return name
    return f"{name} ({device_name(parameter.device, report, printer)})"


def days_of(report: ComplianceReport) -> list[date]:
    """All days of the period."""
    length = (report.period.last - report.period.first).days
    return [report.period.first + timedelta(days=n) for n in range(length + 1)]
