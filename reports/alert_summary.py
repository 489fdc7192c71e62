"""Alerts of the point's devices: those of the period in numbers, and which of them belongs to an exceedance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from domain.alert import Alert, AlertEvent, Priority, Transition
from domain.errors import NotFound
from domain.ports import AlertBook, RuleBook
from domain.reading import Millis
from domain.report_head import Label
from domain.report_recorded import AlertLine, Alerts
from reports.limits_in_force import label

PAGE: Final = 200
LOOK_BACK: Final[Millis] = 31 * 86_400_000  # an alert that began so long before may still belong to an exceedance
LIMIT: Final = "limit"
_SAID: Final = (AlertEvent.ACKNOWLEDGED, AlertEvent.COMMENTED, AlertEvent.SHELVED)


def alerts_between(book: AlertBook, devices: Sequence[str], start: Millis, stop: Millis) -> list[Alert]:
    """Those of these devices with start <= since < stop, oldest first."""
    found = [alert for device in devices for alert in _down_to(book, device, start) if start <= alert.since < stop]
    return sorted(found, key=lambda alert: (alert.since, alert.id))


def _down_to(book: AlertBook, device: str, start: Millis) -> Iterable[Alert]:
    after: str | None = None
    while True:
        page = book.page(after, PAGE, None, None, device, False)
        yield from page.items
        after = page.next
        if after is None or page.items[-1].since < start:
            return


def summary(alerts: Sequence[Alert], start: Millis, stop: Millis, rules: RuleBook | None = None) -> Alerts:
    """Numbers of the alerts that began in [start, stop), a line for each rule and series, most frequent first."""
    mine = [alert for alert in alerts if start <= alert.since < stop]
    groups: dict[tuple[str, str, str], list[Alert]] = {}
    for alert in mine:
        groups.setdefault((alert.rule, alert.device, alert.metric), []).append(alert)
    lines = [_line(group, stop, rules) for group in groups.values()]
    return Alerts(
        raised=sum(not alert.found_late for alert in mine),
        found_late=sum(alert.found_late for alert in mine),
        acknowledged=sum(alert.acknowledged_at is not None for alert in mine),
        open=sum(alert.closed_at is None and alert.active for alert in mine),
        lines=tuple(sorted(lines, key=lambda line: (-line.raised - line.found_late, line.rule, line.device))),
    )


def _line(group: Sequence[Alert], stop: Millis, rules: RuleBook | None) -> AlertLine:
    first = group[0]
    ends = [min(stop, alert.returned_at if alert.returned_at is not None else stop) for alert in group]
    return AlertLine(
        rule=first.rule,
        device=first.device,
        metric=first.metric,
        priority=max((alert.priority for alert in group), key=list(Priority).index),
        raised=sum(not alert.found_late for alert in group),
        found_late=sum(alert.found_late for alert in group),
        acknowledged=sum(alert.acknowledged_at is not None for alert in group),
        active=sum(max(0, end - alert.since) for end, alert in zip(ends, group, strict=True)),
        kind=first.kind,
        name=_name(first.rule, rules),
    )


def _name(rule: str, rules: RuleBook | None) -> Label | None:
    """None where it was taken out since."""
    if rules is None:
        return None
    try:
        return label(rules.rule(rule).name)
    except NotFound:
        return None


def alert_of(
    alerts: Sequence[Alert], device: str, metric: str, start: Millis, stop: Millis, slack: Millis
) -> Alert | None:
    """The alert of a limit that overlaps an exceedance most closely; its times may differ by `slack` (delays)."""
    fitting = [
        alert
        for alert in alerts
        if (alert.device, alert.metric, alert.kind) == (device, metric, LIMIT)
        and alert.since < stop + slack
        and (alert.returned_at is None or alert.returned_at > start - slack)
    ]
    return min(fitting, key=lambda alert: (abs(alert.since - start), alert.id), default=None)


def said(life: Sequence[Transition]) -> str | None:
    """What people wrote on an alert, in order, with their names."""
    words = [f"{step.comment} ({step.who})" for step in life if step.event in _SAID and step.comment]
    return "; ".join(words) or None
