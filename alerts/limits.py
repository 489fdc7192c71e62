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
    finding = find(rule, value)
    state = replace(previous, watermark=time, value=value)
    if state.status in (RuleStatus.NORMAL, RuleStatus.PENDING):
        return _while_normal(state, alert, finding, series, rule, now)
    return _while_active(state, alert, finding, rule)


def _while_normal(
    state: RuleState, alert: Alert | None, finding: Finding, series: Series, rule: LimitRule, now: Millis
) -> Step:
    assert state.watermark is not None
    assert state.value is not None
    if finding is not Finding.BREACH:
        if state.status is RuleStatus.NORMAL:
            return Step(state, alert)
        return Step(replace(state, status=RuleStatus.NORMAL, since=None, peak=None), alert)
    since = state.since if state.status is RuleStatus.PENDING and state.since is not None else state.watermark
    peak = worse(rule, state.peak, state.value)
    pending = replace(state, status=RuleStatus.PENDING, since=since, peak=peak)
    if state.watermark - since < rule.on_delay * 1000:
        return Step(pending, alert)
    cause = Cause(
        series.site, series.device, series.metric, series.unit, since, state.watermark,
        state.value, broken(rule, state.value), peak,
    )  # fmt: skip
    raised, transition = raise_alert(alert, rule, cause, now)
    peak = peak if alert is None or raised.id != alert.id else worse(rule, alert.peak, peak)
    raised = replace(raised, peak=peak)
    active = replace(pending, status=RuleStatus.ACTIVE, alert=raised.id, since=None, peak=None)
    return Step(active, raised, transition)


def _while_active(state: RuleState, alert: Alert | None, finding: Finding, rule: LimitRule) -> Step:
    assert state.watermark is not None
    assert state.value is not None
    if finding is not Finding.CLEAR:
        state = replace(state, status=RuleStatus.ACTIVE, since=None)
        if alert is None or finding is Finding.BAND:
            return Step(state, _with_value(alert, state.value))
        return Step(state, replace(
            alert, value=state.value, limit=broken(rule, state.value), peak=worse(rule, alert.peak, state.value)
        ))  # fmt: skip
    returning = state.status is RuleStatus.RETURNING and state.since is not None
    since = state.since if returning and state.since is not None else state.watermark
    if state.watermark - since < rule.off_delay * 1000:
        held = replace(state, status=RuleStatus.RETURNING, since=since)
        return Step(held, _with_value(alert, state.value))
    calm = replace(state, status=RuleStatus.NORMAL, since=None)
    done = None if alert is None else return_alert(alert, since, state.watermark, state.value)
    return Step(calm, alert) if done is None else Step(calm, *done)


def _with_value(alert: Alert | None, value: float) -> Alert | None:
    return None if alert is None or not alert.active else replace(alert, value=value)
