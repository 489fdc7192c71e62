"""A stage for the alerts: real journal and book, a small installation, a clock that moves only when told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from alerts.desk import Desk
from alerts.engine import AlertEngine
from alerts.work import TickReport
from domain.alert import Alert, RuleState, Transition
from domain.counters import Tally
from domain.errors import NotFound
from domain.metrics import MetricInfo, MetricKind, ProfileInfo
from domain.ports import TickChange
from domain.reading import GOOD, Reading, Series
from domain.registry import Device, Installation, Route, Site, SiteKind, Stage
from domain.rule import LimitRule, NoDataRule, Rule
from domain.text import Text
from storage.alert_book import SqlAlertBook
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.journal import SqliteJournal
from storage.maintenance import SqlMaintenance
from storage.registry import SqlRegistry
from support.folders import with_database

T0 = 1_795_219_200_000  # 2026-11-21 00:00 UTC, 07.00 WIB
UNITS = {"ph": "pH", "cod": "mg/L", "flow": "m3/h", "total": "m3", "hours": "h", "run": "1", "online": "1"}
KINDS = {"total": MetricKind.COUNTER, "hours": MetricKind.COUNTER, "run": MetricKind.STATE}
NAME = Text(id="Outlet", en="Outlet")


class Probes:
    """A profile book of one profile that expects nothing in time, so that no rules derive from it, unless told."""

    def __init__(self, intervals: Mapping[str, float] | None = None) -> None:
        """`intervals`: seconds between readings, by metric."""
        self._intervals = intervals or {}

    def profiles(self) -> list[ProfileInfo]:
        """The one there is."""
        return [self.profile("probe")]

    def profile(self, name: str) -> ProfileInfo:
        """Raises NotFound."""
        if name != "probe":
            raise NotFound(name)
        metrics = tuple(
            MetricInfo(
                metric,
                unit,
                NAME,
                KINDS.get(metric, MetricKind.GAUGE),
                interval=self._intervals.get(metric),
                decimals=2,
            )
            for metric, unit in UNITS.items()
            if metric != "online"
        )
        return ProfileInfo("probe", NAME, "json", (), metrics)


def limit_rule(**keys: object) -> LimitRule:
    """pH 6 to 9 at `outlet` unless told otherwise."""
    given = {"id": "ph-outlet", "name": NAME, "action": Text(id="Cek dosing", en="Check the dosing"), "above": 9.0,
             "scope": {"metric": "ph", "device": "outlet"}, **keys}  # fmt: skip
    return LimitRule.model_validate(given)


def no_data_rule(**keys: object) -> NoDataRule:
    """A minute of silence of `outlet` unless told otherwise."""
    given = {"id": "silence", "name": NAME, "action": Text(id="Cek kabel", en="Check the cable"), "after": 60.0,
             "scope": {"metric": "*", "device": "outlet"}, **keys}  # fmt: skip
    return NoDataRule.model_validate(given)


def any_rule(**keys: object) -> Rule:
    """Any kind, about the pH at `outlet` unless told otherwise."""
    given = {"id": keys["kind"], "name": NAME, "action": Text(id="Cek alat", en="Check the device"),
             "scope": {"metric": "ph", "device": "outlet"}, **keys}  # fmt: skip
    rule: Rule = TypeAdapter(Rule).validate_python({**given, "id": str(given["id"]).replace("_", "-")})
    return rule


def installation(*rules: Rule, devices: Sequence[str] = ("outlet",), routes: Sequence[Route] = ()) -> Installation:
    """One IPAL with these devices at its outlet."""
    site = Site(id="batik", name=Text(id="Sentra Batik", en="Batik centre"), kind=SiteKind.IPAL,
                stages=(Stage(id="outlet", name=NAME), Stage(id="inlet", name=NAME)))  # fmt: skip
    made = tuple(Device(id=name, site="batik", stage="outlet", profile="probe", name=NAME) for name in devices)
    return Installation(sites=(site,), devices=made, rules=tuple(rules), routes=tuple(routes))


def reading(at: int, value: float | None, **keys: object) -> Reading:
    """A reading of `outlet` at so many seconds after T0; `received` seconds too, else the same."""
    metric, device = str(keys.get("metric", "ph")), str(keys.get("device", "outlet"))
    received = keys.get("received", at)
    assert isinstance(received, int)
    quality = keys.get("quality", GOOD if value is not None else 9)
    assert isinstance(quality, int)
    series = Series("batik", device, metric, UNITS[metric], "outlet")
    return Reading(series, T0 + at * 1000, value, quality, None, T0 + received * 1000)


class Given:
    """A registry that never changes and refuses nothing."""

    def __init__(self, given: Installation) -> None:
        self._given = given

    def revision(self) -> int:
        """Always the same."""
        return 1

    def installation(self) -> Installation:
        """As given."""
        return self._given


class AlertStage:
    """Everything an engine needs, and a way to look at what it did. `now` are seconds after T0."""

    def __init__(self, folder: Path, url: str | None = None, intervals: Mapping[str, float] | None = None) -> None:
        self.folder = folder
        self.profiles = Probes(intervals)
        self.journal = SqliteJournal(folder / "journal.sqlite")
        self.db = Database(url or f"sqlite:///{with_database(folder)}")
        if url is not None:
            with ExitStack() as unready:
                unready.callback(self.close)
                self.db.migrate()
                unready.pop_all()
        self.book = SqlAlertBook(self.db)
        self.registry = SqlRegistry(self.db)
        self.audit = SqlAuditLog(self.db)
        self.maintenance = SqlMaintenance(self.db)
        self.rebuild()

    def close(self) -> None:
        """Close the files."""
        self.journal.close()
        self.db.close()

    def rebuild(self, **options: Any) -> None:
        """An engine and a desk that remember nothing."""
        self.engine = AlertEngine(
            self.journal,
            self.book,
            self.registry,
            self.profiles,
            maintenance=self.maintenance,
            **{"budget": 60.0, **options},
        )
        self.desk = Desk(self.book, self.registry, self.audit)

    def apply(self, given: Installation) -> None:
        """Into the registry."""
        self.registry.apply(given, "test", T0)

    def compile(self, given: Installation) -> None:
        """An engine for rules that the registry would refuse."""
        registry = Given(given)
        self.engine = AlertEngine(self.journal, self.book, registry, self.profiles)  # type: ignore[arg-type]

    def spoil(self, state: RuleState) -> None:
        """Write a rule state behind the engine's back."""
        self.book.commit(TickChange(self.book.cursor(), [state], [], [], {}), T0)

    def arrive(self, *readings: Reading) -> None:
        """Into the journal."""
        self.journal.append(readings, Tally())

    def tick(self, at: int) -> TickReport:
        """One tick at so many seconds after T0."""
        return self.engine.tick(T0 + at * 1000)

    def alerts(self) -> list[Alert]:
        """All, oldest first."""
        found: list[Alert] = []
        after: str | None = None
        while True:
            page = self.book.page(after, 100, None, None, None, False)
            found += page.items
            if page.next is None:
                return found[::-1]
            after = page.next

    def life(self, alert: Alert) -> list[Transition]:
        """Its transitions."""
        return self.book.transitions(alert.id)

    def states(self, *series: tuple[str, str]) -> list[RuleState]:
        """Rule states of these series."""
        return self.book.states(series)
