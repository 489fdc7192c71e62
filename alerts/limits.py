"""Judging a value against a limit rule: deadband, on-delay and off-delay by the readings' own times. Pure."""

from __future__ import annotations

from enum import StrEnum
from math import inf

from msgspec.structs import replace

from alerts.lifecycle import Step
from alerts.raising import Cause, raise_alert, return_alert
from domain.alert import Alert, RuleState, RuleStatus
from domain.reading import Millis, Series
from domain.rule import LimitRule


class Finding(StrEnum):
    """Where a value lies."""

    BREACH = "breach"
    BAND = "band"  # within the limit, but not yet back by the deadband
    CLEAR = "clear"


def bounds(rule: LimitRule) -> tuple[float, float]:
    """The lowest and the highest value that is no breach."""
    low = -inf if rule.below is None else rule.below
    return low, inf if rule.above is None else rule.above


def find(rule: LimitRule, value: float) -> Finding:
    """Exactly at the limit is within it."""
    low, high = bounds(rule)
    if value < low or value > high:
        return Finding.BREACH
    back = low + rule.deadband <= value <= high - rule.deadband
    return Finding.CLEAR if back else Finding.BAND


def broken(rule: LimitRule, value: float) -> float | None:
    """The bound the value is nearest to breaking, or broke."""
    if rule.below is None or (rule.above is not None and rule.above - value < value - rule.below):
        return rule.above
    return rule.below


def worse(rule: LimitRule, peak: float | None, value: float) -> float:
    """Of two values the one further out."""
    if peak is None:
        return value
    return max(peak, value, key=lambda v: _excess(rule, v))


def _excess(rule: LimitRule, value: float) -> float:
    low, high = bounds(rule)
    return max(value - high, low - value)


def step(previous: RuleState, alert: Alert | None, series: Series, time: Millis, value: float,
         rule: LimitRule, now: Millis) -> Step:  # fmt: skip
    """Judge one good value, not older than the watermark. `alert` is the one `previous.alert` names.

    `time` is the reading's, never later than its receipt. The same reading again changes nothing.
    """
    state = replace(previous, watermark=time, value=value)
    if state.status in (RuleStatus.NORMAL, RuleStatus.PENDING):
        if find(rule, value) is Finding.BREACH:
            return _breach(state, alert, series, time, value, rule, now)
        return Step(replace(state, status=RuleStatus.NORMAL, since=None, peak=None), alert)
    if find(rule, value) is Finding.CLEAR:
        return _back(state, alert, time, value, rule)
    return _still(state, alert, value, rule)


def _breach(
    state: RuleState, alert: Alert | None, series: Series, time: Millis, value: float, rule: LimitRule, now: Millis
) -> Step:
    """Beyond the limit: raised once it lasted the on-delay."""
    since = _since(state, time)
    peak = worse(rule, state.peak, value)
    pending = replace(state, status=RuleStatus.PENDING, since=since, peak=peak)
    if time - since < rule.on_delay * 1000:
        return Step(pending, alert)
    where = (series.site, series.device, series.metric, series.unit)
    cause = Cause(*where, since, time, value, broken(rule, value), peak)
    raised, transition = raise_alert(alert, rule, cause, now)
    if alert is not None and raised.id == alert.id:
        raised = replace(raised, peak=worse(rule, alert.peak, peak))
    active = replace(pending, status=RuleStatus.ACTIVE, alert=raised.id, since=None, peak=None)
    return Step(active, raised, transition)


def _since(state: RuleState, time: Millis) -> Millis:
    """When the wait began; from now on where that lies ahead, because the clock was set back meanwhile."""
    return time if state.since is None or state.since > time else state.since


def _still(state: RuleState, alert: Alert | None, value: float, rule: LimitRule) -> Step:
    """Active, and not back by the deadband."""
    held = replace(state, status=RuleStatus.ACTIVE, since=None)
    if alert is None or find(rule, value) is Finding.BAND:
        return Step(held, _with_value(alert, value))
    limit, peak = broken(rule, value), worse(rule, alert.peak, value)
    return Step(held, replace(alert, value=value, limit=limit, peak=peak))


def _back(state: RuleState, alert: Alert | None, time: Millis, value: float, rule: LimitRule) -> Step:
    """Active, and back: returned once that lasted the off-delay."""
    since = _since(state, time)
    if time - since < rule.off_delay * 1000:
        return Step(replace(state, status=RuleStatus.RETURNING, since=since), _with_value(alert, value))
    calm = replace(state, status=RuleStatus.NORMAL, since=None)
    done = None if alert is None else return_alert(alert, since, time, value)
    return Step(calm, alert) if done is None else Step(calm, *done)


def _with_value(alert: Alert | None, value: float) -> Alert | None:
    return None if alert is None or not alert.active else replace(alert, value=value)
