"""Alerts as lists and pages show them: worded, with the figure that matters, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dashboard.alert_figures import Figure, bound, figure, speaks
from dashboard.composite_parts import holding
from dashboard.frame import OPEN_SHOWN, WAITING, Visit
from domain.alert import Alert, AlertState, Priority
from domain.errors import NotFound
from domain.ports import Page
from domain.reading import Millis
from domain.rule import ANY_METRIC, Rule

PANTAU: Final = "pantau"  # the device of alerts about Pantau itself
RINGING: Final = (
    AlertState.UNACKNOWLEDGED,
    AlertState.RETURNED,
    AlertState.ACKNOWLEDGED,
    AlertState.SHELVED,
    AlertState.OUT_OF_SERVICE,
)
_RANK: Final = {Priority.CRITICAL: 0, Priority.HIGH: 1, Priority.MEDIUM: 2, Priority.LOW: 3}


@dataclass(frozen=True)
class AlertLine:
    """One alert in words. `rule` is None where the rule has since been removed.

    `figure` is its value as its kind means it, `peak` the worst where that is another, `bound` the limit it broke;
    `metric` is empty for a device as a whole. `holding`: the rules of a composite that hold.
    """

    alert: Alert
    rule: Rule | None
    title: str
    device: str
    metric: str
    site: str
    zone: str
    figure: Figure | None = None
    peak: Figure | None = None
    bound: str = ""
    holding: tuple[str, ...] = ()

    @property
    def waiting(self) -> bool:
        """Whether it still needs somebody's acknowledgement."""
        return self.alert.state in WAITING

    @property
    def about_pantau(self) -> bool:
        """Whether it is about Pantau itself or what it stands on: it has no device's page."""
        return self.alert.device == PANTAU

    @property
    def out(self) -> bool:
        """Whether it is out of service: not judged, so neither true nor returned."""
        return self.alert.state is AlertState.OUT_OF_SERVICE

    @property
    def answered(self) -> str:
        """Who answers for it; empty while nobody does, and where taking it out of service was the only answer."""
        put_back = self.alert.state is AlertState.NORMAL and self.alert.returned_at is None
        return "" if self.waiting or self.out or put_back else self.alert.acknowledged_by or ""

    @property
    def realarm_at(self) -> Millis | None:
        """When it rings again if it still holds: only where its rule says so."""
        alert = self.alert
        rings = alert.state is AlertState.ACKNOWLEDGED and alert.active and self.rule is not None
        if not rings or self.rule is None or self.rule.realarm is None or alert.acknowledged_at is None:
            return None
        return alert.acknowledged_at + round(self.rule.realarm * 1000)

    @property
    def urgency(self) -> tuple[int, int, int]:
        """Sorts the most urgent first: still true and unacknowledged, by priority, newest."""
        alert = self.alert
        group = 0 if alert.state is AlertState.UNACKNOWLEDGED else 1 if alert.state is AlertState.RETURNED else 2
        return (group, _RANK[alert.priority], -alert.since)


def rule_of(visit: Visit, rule: str) -> Rule | None:
    """The rule of an alert, None when there is none any more."""
    try:
        return visit.services.rules.rule(rule)
    except NotFound:
        return None


def line(visit: Visit, alert: Alert) -> AlertLine:
    """One alert in the words of the installation."""
    plan, words = visit.plan, visit.words
    rule = rule_of(visit, alert.rule)
    own = alert.kind == "system"
    device = plan.devices.get(alert.device)
    site = plan.sites.get(alert.site)
    info = plan.metric(alert.device, alert.metric)
    name = words.text(info.name) if info else words.of("system_condition" if own else "metric", alert.metric)
    peak = alert.peak if alert.peak != alert.value else None
    return AlertLine(
        alert=alert,
        rule=rule,
        title=words.text(rule.name) if rule else words.of("system_condition", alert.metric) if own else alert.rule,
        device=words.text(device.name) if device else "Pantau" if alert.device == PANTAU else alert.device,
        metric="" if alert.metric == ANY_METRIC else name,
        site=words.text(site.name) if site else alert.site or words("watch.everywhere"),
        zone=site.timezone if site else "Asia/Jakarta",
        figure=figure(visit, alert, alert.value, info, name) if speaks(alert) else None,
        peak=figure(visit, alert, peak, info, name) if alert.kind != "state" else None,
        bound=bound(visit, alert),
        holding=holding(visit, alert, rule),
    )


def ringing(visit: Visit, site: str | None) -> Page[Alert]:
    """Open alerts of a site, or all, but for those that rest because of a cause: a storm of these hides nothing.

    At most `OPEN_SHOWN` of each state; `next` says that there are more.
    """
    pages = [visit.services.book.page(None, OPEN_SHOWN, state, site, None, False) for state in RINGING]
    more = next((page.next for page in pages if page.next), None)
    return Page([alert for page in pages for alert in page.items], more)


def urgent_first(visit: Visit, alerts: Iterable[Alert]) -> list[AlertLine]:
    """Alerts worded and in the order in which somebody should look at them."""
    return sorted((line(visit, alert) for alert in alerts), key=lambda one: one.urgency)
