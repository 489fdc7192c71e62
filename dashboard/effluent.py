"""Whether a site is in order, in one word: AMAN, WASPADA, BAHAYA, or that it cannot be judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboard.measurement import Measurement, Standing
from domain.alert import Alert, Priority


class Condition(StrEnum):
    """The word on a site's card."""

    SAFE = "safe"
    WATCH = "watch"
    DANGER = "danger"
    UNKNOWN = "unknown"  # nothing to judge by


class Because(StrEnum):
    """Why the word is what it is."""

    WITHIN = "within"
    OVER_LIMIT = "over_limit"
    SERIOUS_ALERT = "serious_alert"
    OPEN_ALERT = "open_alert"
    NOT_ALL_JUDGED = "not_all_judged"
    NO_DATA = "no_data"
    NO_LIMITS = "no_limits"


@dataclass(frozen=True)
class Verdict:
    """The word, why, and the measurements that made it so."""

    condition: Condition
    because: Because
    about: tuple[Measurement, ...] = ()


JUDGED = frozenset({Standing.WITHIN, Standing.OUTSIDE})


def is_serious(alert: Alert, lawful: set[tuple[str, str]]) -> bool:
    """A legal limit is broken, or a rule of the house calls it critical."""
    held = (alert.device, alert.metric) in lawful
    return alert.kind == "limit" and (held or alert.priority is Priority.CRITICAL)


def judge(held: Sequence[Measurement], alerts: Iterable[Alert]) -> Verdict:
    """The verdict on the values that are held to a legal limit and the open alerts of their site.

    A value that is stale, bad or never came is not within the limits: it makes the word WASPADA at best.
    """
    active = [alert for alert in alerts if alert.active]
    over = tuple(one for one in held if one.standing is Standing.OUTSIDE)
    if over:
        return Verdict(Condition.DANGER, Because.OVER_LIMIT, over)
    lawful = {(one.series.device, one.series.metric) for one in held}
    if any(is_serious(alert, lawful) for alert in active):
        return Verdict(Condition.DANGER, Because.SERIOUS_ALERT)
    unjudged = tuple(one for one in held if one.standing not in JUDGED)
    if held and len(unjudged) == len(held):
        return Verdict(Condition.UNKNOWN, Because.NO_DATA, unjudged)
    if active:
        return Verdict(Condition.WATCH, Because.OPEN_ALERT)
    if unjudged:
        return Verdict(Condition.WATCH, Because.NOT_ALL_JUDGED, unjudged)
    if not held:
        return Verdict(Condition.UNKNOWN, Because.NO_LIMITS)
    return Verdict(Condition.SAFE, Because.WITHIN)


def judge_machines(machines: int, silent: int, alerts: Iterable[Alert]) -> Verdict:
    """The verdict on a machine site: its alerts, and how many machines are silent."""
    active = [alert for alert in alerts if alert.active]
    if any(is_serious(alert, set()) for alert in active):
        return Verdict(Condition.DANGER, Because.SERIOUS_ALERT)
    if machines and silent == machines:
        return Verdict(Condition.UNKNOWN, Because.NO_DATA)
    if active:
        return Verdict(Condition.WATCH, Because.OPEN_ALERT)
    if silent:
        return Verdict(Condition.WATCH, Because.NOT_ALL_JUDGED)
    return Verdict(Condition.SAFE, Because.WITHIN) if machines else Verdict(Condition.UNKNOWN, Because.NO_LIMITS)
