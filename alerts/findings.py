"""What was found, in one phrase: name, value with unit, the limit it broke. One function for each kind of rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from alerts.figures import amount, duration, number, percent
from alerts.phrases import CONDITIONS, say
from domain.alert import Alert
from domain.metrics import name_of
from domain.rule import LimitRule, NoDataRule, RuleBase, StuckRule, VolumeRule, Window
from domain.system_condition import SystemCondition

Finding = Callable[[Alert, RuleBase | None, float | None, str], str]


def finding(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    """`value` is that of the step told of, else the alert's latest; `rule` is None where it was removed."""
    said = FINDINGS.get(alert.kind, _other)
    return said(alert, rule, alert.value if value is None else value, language)


def subject_of(alert: Alert, rule: RuleBase | None, language: str) -> str:
    """What the alert is about, without saying that it is so (any more)."""
    if alert.kind == "system":
        return _condition(alert, language)
    if alert.kind == "composite":
        return _rule_name(alert, rule, language)
    return name_of(alert.metric).in_language(language) if alert.metric != "*" else say(language, "data", "data")


def _limit(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    name = _named(alert, rule, language)
    if value is None or alert.limit is None:
        return name
    how = _side(value < alert.limit, language)
    bound = _bound(rule, language)
    limit = amount(alert.limit, alert.unit, language)
    return f"{name} {amount(value, alert.unit, language)} {how} {bound} {limit}"


def _named(alert: Alert, rule: RuleBase | None, language: str) -> str:
    name = name_of(alert.metric).in_language(language)
    window = rule.window if isinstance(rule, LimitRule) else None
    if window is Window.HOUR:
        return say(language, f"{name} rata-rata sejam", f"{name} hourly mean")
    if window is Window.DAY:
        return say(language, f"{name} rata-rata sehari", f"{name} daily mean")
    return name


def _side(below: bool, language: str) -> str:
    return say(language, "di bawah" if below else "di atas", "below" if below else "above")


def _bound(rule: RuleBase | None, language: str) -> str:
    legal = rule is not None and rule.source is not None
    return say(language, "baku mutu" if legal else "batas", "legal limit" if legal else "limit")


def _no_data(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    what = say(language, "Tidak ada data", "No data")
    if alert.metric != "*":
        what += f" {name_of(alert.metric).in_language(language)}"
    if isinstance(rule, NoDataRule):
        what += say(language, " selama ", " for ") + duration(round(rule.after * 1000), language)
    return what


def _stuck(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    shown = name_of(alert.metric).in_language(language)
    if value is not None:
        shown += f" {amount(value, alert.unit, language)}"
    said = say(language, f"{shown} tidak berubah", f"{shown} does not change")
    if isinstance(rule, StuckRule):
        said += say(language, " selama ", " for ") + duration(round(rule.after * 1000), language)
    return said


def _rate(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    name = name_of(alert.metric).in_language(language)
    if value is None:
        return say(language, f"{name} berubah terlalu cepat", f"{name} changes too fast")
    how = say(language, "turun" if value < 0 else "naik", "falls by" if value < 0 else "rises by")
    said = f"{name} {how} {per_hour(abs(value), alert.unit, language)}"
    if alert.limit is not None:
        limit = number(abs(alert.limit), language)
        said += say(language, f" (batas {limit})", f" (limit {limit})")
    return said


def per_hour(value: float, unit: str, language: str) -> str:
    """A rate with its unit; that of pH, which has none, is said as well."""
    base = unit.removesuffix("/h")
    shown = amount(value, base, language)
    return f"{shown}{'/' if base not in ('1', 'pH') else ' per '}{say(language, 'jam', 'h')}"


def _quality(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    name = name_of(alert.metric).in_language(language)
    if value is None:
        return say(language, f"{name}: banyak data buruk", f"{name}: many bad readings")
    share = percent(value, language)
    said = say(language, f"{name}: {share} data buruk", f"{name}: {share} of readings bad")
    if alert.limit is not None:
        limit = percent(alert.limit, language)
        said += say(language, f" (batas {limit})", f" (limit {limit})")
    return said


def _volume(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    forecast = isinstance(rule, VolumeRule) and rule.judge == "forecast"
    name = say(
        language, "Perkiraan volume hari ini" if forecast else "Volume hari ini",
        "Forecast of today's volume" if forecast else "Today's volume",
    )  # fmt: skip
    if value is None or alert.limit is None:
        return say(language, f"{name} melebihi batas", f"{name} above the limit")
    limit = amount(alert.limit, "m3", language)
    above = f"{_side(False, language)} {_bound(rule, language)}"
    return f"{name} {amount(value, 'm3', language)} {above} {limit}"


def _run_hours(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    said = say(language, "Waktunya servis", "Service due")
    if value is None:
        return said
    said += f": {amount(value, 'h', language)}"
    if alert.limit is not None:
        said += say(language, " dari ", " of ") + amount(alert.limit, "h", language)
    return said


def _state(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    return _rule_name(alert, rule, language)


def _composite(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    return _rule_name(alert, rule, language)


def _rule_name(alert: Alert, rule: RuleBase | None, language: str) -> str:
    return alert.rule if rule is None else rule.name.in_language(language)


def _system(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    said = _condition(alert, language)
    if value is not None and alert.metric == SystemCondition.FLOOD:
        return said + say(language, f" ({value:.0f} dalam 10 menit)", f" ({value:.0f} in 10 minutes)")
    if value is None or not alert.unit:
        return said
    shown = duration(round(value * 1000), language) if alert.unit == "s" else amount(value, alert.unit, language)
    return f"{said} ({shown})"


def _condition(alert: Alert, language: str) -> str:
    try:
        return CONDITIONS[SystemCondition(alert.metric)].in_language(language)
    except ValueError:
        return alert.metric


def _other(alert: Alert, rule: RuleBase | None, value: float | None, language: str) -> str:
    return _rule_name(alert, rule, language)


FINDINGS: Final[dict[str, Finding]] = {
    "limit": _limit,
    "no_data": _no_data,
    "stuck": _stuck,
    "rate_of_change": _rate,
    "quality": _quality,
    "volume": _volume,
    "run_hours": _run_hours,
    "state": _state,
    "composite": _composite,
    "system": _system,
}
