"""Judging silence: a device, or one of its metrics, that nothing was received of for too long. Pure.

One clock for one timer: both the start (receipt) and the end (`now`) are our own clock's.
A value counts as speaking whatever its quality (a probe that reports 99 is wrong, not silent).
A reading without a value does not (a logger that writes nulls into its gap is not alive), nor does the
broker's own word about the connection (`online`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from alerts.attention import past
from alerts.lifecycle import Step
from alerts.raising import Cause, raise_alert, return_alert
from domain.alert import Alert, RuleState, RuleStatus
from domain.reading import Millis, Reading
from domain.rule import NoDataRule

CONNECTION_METRIC: Final = "online"


def speaks(reading: Reading) -> bool:
    """Whether this reading shows that the device has data."""
    return reading.value is not None and reading.series.metric != CONNECTION_METRIC


def heard_at(reading: Reading) -> Millis:
    """When it was received, by our clock."""
    return reading.received_at or reading.time


def patience(rule: NoDataRule) -> Millis:
    """How long silence may last."""
    return round(rule.after * 1000)


def expect(rule: NoDataRule, device: str, metric: str, now: Millis) -> RuleState:
    """The state of a series that has not been heard yet: the wait begins now."""
    return RuleState(rule.id, device, metric, since=now, deadline=now + patience(rule))


def fall_due(
    state: RuleState,
    alert: Alert | None,
    site: str,
    heard: Millis | None,
    listening: Millis | None,
    rule: NoDataRule,
    now: Millis,
    hold: Callable[[Millis], Millis | None] = lambda _: None,
) -> Step:
    """The deadline has come: silent, unless something was heard meanwhile (then wait on, from there).

    `listening`: since when there has been anybody to hear it (after a standstill of Pantau itself). `hold` says,
    given when the wait ended, until when it is not told because its whole group may be silent.
    """
    if state.status is RuleStatus.ACTIVE:
        return Step(replace(state, deadline=None), alert)
    heard, watermark = past(heard, now), past(state.watermark, now)
    began, listening = past(state.since, now), past(listening, now)
    since = max((t for t in (heard, watermark, began) if t is not None), default=None)
    if since is None:  # all of it was noted before the clock was set back: the wait begins now
        return Step(replace(state, since=now, watermark=None, deadline=now + patience(rule)), alert)
    until = max(since, listening or since) + patience(rule)
    if now < until:
        return Step(replace(state, since=began, watermark=heard or watermark, deadline=until), alert)
    held = hold(until)
    if held is not None and held > now:
        return Step(replace(state, since=began, watermark=heard or watermark, deadline=held), alert)
    metric = state.metric
    cause = Cause(site, state.device, metric, "s", since, now, None, rule.after, rang=state.raised.count(now))
    raised, transition = raise_alert(alert, rule, cause, now)
    silent = replace(state, status=RuleStatus.ACTIVE, alert=raised.id, since=since, watermark=since, deadline=None)
    return Step(silent, raised, transition)


def speak(state: RuleState, alert: Alert | None, heard: Millis, rule: NoDataRule) -> Step:
    """Something was received: silence ends at once."""
    calm = replace(state, status=RuleStatus.NORMAL, since=None, watermark=heard, deadline=heard + patience(rule))
    done = None if alert is None else return_alert(alert, heard, heard, None)
    return Step(calm, alert) if done is None else Step(calm, *done)
