"""What a reader of a report must know before any figure: on its first page, and above the tables of its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from domain.report import ComplianceReport
from domain.report_measured import Judgement, Parameter
from reports.head import permit_warnings
from reports.kept import edges, telling
from reports.table import AS_GIVEN, Printer, Table
from reports.table_cells import named

JUDGED: Final = frozenset({Judgement.WITHIN, Judgement.BEYOND, Judgement.UNDECIDED, Judgement.TOO_LITTLE_DATA})
Where = Callable[[str], str]  # from the id of a table to where it stands


def warnings(report: ComplianceReport, printer: Printer, paper: Sequence[Table] = ()) -> list[str]:
    """Sentences, gravest first. `paper`: the tables as they are printed, whose numbers are then named."""

    def where(name: str) -> str:
        title = printer.words(f"part.{name}")
        number = next((n for n, table in enumerate(paper, 1) if table.id == name), None)
        if number is None:
            return printer.words("head.sheet", title=title)
        return printer.words("head.section", number=number, title=title)

    return [
        *_period(report, printer),
        *_beyond(report, printer, where),
        *_never_judged(report, printer),
        *_too_little(report, printer),
        *_touched(report, printer, where),
        *permit_warnings(report.company, report.period.until, printer),
    ]


def _period(report: ComplianceReport, printer: Printer) -> list[str]:
    w, span, said = printer.words, report.period, []
    if span.until < span.last:
        said.append(w("head.not_over", day=printer.day(span.until)))
    if report.without_limits:
        spans = [f"{printer.day(one.first)} {w('head.to')} {printer.day(one.last)}" for one in report.without_limits]
        without = sum((one.last - one.first).days + 1 for one in report.without_limits)
        days = (span.until - span.first).days + 1
        said.append(w("head.no_limits", days=", ".join(spans), without=without, judged=days - without, all=days))
    if not report.versions.readings:
        said.append(f"{w('head.no_readings')} {w('note.empty_month')}")
    return said


def _beyond(report: ComplianceReport, printer: Printer, where: Where) -> list[str]:
    """What exceeds beside the sensors: the laboratory's results, and the water a ton of product took."""
    w, product, said = printer.words, report.product, []
    lines = [line for line in report.laboratory.lines if line.judgement is Judgement.BEYOND]
    if lines:
        names = (
            f"{line.name.in_language(printer.language)} ({printer.day(line.result.sampled_on)})" for line in lines
        )
        said.append(w("head.beyond_laboratory", which=", ".join(dict.fromkeys(names)), where=where("laboratory")))
    if product.judgement is Judgement.BEYOND and product.volume_per_ton is not None and product.max is not None:
        limit = printer.number(product.max, AS_GIVEN)
        found = printer.number(product.volume_per_ton, telling(product.volume_per_ton, [edges(None, product.max)], 2))
        said.append(w("head.beyond_per_ton", found=found, limit=limit, where=where("product")))
    return said


def _never_judged(report: ComplianceReport, printer: Printer) -> list[str]:
    """Parameters of the limit set of which neither a sensor nor the laboratory gave a figure that was judged."""
    if not report.versions.readings:
        return []
    lines, sensed = report.laboratory.lines, [one for one in report.parameters if one.limits]
    limited = [(one.metric, one.name) for one in sensed]
    limited += [(one.metric, one.name) for one in report.laboratory.missing]
    judged = {one.metric for one in sensed if one.judgement in JUDGED}
    judged |= {line.result.metric for line in lines if line.judgement in JUDGED}
    names = [name.in_language(printer.language) for metric, name in limited if metric not in judged]
    if not names:
        return []
    return [printer.words("head.never_judged", which=", ".join(dict.fromkeys(names)))]


def _too_little(report: ComplianceReport, printer: Printer) -> list[str]:
    """Of which parameters there is less than a verdict needs."""
    share = report.policy.day_share
    if not report.versions.readings:
        return []
    short = [_too_little_of(one, report, printer) for one in report.parameters if _lacks(one, share)]
    if not short:
        return []
    return [printer.words("head.too_little_data", share=printer.share(share), which="; ".join(short))]


def _lacks(one: Parameter, share: float) -> bool:
    found = one.completeness
    if found is None or not found.expected:
        return False
    return one.judgement is Judgement.TOO_LITTLE_DATA or found.valid < share * found.expected


def _too_little_of(one: Parameter, report: ComplianceReport, printer: Printer) -> str:
    found = one.completeness
    share = found.valid / found.expected if found else 0.0
    days, count = (found.days_covered if found else 0), len(one.days)
    name = named(one, report, printer)
    return printer.words("head.too_little_of", name=name, share=printer.share(share), days=days, all=count)


def _touched(report: ComplianceReport, printer: Printer, where: Where) -> list[str]:
    w, aside, corrected = printer.words, report.judgements, report.corrections
    changed = sum(bool(day.changes) for day in report.logbook.days)
    said = []
    if aside.wholly or aside.partly:
        what = _counted({"aside_wholly": aside.wholly, "aside_partly": aside.partly}, printer)
        said.append(w("head.set_aside", what=what, where=where("judgements")))
    if any(not one.ends for one in corrected.used):
        count = sum(not one.ends for one in corrected.used)
        what = _counted({"raw_only": corrected.raw_only, "corrected_only": corrected.corrected_only}, printer)
        what = what or w("head.no_other_episodes")
        said.append(w("head.corrected", count=count, what=what, where=where("corrections")))
    if corrected.taken_out or aside.taken_out:
        counts = {"out_corrections": len(corrected.taken_out), "out_judgements": len(aside.taken_out)}
        part = where("corrections" if corrected.taken_out else "judgements")
        said.append(w("head.taken_out", what=_counted(counts, printer), where=part))
    if changed:
        said.append(w("head.changed_after_signing", count=changed, where=where("logbook_changes")))
    return said


def _counted(counts: Mapping[str, int], printer: Printer) -> str:
    """Those that are not zero, each with its words."""
    return ", ".join(printer.words(f"head.{name}", n=n) for name, n in counts.items() if n)
