"""Geometry of the printed charts: everything in shares of the plot (0 to 1 from the left and from the bottom)."""

from __future__ import annotations

from datetime import date
from math import floor, log10
from typing import Any, Final

from domain.report import ComplianceReport
from domain.report_measured import Judgement, ParameterDay
from reports.table import Printer

PH: Final = "ph"
LABELS: Final = 16  # days named below the plot, at most


def charts(report: ComplianceReport, printer: Printer) -> list[dict[str, Any]]:
    """Daily pH with the limits' band, and daily volume; those without any figure are left out."""
    found = [_ph(report, printer), _volume(report, printer)]
    return [chart for chart in found if chart is not None]


def _ph(report: ComplianceReport, printer: Printer) -> dict[str, Any] | None:
    ph = next((one for one in report.parameters if one.metric == PH and one.device), None)
    figures = [f for day in ph.days for f in (day.min, day.max) if f is not None] if ph else []
    if ph is None or not figures:
        return None
    limits = [bound for one in ph.limits for bound in (one.min, one.max) if bound is not None]
    scale = _Scale(min([*figures, *limits]) - 0.25, max([*figures, *limits]) + 0.25)
    count = len(ph.days)
    first = {day.day: n for n, day in enumerate(ph.days)}
    bands = [
        {
            "left": first[one.first] / count, "right": (first[one.last] + 1) / count,
            "low": 0.0 if one.min is None else scale(one.min), "high": 1.0 if one.max is None else scale(one.max),
        }
        for one in ph.limits
    ]  # fmt: skip
    marks = [_ph_mark(n, day, count, scale) for n, day in enumerate(ph.days)]
    return {
        "kind": "span", "title": printer.words("chart.ph"), "note": "", "bands": bands, "marks": marks,
        **_axes([day.day for day in ph.days], scale, printer, 1),
    }  # fmt: skip


def _ph_mark(n: int, day: ParameterDay, count: int, scale: _Scale) -> dict[str, Any]:
    mark: dict[str, Any] = {"x": (n + 0.5) / count, "width": 1 / count, "empty": day.mean is None}
    if day.mean is not None and day.min is not None and day.max is not None:
        beyond = day.judgement is Judgement.BEYOND or day.beyond > 0
        mark |= {"low": scale(day.min), "mid": scale(day.mean), "high": scale(day.max), "beyond": beyond}
    return mark


def _volume(report: ComplianceReport, printer: Printer) -> dict[str, Any] | None:
    days = report.volume.days
    volumes = [day.volume for day in days if day.volume is not None]
    if not volumes:
        return None
    scale = _Scale(0.0, max(max(volumes) * 1.08, 0.01))
    least = report.policy.day_share
    marks = [
        {
            "x": (n + 0.5) / len(days), "width": 1 / len(days), "empty": day.volume is None,
            "high": 0.0 if day.volume is None else scale(max(0.0, day.volume)), "pale": day.covered < least,
        }
        for n, day in enumerate(days)
    ]  # fmt: skip
    pale = any(mark["pale"] and not mark["empty"] for mark in marks)
    note = printer.words("chart.covered", share=printer.share(least)) if pale else ""
    return {
        "kind": "bars", "title": printer.words("chart.volume"), "note": note, "bands": [], "marks": marks,
        **_axes([day.day for day in days], scale, printer, 0 if scale.step >= 1 else 2),
    }  # fmt: skip


def _axes(days: list[date], scale: _Scale, printer: Printer, decimals: int) -> dict[str, Any]:
    every = -(-len(days) // LABELS)
    across = [
        {"x": (n + 0.5) / len(days), "label": str(day.day) if len(days) <= 31 else f"{day.day}/{day.month}"}
        for n, day in enumerate(days)
        if n % every == 0
    ]
    return {"up": [{"y": scale(v), "label": printer.number(v, decimals)} for v in scale.ticks()], "across": across}


class _Scale:
    """From figures to shares of the plot's height."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        rough = (high - low) / 5
        power = 10.0 ** floor(log10(rough))
        self.step = next(n * power for n in (1, 2, 5, 10) if n * power >= rough)

    def __call__(self, value: float) -> float:
        return round((value - self.low) / (self.high - self.low), 5)

    def ticks(self) -> list[float]:
        """Round figures within."""
        first = -floor(-self.low / self.step)
        last = floor(self.high / self.step)
        return [n * self.step for n in range(first, last + 1)]
