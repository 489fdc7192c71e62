"""The parts of the report that people wrote: calibrations, logbook, production."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.ports_evidence import CalibrationBook, Logbook
from domain.registry import Device
from domain.report_head import Policy, Span
from domain.report_measured import Judgement
from domain.report_recorded import Calibrations, LogbookKept
from domain.report_records import ProductionDay
from domain.report_water import Product, Volume
from reports.kept import edges, rounded
from reports.laboratory import PER_TON
from reports.limits_in_force import LimitCalendar


def calibrations_part(
    book: CalibrationBook | None, devices: Sequence[Device], measured: Sequence[tuple[str, str]], span: Span
) -> Calibrations:
    """Those of the period, and for each (device, metric) `measured` the one in force when it began."""
    if book is None:
        return Calibrations((), ())
    records = [one for device in devices for one in book.calibrations(device.id, span.start, span.stop)]
    earlier = [book.last_before(device, metric, span.start) for device, metric in measured]
    return Calibrations(tuple(records), tuple(one for one in earlier if one is not None))


def logbook_part(book: Logbook | None, site: str, days: Sequence[date]) -> LogbookKept:
    """Which days have entries, and which were signed."""
    kept = book.days(site, days[0], days[-1]) if book else []
    return LogbookKept(
        days_kept=sum(day.entries > 0 for day in kept),
        days_signed=sum(day.signed_by is not None for day in kept),
        days=tuple(kept),
    )


def product_part(noted: Sequence[ProductionDay], volume: Volume, calendar: LimitCalendar, policy: Policy) -> Product:
    """m3 over tons of the days that have both (PermenLH/BPLH 12/2025 Lampiran I: m3 per ton of product).

    Called within only where the volume covers the policy's share of those days: a part of the water would flatter.
    """
    tons = {day.day: day.tons for day in noted if day.tons}
    both = [day for day in volume.days if day.volume is not None and day.day in tons]
    limits = [calendar.limit(PER_TON, day, laboratory=True) for day in calendar.days]
    most = next((limit.max for limit in reversed(limits) if limit is not None), None)
    ratio = sum(day.volume or 0.0 for day in both) / sum(tons[day.day] for day in both) if both else None
    covered = bool(both) and sum(day.covered for day in both) >= policy.day_share * len(both)
    return Product(
        days_noted=sum(day.tons is not None or day.pieces is not None for day in noted),
        tons=rounded(_sum([day.tons for day in noted])),
        pieces=rounded(_sum([day.pieces for day in noted])),
        volume_per_ton=rounded(ratio),
        max=most,
        judgement=_judged(ratio, most, covered),
        days_both=len(both),
    )


def _judged(ratio: float | None, most: float | None, covered: bool) -> Judgement:
    if ratio is None:
        return Judgement.NOT_MEASURED
    if most is None:
        return Judgement.NO_LIMIT_SET
    if edges(None, most).beyond(ratio):
        return Judgement.BEYOND
    return Judgement.WITHIN if covered else Judgement.UNDECIDED


def _sum(figures: Sequence[float | None]) -> float | None:
    found = [figure for figure in figures if figure is not None]
    return sum(found) if found else None
