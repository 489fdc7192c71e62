"""The figure of an alert as lists and pages print it: what it means, its unit, and which way it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.frame import Visit
from dashboard.state_words import SELF_EVIDENT, state_word
from domain.alert import Alert
from domain.metrics import MetricInfo
from domain.system_condition import SystemCondition

TELLING: Final = frozenset({SystemCondition.FLOOD, SystemCondition.SERVICE_DUE})
"""Conditions whose value says more than how long they last."""


@dataclass(frozen=True)
class Figure:
    """A figure with its unit as printed. `of` is what was measured, empty where the figure says so itself."""

    value: str
    unit: str = ""
    of: str = ""


def figure(visit: Visit, alert: Alert, value: float | None, info: MetricInfo | None, name: str) -> Figure | None:
    """One value of the alert, as its kind means it; None where the kind says more than any value."""
    if value is None:
        return None
    formats, decimals = visit.formats(), info.decimals if info else 1
    match alert.kind:
        case "limit" | "stuck":
            return Figure(formats.number(value, decimals), visit.symbol(alert.unit), name)
        case "rate_of_change":
            way = visit.words("alert.falls" if value < 0 else "alert.rises")
            return Figure(f"{way} {formats.number(abs(value), decimals)}", per_hour(visit, alert.unit), name)
        case "quality":
            return Figure(formats.brief(round(value * 100, 1)), visit.words("alert.of_bad"), name)
        case "volume":
            return Figure(formats.number(value, 0), visit.symbol("m3"), name)
        case "run_hours":
            return Figure(formats.number(value, 0), visit.symbol("h"), name)
        case "state":
            said = state_word(visit.words, formats, alert.metric, info, value)
            return Figure(said, of="" if alert.metric in SELF_EVIDENT else name)
        case "system" if alert.metric == SystemCondition.FLOOD:
            return Figure(formats.number(value, 0), visit.words("alert.in_ten_minutes"))
        case "system" if alert.metric == SystemCondition.SERVICE_DUE:
            word = "service.days_over" if value < 0 else "service.days_left"
            return Figure(visit.words(word, n=abs(round(value))))
        case "system" if alert.unit == "s":
            return Figure(formats.age(round(value * 1000)))
        case _:
            return Figure(formats.number(value, decimals), visit.symbol(alert.unit)) if alert.unit else None


def speaks(alert: Alert) -> bool:
    """Whether its value says more in a list than how long it lasts, or its kind, would."""
    return alert.kind not in ("stuck", "system") or alert.metric in TELLING


def bound(visit: Visit, alert: Alert) -> str:
    """The limit it broke, in the terms of its figure; empty where there is none."""
    if alert.limit is None or alert.kind == "state":
        return ""
    match alert.kind:
        case "quality":
            return f"{visit.formats().brief(round(alert.limit * 100, 1))} %"
        case "rate_of_change":
            return f"{visit.formats().brief(abs(alert.limit))} {per_hour(visit, alert.unit)}"
        case "volume":
            unit = "m3"
        case "run_hours":
            unit = "h"
        case _:
            unit = alert.unit
    return f"{visit.formats().brief(alert.limit)} {visit.symbol(unit)}".strip()


def per_hour(visit: Visit, unit: str) -> str:
    """`/jam` behind a unit, `per jam` for what has none."""
    base, hour = visit.symbol(unit.removesuffix("/h")), visit.symbol("h")
    return f"{base}/{hour}" if base else f"per {hour}"
