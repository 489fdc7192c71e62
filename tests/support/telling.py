"""A stage for telling people: a real book and registry, real receivers, and a clock that moves only when told."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from alerts.courier import Courier
from alerts.dispatch import Dispatched, Dispatcher
from alerts.escalation import Reminders
from alerts.notifiers import make_notifiers
from alerts.notifiers.apprise import AppriseNotifier
from alerts.notifiers.webhook import WebhookNotifier
from alerts.routing import targets
from alerts.rulebook import Compiled
from alerts.secrets import Secrets
from domain.alert import Alert, AlertEvent, AlertState, Notification, NotificationState, Purpose, Transition
from domain.errors import NotFound
from domain.ports import Links, Notifier, TickChange
from domain.reading import Millis
from domain.registry import Contact, Device, Installation, Rota, Route, Schedule, Site, SiteKind, Stage
from domain.rule import LimitRule, NoDataRule, Rule, Scope, SystemRule
from domain.system_condition import SystemCondition
from domain.text import Text
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.registry import SqlRegistry
from support.folders import with_database

T0 = 1_795_219_200_000  # 2026-11-21 00:00 UTC, 07.00 WIB
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
NAME = Text(id="Outlet", en="Outlet")
SITE = Site(
    id="batik",
    name=Text(id="Sentra Batik", en="Batik centre"),
    kind=SiteKind.IPAL,
    stages=(Stage(id="outlet", name=NAME),),
)
PH = LimitRule(
    id="ph-outlet", name=NAME, action=Text(id="Cek dosing", en="Check the dosing"), above=9,
    scope=Scope(metric="ph", device="outlet"),
)  # fmt: skip
SILENCE = NoDataRule(
    id="silence", name=NAME, action=Text(id="Cek kabel", en="Check the cable"), after=60, scope=Scope(metric="*")
)
FLOOD = SystemRule(id="system.flood", name=NAME, action=NAME, condition=SystemCondition.FLOOD)


def installation(
    *routes: Route,
    contacts: tuple[Contact, ...] = (),
    schedules: tuple[Schedule, ...] = (),
    rotas: tuple[Rota, ...] = (),
) -> Installation:
    """One site with one device at its outlet, and the three rules."""
    device = Device(id="outlet", site="batik", stage="outlet", profile="probe", name=NAME)
    return Installation(
        sites=(SITE,), devices=(device,), schedules=schedules, contacts=contacts, rotas=rotas, routes=routes,
        rules=(PH, SILENCE, FLOOD),
    )  # fmt: skip


class Rules:
    """The rules of the installation and no others."""

    def __init__(self, given: Installation) -> None:
        self._all: dict[str, Rule] = {rule.id: rule for rule in given.rules}

    def rules(self) -> list[Rule]:
        """All."""
        return list(self._all.values())

    def rules_for(self, device: Device) -> list[Rule]:
        """Not asked for."""
        raise NotImplementedError(device)

    def rule(self, rule: str) -> Rule:
        """Raises NotFound."""
        if rule not in self._all:
            raise NotFound(rule)
        return self._all[rule]


class Telling:
    """`now` are milliseconds after T0."""

    def __init__(self, folder: Path, given: Installation, **options: Any) -> None:
        self.folder = folder
        self.secrets = folder / "secrets"
        self.secrets.mkdir()
        self.db = Database(f"sqlite:///{with_database(folder)}")
        self.book = SqlAlertBook(self.db)
        self.registry = SqlRegistry(self.db)
        self.registry.apply(given, "test", T0)
        self.rules = Rules(given)
        self.compiled = Compiled(1, 1 << 60, given, {rule.id: rule for rule in given.rules})
        self.start(**options)

    def start(
        self,
        notifiers: dict[str, Notifier] | None = None,
        links: Links | None = None,
        patience: float = 5.0,
        workers: int = 4,
    ) -> None:
        """A dispatcher that remembers nothing, whose retries are the same every time."""
        given = notifiers or {
            **make_notifiers(),
            "webhook": WebhookNotifier(timeout=0.3),
            "apprise": AppriseNotifier(timeout=2.0),
        }
        self.dispatcher = Dispatcher(
            self.book, self.registry, Courier(given, Secrets(self.secrets)), base_url="http://pantau.lan/",
            rules=self.rules, links=links, random=Random(1), patience=patience, workers=workers,
        )  # fmt: skip
        self.reminders = Reminders(self.book, lambda now: self.compiled)

    def close(self) -> None:
        """Close the files."""
        self.dispatcher.close()
        self.db.close()

    def dispatch(self, now: Millis = 0) -> Dispatched:
        """One round."""
        return self.dispatcher.run_once(T0 + now)

    def remind(self, now: Millis) -> int:
        """Queue what is due for what nobody acknowledged."""
        return self.reminders.run_once(T0 + now)

    def alert(self, name: str = "a1", **keys: Any) -> Alert:
        """pH above its limit at the outlet, not yet in the book."""
        first = Alert(
            id=name, site="batik", device="outlet", metric="ph", unit="pH", rule="ph-outlet", kind="limit",
            priority=PH.priority, state=AlertState.UNACKNOWLEDGED, active=True, since=T0, value=9.5, limit=9.0,
            peak=9.5, version=0,
        )  # fmt: skip
        return replace(first, **keys)

    def raised(self, name: str = "a1", now: Millis = 0, **keys: Any) -> Alert:
        """Raised, and whoever is to be told queued."""
        return self.step(self.alert(name, since=T0 + now, **keys), AlertEvent.RAISED, now)

    def returned(self, alert: Alert, now: Millis, value: float = 8.0) -> Alert:
        """Back to normal, not acknowledged."""
        gone = replace(alert, state=AlertState.RETURNED, active=False, returned_at=T0 + now, value=value)
        return self.step(gone, AlertEvent.RETURNED, now)

    def silently(self, alert: Alert, event: AlertEvent, now: Millis, **keys: Any) -> Alert:
        """A step that nobody is told."""
        return self.step(replace(alert, **keys), event, now, told=False)

    def step(self, alert: Alert, event: AlertEvent, now: Millis, told: bool = True) -> Alert:
        """One transition of the alert, as the tick or the desk writes it."""
        (made,) = self.tick([alert], event, now, told)
        return made

    def tick(self, alerts: list[Alert], event: AlertEvent, now: Millis, told: bool = True) -> list[Alert]:
        """The same step of several alerts in one transaction."""
        at = T0 + now
        after = [replace(alert, version=alert.version + 1) for alert in alerts]
        steps = [
            Transition(alert.id, at, event, AlertState.NORMAL, alert.state, value=alert.value) for alert in after
        ]
        whom = {
            index: targets(self.compiled, alert, self.rules.rule(alert.rule), at)
            for index, alert in enumerate(after)
            if told
        }
        self.book.commit(TickChange(0, [], after, steps, whom), at)
        return after

    def outbox(self, purpose: Purpose | None = None) -> list[Notification]:
        """All there ever were, oldest first."""
        found = self.book.outbox(None, 1000, None).items[::-1]
        return [notification for notification in found if purpose in (None, notification.purpose)]

    def unsettled(self) -> list[Notification]:
        """What is neither sent nor given up."""
        return [n for n in self.outbox() if n.state is NotificationState.QUEUED]
