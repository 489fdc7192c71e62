"""The daily summary in words, Indonesian and English."""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.figures import localised, symbol
from domain.metrics import name_of
from domain.registry import Installation
from domain.text import Language, Text
from reports.daily_summary import DailySummary, MetricDay, VolumeDay
from reports.kept import Bounds, edges, telling
from reports.standing_text import standing_lines

MONTHS: Final = (
    Text(id="Januari", en="January"), Text(id="Februari", en="February"), Text(id="Maret", en="March"),
    Text(id="April", en="April"), Text(id="Mei", en="May"), Text(id="Juni", en="June"),
    Text(id="Juli", en="July"), Text(id="Agustus", en="August"), Text(id="September", en="September"),
    Text(id="Oktober", en="October"), Text(id="November", en="November"), Text(id="Desember", en="December"),
)  # fmt: skip
NO_DATA: Final = Text(id="tidak ada data", en="no data")


def number(value: float, language: str, decimals: int = 1) -> str:
    """With fixed decimals, marked as the language does."""
    return localised(f"{value:,.{decimals}f}", language)


def render(summary: DailySummary, installation: Installation, language: str) -> str:
    """Plain text, one line for each parameter."""
    site = next(site for site in installation.sites if site.id == summary.site)
    title = _say(language, "Ringkasan harian", "Daily summary")
    lines = [f"{title} {site.name.in_language(language)}, {written(summary.day, language)}"]
    lines += [_metric_line(metric, language) for metric in summary.metrics]
    lines += [_volume_line(volume, installation, language) for volume in summary.volumes]
    return "\n".join([*lines, _alerts_line(summary, language), *standing_lines(summary, installation, language)])


def written(day: date, language: str) -> str:
    """`21 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1].in_language(language)} {day.year}"


def _metric_line(day: MetricDay, language: str) -> str:
    name = name_of(day.metric).in_language(language)
    if day.min is None or day.mean is None or day.max is None:
        return f"{name}: {NO_DATA.in_language(language)} ({_limit(day, language)})"
    figures = (day.min, day.mean, day.max)
    low, mean, high = (number(value, language, telling(value, [_bounds(day)], 2)) for value in figures)
    unit = symbol(day.unit, language)
    span = _say(language, f"{low}–{high}, rata-rata {mean}", f"{low}–{high}, mean {mean}")
    share = number(int(day.completeness * 1000) / 10, language)  # cut, so that 99.96 % is not called complete
    complete = _say(language, f"data {share} %", f"{share} % of data")
    return f"{name}: {' '.join((span, unit)).strip()} ({_limit(day, language)}; {complete}){_over(day, language)}"


def _limit(day: MetricDay, language: str) -> str:
    word = _say(language, "baku mutu", "limit")
    low, high = (None if bound is None else f"{bound:g}" for bound in (day.limit_min, day.limit_max))
    text = f"{low}–{high}" if low and high else f"≤ {high}" if high else f"≥ {low}"
    return f"{word} {localised(text, language)}"


def _bounds(day: MetricDay) -> Bounds:
    return edges(day.limit_min, day.limit_max)


def _over(day: MetricDay, language: str) -> str:
    over = day.max is not None and day.max > _bounds(day).high
    under = day.min is not None and day.min < _bounds(day).low
    if over and under:
        return _say(language, " TIDAK MEMENUHI BAKU MUTU", " BEYOND BOTH LIMITS")
    if over:
        return _say(language, " MELEBIHI BAKU MUTU", " ABOVE THE LIMIT")
    return _say(language, " DI BAWAH BAKU MUTU", " BELOW THE LIMIT") if under else ""


def _volume_line(volume: VolumeDay, installation: Installation, language: str) -> str:
    device = next(device for device in installation.devices if device.id == volume.device)
    name = device.name.in_language(language)
    if volume.volume is None:
        return f"{name}: {NO_DATA.in_language(language)}"
    amount, hours = number(volume.volume, language), number(volume.covered, language)
    return _say(
        language,
        f"{name}: {amount} m³ (terukur selama {hours} jam)",
        f"{name}: {amount} m³ (measured for {hours} h)",
    )


def _alerts_line(summary: DailySummary, language: str) -> str:
    late = summary.found_late
    if language == Language.EN:
        extra = f", {late} found late" if late else ""
        return f"Alerts: {summary.raised} raised{extra}, {summary.open} still open"
    extra = f", {late} ditemukan terlambat" if late else ""
    return f"Peringatan: {summary.raised} muncul{extra}, {summary.open} belum selesai"


def _say(language: str, indonesian: str, english: str) -> str:
    return english if language == Language.EN else indonesian
