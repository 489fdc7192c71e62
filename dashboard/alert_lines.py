"""Alerts as lists and pages show them: worded, with the figure that matters, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dashboard.frame import OPEN_SHOWN, WAITING, Visit
from domain.alert import Alert, AlertState, Priority
from domain.errors import NotFound
from domain.ports import Page
from domain.rule import Rule

PANTAU: Final = "pantau"  # the device of alerts about Pantau itself
RINGING: Final = (
    AlertState.UNACKNOWLEDGED,
    AlertState.RETURNED,
    AlertState.ACKNOWLEDGED,
    AlertState.SHELVED,
    AlertState.OUT_OF_SERVICE,
)
MEASURED: Final = frozenset({"limit", "rate_of_change", "quality", "volume", "run_hours"})
_RANK: Final = {Priority.CRITICAL: 0, Priority.HIGH: 1, Priority.MEDIUM: 2, Priority.LOW: 3}


@dataclass(frozen=True)
class AlertLine:
    """One alert in words. `rule` is None where the rule has since been removed."""

    alert: Alert
    rule: Rule | None
    title: str
    device: str
    metric: str
    site: str
    zone: str
    decimals: int

    @property
    def waiting(self) -> bool:
        """Whether it still needs somebody's acknowledgement."""
        return self.alert.state in WAITING

    @property
    def about_pantau(self) -> bool:
        """Whether it is about Pantau itself or what it stands on: it has no device's page."""
        return self.alert.device == PANTAU

    @property
    def measured(self) -> bool:
        """Whether its value says more than its kind does."""
        return self.alert.value is not None and self.alert.kind in MEASURED

    @property
    def over(self) -> bool:
        """Whether the value lies above its limit; below otherwise."""
        alert = self.alert
        return alert.value is not None and alert.limit is not None and alert.value > alert.limit

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
    return AlertLine(
        alert=alert,
        rule=rule,
        title=words.text(rule.name) if rule else words.of("system_condition", alert.metric) if own else alert.rule,
        device=words.text(device.name) if device else "Pantau" if alert.device == PANTAU else alert.device,
        metric=words.text(info.name) if info else words.of("system_condition" if own else "metric", alert.metric),
        site=words.text(site.name) if site else alert.site or words("watch.everywhere"),
        zone=site.timezone if site else "Asia/Jakarta",
        decimals=info.decimals if info else 1,
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
