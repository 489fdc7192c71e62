"""The one machine all kinds share: normal, pending (on-delay), active, returning (off-delay). Pure.

Delays run by the readings' own times, both ends. A gap in the readings is no proof that what was found lasted
through it: a wait that a gap interrupts begins anew.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from alerts import limits
from alerts.kinds.finding import BAND, BREACH, CLEAR, Finding
from alerts.lifecycle import Step
from alerts.raising import Cause, raise_alert, return_alert
from domain.alert import Alert, RuleState, RuleStatus
from domain.reading import Millis
from domain.rule import CompositeRule, LimitRule, RateOfChangeRule, Rule, StateRule


class Where(Struct, frozen=True):
    """What an alert is about."""

    site: str
    device: str
    metric: str
    unit: str


def delays(rule: Rule) -> tuple[float, float]:
    """On-delay and off-delay in ms; none for kinds that have their own time."""
    if isinstance(rule, LimitRule | RateOfChangeRule | StateRule | CompositeRule):
        return rule.on_delay * 1000, rule.off_delay * 1000
    return 0.0, 0.0


def worst(rule: Rule, peak: float | None, value: float | None) -> float | None:
    """Of two values the one further out."""
    if peak is None or value is None:
        return value if peak is None else peak
    if isinstance(rule, LimitRule):
        return limits.worse(rule, peak, value)
    return max(peak, value, key=abs) if isinstance(rule, RateOfChangeRule) else max(peak, value)


def step(
    previous: RuleState, alert: Alert | None, where: Where, found: Finding, rule: Rule, now: Millis,
    *, interrupted: bool = False,
) -> Step:  # fmt: skip
    """Take one finding. `alert` is the one `previous.alert` names; `interrupted`: a gap lies before the finding."""
    state = replace(previous, watermark=found.time, value=found.value)
    if state.status not in (RuleStatus.ACTIVE, RuleStatus.RETURNING):
        if found.verdict == BREACH:
            return _breach(state, alert, where, found, rule, now, interrupted=interrupted)
        return Step(replace(state, status=RuleStatus.NORMAL, since=None, peak=None, deadline=None), alert)
    if found.verdict == CLEAR:
        return _back(state, alert, found, rule, interrupted=interrupted)
    return _still(state, alert, found, rule)


def elapsed(
    state: RuleState, alert: Alert | None, where: Where, limit: float | None, rule: Rule, now: Millis
) -> Step:
    """The wait of a state that is pending or returning is over by our own clock; no reading came meanwhile."""
    since = state.since if state.since is not None else now
    if state.status is RuleStatus.PENDING:
        found = Finding(BREACH, now, state.value, limit, since)
        return _raise(replace(state, since=since), alert, where, found, rule, now)
    return _return(state, alert, since, now, state.value)


def interrupted(state: RuleState) -> RuleState:
    """The state before its wait began; the same one where it waits for nothing."""
    if state.status is RuleStatus.PENDING:
        return replace(state, status=RuleStatus.NORMAL, since=None, peak=None, deadline=None)
    if state.status is RuleStatus.RETURNING:
        return replace(state, status=RuleStatus.ACTIVE, since=None, deadline=None)
    return state


def drop(state: RuleState, alert: Alert | None, now: Millis) -> Step:
    """The rule no longer holds sway (its schedule ended): a wait is over, an active alert returns."""
    if state.status in (RuleStatus.ACTIVE, RuleStatus.RETURNING):
        return _return(state, alert, now, now, state.value)
    return Step(replace(state, status=RuleStatus.NORMAL, since=None, peak=None, deadline=None), alert)


def _breach(
    state: RuleState, alert: Alert | None, where: Where, found: Finding, rule: Rule, now: Millis, *, interrupted: bool
) -> Step:
    """Found: raised once it lasted the on-delay."""
    since = _since(state, found, interrupted=interrupted)
    pending = replace(state, status=RuleStatus.PENDING, since=since, peak=worst(rule, state.peak, found.value))
    if found.time - since < delays(rule)[0]:
        return Step(pending, alert)
    return _raise(pending, alert, where, found, rule, now)


def _raise(state: RuleState, alert: Alert | None, where: Where, found: Finding, rule: Rule, now: Millis) -> Step:
    assert state.since is not None
    cause = Cause(
        where.site,
        where.device,
        where.metric,
        where.unit,
        state.since,
        found.time,
        found.value,
        found.limit,
        state.peak,
        state.raised.count(now),
    )
    raised, transition = raise_alert(alert, rule, cause, now)
    if alert is not None and raised.id == alert.id:
        raised = replace(raised, peak=worst(rule, alert.peak, state.peak))
    active = replace(state, status=RuleStatus.ACTIVE, alert=raised.id, since=None, peak=None, deadline=None)
    return Step(active, raised, transition)


def _since(state: RuleState, found: Finding, *, interrupted: bool) -> Millis:
    """When the wait began; from now on where that lies ahead, because the clock was set back meanwhile."""
    began = found.time if found.since is None or found.verdict != BREACH else found.since
    return began if state.since is None or state.since > found.time or interrupted else state.since


def _still(state: RuleState, alert: Alert | None, found: Finding, rule: Rule) -> Step:
    """Active, and not back by the deadband."""
    held = replace(state, status=RuleStatus.ACTIVE, since=None, deadline=None)
    if alert is None or found.verdict == BAND:
        return Step(held, _with_value(alert, found.value))
    peak = worst(rule, alert.peak, found.value)
    return Step(held, replace(alert, value=found.value, limit=found.limit, peak=peak))


def _back(state: RuleState, alert: Alert | None, found: Finding, rule: Rule, *, interrupted: bool) -> Step:
    """Active, and back: returned once that lasted the off-delay."""
    since = _since(state, found, interrupted=interrupted)
    if found.time - since < delays(rule)[1]:
        return Step(replace(state, status=RuleStatus.RETURNING, since=since), _with_value(alert, found.value))
    return _return(state, alert, since, found.time, found.value)


def _return(state: RuleState, alert: Alert | None, since: Millis, at: Millis, value: float | None) -> Step:
    calm = replace(state, status=RuleStatus.NORMAL, since=None, deadline=None)
    done = None if alert is None else return_alert(alert, since, at, value)
    return Step(calm, alert) if done is None else Step(calm, *done)


def _with_value(alert: Alert | None, value: float | None) -> Alert | None:
    return None if alert is None or not alert.active else replace(alert, value=value)
