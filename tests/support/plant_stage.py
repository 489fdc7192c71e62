"""A plant on the alerts' stage: many devices that speak every ten seconds, behind gateways, at several sites."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from alerts.causes import Causes
from domain.alert import Alert, AlertEvent, AlertState, Transition
from domain.pause import Pause
from domain.reading import GOOD, Millis, Reading, Series
from domain.registry import Device, Installation, Route, Site, SiteKind, Stage
from domain.rule import Rule
from storage.heartbeats import SqlHeartbeats
from storage.pauses import SqlPauses
from support.alerts_stage import NAME, T0, UNITS, AlertStage, limit_rule, no_data_rule

STEP = 5  # s between ticks
EVERY = 10  # s between the words of a device
RESTARTS = 15  # s between restarts of one that is forgetful
ROUTE = Route(id="duty", notifier="log", url=None)


class Thing(Struct, frozen=True):
    """A device of the plant."""

    id: str
    site: str = "batik"
    gateway: str | None = None
    stage: str = "outlet"


def behind(gateway: str, count: int, site: str = "batik") -> list[Thing]:
    """So many devices that speak through a gateway."""
    return [Thing(f"{gateway}-{number}", site, gateway) for number in range(count)]


def plant(*things: Thing, rules: Iterable[Rule] = ()) -> Installation:
    """An installation of these: silence after a minute, pH above 9 anywhere."""
    stages = (Stage(id="outlet", name=NAME), Stage(id="inlet", name=NAME))
    sites = {thing.site: Site(id=thing.site, name=NAME, kind=SiteKind.IPAL, stages=stages) for thing in things}
    gateways = {thing.gateway: thing.site for thing in things if thing.gateway is not None}
    known = {thing.id for thing in things}
    boxes = [Thing(name, site) for name, site in gateways.items() if name not in known]
    devices = tuple(
        Device(id=t.id, site=t.site, stage=t.stage, profile="probe", name=NAME, gateway=t.gateway)
        for t in (*boxes, *things)
    )  # fmt: skip
    told = (no_data_rule(scope={"metric": "*"}), limit_rule(scope={"metric": "ph"}))
    return Installation(sites=tuple(sites.values()), devices=devices, rules=(*told, *rules), routes=(ROUTE,))


class PlantStage(AlertStage):
    """`value` of every device by name (pH 7 where it is not given); who is in `silent` says nothing."""

    def __init__(self, folder: Path) -> None:
        self.free: float | None = 0.5
        self.due: dict[str, int] = {}  # days left until calibrations, by device
        super().__init__(folder)
        self.things: list[Thing] = []
        self.silent: set[str] = set()
        self.value: dict[str, float] = {}
        self.signs: dict[str, dict[str, Any]] = {}
        self.forgetful = False
        self.now = 0

    def rebuild(self, **options: Any) -> None:
        """With everything that looks for causes."""
        self.pauses = SqlPauses(self.db)
        self.heartbeats = SqlHeartbeats(self.db)
        causes = Causes(
            self.book,
            self.journal,
            self.pauses,
            self.heartbeats,
            lambda: self.free,
            self.registry,
            due=lambda _: self.due,
        )
        super().rebuild(**{"causes": causes, **options})

    def build(self, *things: Thing, rules: Iterable[Rule] = ()) -> None:
        """Register the plant and let it run for a minute; collector, broker and store are well."""
        given = plant(*things, rules=rules)
        self.things = [Thing(d.id, d.site, d.gateway, d.stage) for d in given.devices]
        self.signs = {"collector": {"state": "running"}, "broker": {"state": "connected"}, "store": {"state": "ok"}}
        self.apply(given)
        self.run(60)

    @property
    def clock(self) -> Millis:
        """Now."""
        return int(T0 + self.now * 1000)

    def run(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(seconds // STEP):
            self.now += STEP
            self._speak()
            for part, detail in self.signs.items():
                self.heartbeats.beat(part, T0 + self.now * 1000, detail)
            if self.forgetful and self.now % RESTARTS == 0:
                self.rebuild()
            self.tick(self.now)

    def _speak(self) -> None:
        words = [
            self.say(thing, self.value.get(thing.id, 7.0))
            for number, thing in enumerate(self.things)
            if self._speaks(thing) and (self.now // STEP + number) % (EVERY // STEP) == 0
        ]
        if words:
            self.arrive(*words)

    def _speaks(self, thing: Thing) -> bool:
        """A gateway is dead when nothing behind it speaks."""
        children = [other.id for other in self.things if other.gateway == thing.id]
        return thing.id not in self.silent and (not children or not self.silent.issuperset(children))

    def say(self, thing: Thing, value: float, metric: str = "ph", ago: int = 0) -> Reading:
        """A reading of now, or of so many seconds ago."""
        series = Series(thing.site, thing.id, metric, UNITS[metric], thing.stage)
        return Reading(series, T0 + (self.now - ago) * 1000, value, GOOD, None, T0 + self.now * 1000)

    def mute(self, things: Iterable[Thing]) -> None:
        """From now on they say nothing."""
        self.silent |= {thing.id for thing in things}

    def unmute(self, things: Iterable[Thing]) -> None:
        """They speak again."""
        self.silent -= {thing.id for thing in things}

    def pause(self, reason: str = "Kuras bak", **where: Any) -> Pause:
        """Out of operation from now on."""
        return self.pauses.pause(Pause(where.pop("site", "batik"), T0 + self.now * 1000, reason, "sari", **where))

    def resume(self, pause: Pause) -> None:
        """In operation again."""
        self.pauses.end(pause.id, "sari", T0 + self.now * 1000)

    def open(self) -> list[Alert]:
        """Alerts that have not ended."""
        return [alert for alert in self.alerts() if alert.state is not AlertState.NORMAL]

    def ringing(self) -> list[str]:
        """What rings now: rule and device."""
        shown = {AlertState.UNACKNOWLEDGED, AlertState.ACKNOWLEDGED}
        return sorted(f"{alert.rule} {alert.device}" for alert in self.alerts() if alert.state in shown)

    def raised(self) -> list[str]:
        """Everything that was ever raised: rule and device."""
        return sorted(f"{alert.rule} {alert.device}" for alert in self.alerts())

    def one(self, rule: str, device: str | None = None) -> Alert:
        """The newest alert of a rule."""
        found: list[Alert] = [a for a in self.alerts() if a.rule == rule and device in (None, a.device)]
        return found[-1]

    def events(self, alert: Alert) -> list[AlertEvent]:
        """What happened to it."""
        return [step.event for step in self.life(alert)]

    def told(self, events: Collection[AlertEvent] = tuple(AlertEvent)) -> list[tuple[str, AlertEvent]]:
        """What people were told: rule and event, in order."""
        alerts = {alert.id: alert for alert in self.alerts()}
        steps: dict[int, Transition] = {step.id: step for alert in alerts.values() for step in self.life(alert)}
        messages = sorted((note for alert in alerts for note in self.book.notifications(alert)), key=lambda n: n.id)
        said = [steps[note.transition] for note in messages]
        return [(alerts[step.alert].rule, step.event) for step in said if step.event in events]
