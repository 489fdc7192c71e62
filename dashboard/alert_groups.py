"""Open alerts in the order in which they concern people: what needs someone now, then what rests and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from dashboard.alert_lines import PANTAU, AlertLine, line
from dashboard.causes import Cause, covers, pauses_now, system_alerts
from dashboard.formats import DAY
from dashboard.frame import Visit
from domain.alert import Alert, AlertState
from domain.pause import Pause
from domain.ports import Page
from domain.system_condition import SystemCondition

SHOWN: Final = 100  # alerts of one state on the page
UNDER_SHOWN: Final = 300  # alerts that are counted under their causes
ENDED_SHOWN: Final = 15


class Group(StrEnum):
    """The groups of the list, in its order. `WAITING` is what needs somebody."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"
    ENDED = "ended"


STATES: Final = {
    Group.WAITING: (AlertState.UNACKNOWLEDGED, AlertState.RETURNED),
    Group.ACKNOWLEDGED: (AlertState.ACKNOWLEDGED,),
    Group.SHELVED: (AlertState.SHELVED,),
    Group.SUPPRESSED: (AlertState.SUPPRESSED,),
    Group.OUT_OF_SERVICE: (AlertState.OUT_OF_SERVICE,),
    Group.ENDED: (AlertState.NORMAL,),
}


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; empty for everything."""

    site: str = ""
    priority: str = ""

    def takes(self, alert: Alert) -> bool:
        """Whether an alert is asked for. One about Pantau itself concerns every site."""
        here = not self.site or alert.site == self.site or (alert.device == PANTAU and not alert.site)
        return here and (not self.priority or alert.priority == self.priority)


@dataclass(frozen=True)
class Under:
    """The alerts that rest because of one cause: an alert, a pause, or one that is gone."""

    cause: AlertLine | None
    pause: Pause | None
    lines: list[AlertLine]
    many: bool = False  # more than were counted

    @property
    def why(self) -> Cause:
        """The cause as pages word it."""
        return Cause(self.cause, self.pause)


@dataclass(frozen=True)
class Same:
    """Several that wait for the same reason: one rule at one site. One tap takes them all."""

    title: str
    site: str
    ids: list[str]


@dataclass(frozen=True)
class Board:
    """Everything the list shows. `more` holds the cursor of what follows, by state."""

    groups: dict[Group, list[AlertLine]]
    under: list[Under]
    same: list[Same]
    floods: list[AlertLine]
    more: dict[str, str] = field(default_factory=dict)

    @property
    def calm(self) -> bool:
        """Whether nothing is open."""
        return not self.under and not any(self.groups[group] for group in Group if group is not Group.ENDED)


def board(visit: Visit, wanted: Wanted) -> Board:
    """Read a bounded number of alerts of every state, and put them in order."""
    more: dict[str, str] = {}
    groups = {group: _group(visit, group, wanted, more) for group in Group}
    about_all = _everywhere(visit, wanted, groups)
    groups[Group.WAITING] = urgent([*groups[Group.WAITING], *about_all])
    suppressed = groups[Group.SUPPRESSED]
    floods = [line(visit, one) for one in system_alerts(visit) if one.metric == SystemCondition.FLOOD and one.active]
    under = _under(visit, suppressed, "suppressed" in more)
    return Board(groups, under, _same(groups[Group.WAITING]), floods, more)


def _group(visit: Visit, group: Group, wanted: Wanted, more: dict[str, str]) -> list[AlertLine]:
    limit = {Group.SUPPRESSED: UNDER_SHOWN, Group.ENDED: ENDED_SHOWN}.get(group, SHOWN)
    found: list[Alert] = []
    for state in STATES[group]:
        page: Page[Alert] = visit.services.book.page(None, limit, state, wanted.site or None, None, False)
        found += page.items
        if page.next and group is not Group.ENDED:
            more[state] = page.next
    if group is Group.ENDED:
        found = [one for one in found if visit.now - (one.closed_at or one.since) <= DAY]
    lines = [line(visit, one) for one in found if wanted.takes(one)]
    return urgent(lines) if group is not Group.ENDED else lines


def _everywhere(visit: Visit, wanted: Wanted, groups: dict[Group, list[AlertLine]]) -> list[AlertLine]:
    """Alerts of no one site, which the filter by site has left out."""
    if not wanted.site:
        return []
    here = {one.alert.id for lines in groups.values() for one in lines}
    waiting = [one for one in system_alerts(visit) if one.state in STATES[Group.WAITING] and not one.site]
    return [line(visit, one) for one in waiting if one.id not in here and wanted.takes(one)]


def urgent(lines: Iterable[AlertLine]) -> list[AlertLine]:
    """The most urgent first."""
    return sorted(lines, key=lambda one: one.urgency)


def _under(visit: Visit, suppressed: Sequence[AlertLine], many: bool) -> list[Under]:
    """By cause: the alert that is the parent; else the pause of the place."""
    by_parent: dict[str, list[AlertLine]] = {}
    paused: dict[str, Pause] = {}
    held = pauses_now(visit)
    for one in suppressed:
        pause = _pause(visit, one, held) if one.alert.parent is None else None
        name = one.alert.parent or (f"pause:{pause.id}" if pause else "")
        by_parent.setdefault(name, []).append(one)
        if pause is not None:
            paused[name] = pause
    parents = {alert.id: line(visit, alert) for alert in visit.services.book.alerts_by_id(sorted(by_parent))}
    found = [Under(parents.get(name), paused.get(name), lines, many) for name, lines in by_parent.items()]
    return sorted(found, key=lambda one: -len(one.lines))


def _pause(visit: Visit, one: AlertLine, held: Sequence[Pause]) -> Pause | None:
    device = visit.plan.devices.get(one.alert.device)
    return next((pause for pause in held if device and covers(pause, device)), None)


def _same(waiting: Sequence[AlertLine]) -> list[Same]:
    clusters: dict[tuple[str, str], list[AlertLine]] = {}
    for one in waiting:
        clusters.setdefault((one.alert.rule, one.alert.site), []).append(one)
    return [
        Same(lines[0].title, lines[0].site, [one.alert.id for one in lines])
        for lines in clusters.values()
        if len(lines) > 1
    ]
