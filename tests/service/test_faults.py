"""Every fault of the simulators, through a real broker and the whole service: what it declares, and nothing else.

All faults run at once, each at a site of its own, in one service. Time is compressed by profiles that expect a
message every second instead of every ten.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from device_profiles.catalogue import BUILTIN
from domain.reading import GOOD
from domain.registry import CompliancePoint, Device, Installation, Limit, LimitSet, Site, SiteKind, Stage
from domain.rule import LimitRule, Scope
from service.clock import now
from service.settings import Settings
from service.wiring import Application, build
from simulators import faults_clock, faults_instruments, faults_line, faults_water
from simulators.ensemble import Fleet
from simulators.fault import Expectation, Fault, Outgoing
from simulators.faults import FAULTS
from simulators.ipal import ANALYSERS, METERS, PUMP, STAGE_OF, Ipal
from simulators.line import Line
from simulators.machines import Machine
from simulators.publisher import Publisher
from simulators.source import Source
from storage.quality_book import SqlQualityBook
from support.plant import named
from support.servers import Mosquitto, Server, free_port
from support.service_process import ServiceProcess
from support.waiting import eventually

pytestmark = [pytest.mark.broker, pytest.mark.slow]

SECOND = 1_000
STEP = SECOND
LASTS = 40 * SECOND
PATIENCE = 12 * SECOND  # of the profiles of this test
START = 4 * SECOND  # of every fault
SOON = 5 * SECOND  # shorter than the patience
LONG = 20 * SECOND
PROFILES = {"press-1": "house-hot-press", "jahit-1": "house-sewing-machine"}
OUTLET, TANK, NEIGHBOUR = "ipal-outlet", "bak-filtrasi", "bak-aerob"


@dataclass
class Case:
    """One fault at its site, with the devices there. `sent` is all that went to the broker."""

    site: str
    fault: type[Fault]
    lasts: int
    devices: tuple[str, ...]
    more: dict[str, Any] = field(default_factory=dict)
    sent: list[Outgoing] = field(default_factory=list)
    expected: Expectation = field(default_factory=Expectation)

    def prepare(self, begin: int) -> None:
        """Work out all messages from `begin` on."""
        fault = self.fault(start=begin + START, duration=self.lasts, interval=STEP, patience=PATIENCE, **self.more)
        self.expected = fault.expectation
        fleet = Fleet(list(self._sources()), lambda *_: (fault,))
        line = Line(fleet.faults)
        self.sent = list(line.carry(fleet.messages(begin, begin + LASTS, STEP), begin, begin + LASTS + LONG))

    def _sources(self) -> Iterator[Source]:
        if set(self.devices) & set(STAGE_OF):
            yield Ipal(7, self.site, self.devices)
        yield from (Machine(7, name, self.site) for name in self.devices if name in PROFILES)


def case(site: str, fault: type[Fault], lasts: int, devices: tuple[str, ...], **more: Any) -> Case:
    """A case with the first device as its target."""
    return Case(site, fault, lasts, devices, {"target": devices[0], **more} if fault in AIMED else more)


WATER = (faults_water.DyeDump, faults_water.DosingPumpOff, faults_water.Flood)
AIMED = set(FAULTS.values()) - {*WATER, faults_line.GatewayDown}
PLANT = tuple(STAGE_OF)
CASES = [
    case("dye-dump", faults_water.DyeDump, 12 * SECOND, PLANT, residence=SECOND),
    case("dosing-pump-off", faults_water.DosingPumpOff, 12 * SECOND, PLANT, residence=SECOND),
    case("flood", faults_water.Flood, 12 * SECOND, PLANT),
    case("ph-drift", faults_instruments.PhDrift, 30 * SECOND, (OUTLET, TANK)),
    case("ph-drift-tank", faults_instruments.PhDrift, 30 * SECOND, (TANK, OUTLET)),
    case("stuck", faults_instruments.Stuck, LONG, (TANK, NEIGHBOUR), metric="ph"),
    case("spike", faults_instruments.Spike, 30 * SECOND, (TANK, NEIGHBOUR), metric="do"),
    case("out-of-range", faults_instruments.OutOfRange, 10 * SECOND, (OUTLET, TANK), metric="ph"),
    case("counter-reset", faults_instruments.CounterReset, SECOND, ("press-1", "jahit-1")),
    case("flapping-run", faults_instruments.FlappingRun, LONG, ("press-1", "jahit-1")),
    case("clock-skew", faults_clock.ClockSkew, LONG, (OUTLET, TANK)),
    case("clock-skew-soon", faults_clock.ClockSkew, SOON, (OUTLET, TANK)),
    case("clock-skew-near", faults_clock.ClockSkew, SOON, (OUTLET, TANK), ahead=2 * SECOND),
    case("clock-behind", faults_clock.ClockSkew, LONG, (OUTLET, TANK), ahead=-600 * SECOND),
    case("clock-local", faults_clock.ClockLocal, LONG, (OUTLET, TANK)),
    case("clock-local-unmarked", faults_clock.ClockLocal, LONG, (OUTLET, TANK), marked=False),
    case("dropout", faults_line.Dropout, LONG, ("jahit-1", "press-1")),
    case("dropout-soon", faults_line.Dropout, SOON, ("jahit-1", "press-1")),
    case("gateway-down", faults_line.GatewayDown, LONG, (OUTLET, TANK, NEIGHBOUR), targets=(OUTLET, TANK)),
    case("duplicate", faults_line.Duplicate, LONG, (OUTLET, TANK)),
    case("late-batch", faults_line.LateBatch, LONG, (OUTLET, TANK)),
    case("out-of-order", faults_line.OutOfOrder, LONG, (OUTLET, TANK)),
    case("retained-replay", faults_line.RetainedReplay, LASTS, (OUTLET, TANK)),
    case("retained-replay-timeless", faults_line.RetainedReplay, LASTS, (OUTLET, TANK), timeless=True),
    case("malformed", faults_line.Malformed, LONG, (OUTLET, TANK)),
    case("reboot-loop", faults_line.RebootLoop, LONG, (OUTLET, TANK)),
]
each_case = pytest.mark.parametrize("one", CASES, ids=lambda one: one.site)


def device_id(site: str, address: str) -> str:
    """How a case's device is registered; on the broker it has its ordinary name."""
    return f"{site}.{address}".replace(".", "-at-")


def installation() -> Installation:
    """A site for each case."""
    limits = LimitSet(
        id="limits", name=named("Limits"), source="a source", valid_from=date(2025, 1, 1),
        limits=(
            Limit(metric="ph", unit="pH", min=6, max=9), Limit(metric="tss", unit="mg/L", max=50),
            Limit(metric="cod", unit="mg/L", max=150), Limit(metric="nh3n", unit="mg/L", max=8),
            Limit(metric="temperature", unit="Cel", max=38),
        ),
    )  # fmt: skip
    full = LimitRule(
        id="level", name=named("Full"), scope=Scope(metric="level", device=device_id("flood", "bak-ekualisasi")),
        action=named("Look"), above=90, deadband=5, on_delay=2,
    )  # fmt: skip
    stage = Stage(id="all", name=named("All"))
    return Installation(
        sites=tuple(Site(id=one.site, name=named(one.site), kind=SiteKind.IPAL, stages=(stage,)) for one in CASES),
        devices=tuple(registered(one.site, address) for one in CASES for address in one.devices),
        limit_sets=(limits,),
        compliance_points=tuple(
            CompliancePoint(
                id=f"point-{one.site}", site=one.site, stage="all", name=named("Point"), limit_set="limits",
                devices=(device_id(one.site, OUTLET),),
            )
            for one in CASES if OUTLET in one.devices
        ),
        rules=(full,),
    )  # fmt: skip


def registered(site: str, address: str) -> Device:
    """One device of a case."""
    plant = {PUMP: "house-dosing-pump", **dict.fromkeys(METERS, "house-flow-meter")}
    profile = f"house-{address}" if address in ANALYSERS else plant.get(address, PROFILES.get(address, "house-tank"))
    return Device(
        id=device_id(site, address), site=site, stage="all", profile=profile, name=named(address), address=address
    )


def quick_profiles(folder: Path) -> Path:
    """The house profiles, ten times as impatient, with the checks that this test wants and no others."""
    folder.mkdir()
    for file in BUILTIN.glob("house-*.toml"):
        text = re.sub(r"^(max_same|max_rate|spike) .*\n", "", file.read_text("utf-8"), flags=re.MULTILINE)
        for found, replaced in CHANGES.items():
            text = text.replace(found, replaced, 1)
        (folder / file.name).write_text(text, "utf-8")
    return folder


CHANGES = {
    "interval = 10": "interval = 1",
    "grace = 50": "grace = 11",
    "\ntitle =": "\nreplaces = true\ntitle =",
    "[metrics.ph]": "[metrics.ph]\nmax_same = 15",
    "[metrics.do]": "[metrics.do]\nspike = { window = 10, floor = 1.0 }",
}


@dataclass
class Played:
    """The service after all messages were seen through. `alerts` as they stood then."""

    app: Application
    process: ServiceProcess
    alerts: dict[str, set[tuple[str, str, str]]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """All faults at once, in real time, against `pantau run`."""
    folder = tmp_path_factory.mktemp("faults")
    broker = Mosquitto(folder / "mosquitto")
    broker.start()
    settings = Settings(data_dir=folder / "data", profiles_dir=quick_profiles(folder / "profiles"))
    process = ServiceProcess("run", settings.data_dir, environment(broker, settings))
    try:
        with ExitStack() as stack:
            app = build(settings, stack)
            app.services.registry.apply(installation(), "test", now())
            start(app, process)
            sent = play(broker.port)
            eventually(lambda: app.services.journal.counters().total().received >= sent, 30, f"{sent} received")
            eventually(lambda: judged(app), 15, "everything judged")
            alerts = alerts_of(app)
            eventually(lambda: checked(app), 30, "everything checked")
            yield Played(app, process, alerts)
    finally:
        process.stop()
        broker.stop()


def environment(broker: Server, settings: Settings) -> dict[str, str]:
    """Settings of the service process."""
    return {
        "PANTAU_MQTT__PORT": str(broker.port),
        "PANTAU_MQTT__CLIENT_ID": "faults",
        "PANTAU_HTTP__PORT": str(free_port()),
        "PANTAU_PROFILES_DIR": str(settings.profiles_dir),
        "PANTAU_ALERTS__TICK_SECONDS": "0.5",
        "PANTAU_QUALITY__EVERY_SECONDS": "2",
    }


def start(app: Application, process: ServiceProcess) -> None:
    """Start the service and wait until it is subscribed."""
    begun = now()
    process.start()
    eventually(
        lambda: any(
            b.part == "broker" and b.at > begun and b.detail["state"] == "connected"
            for b in app.services.heartbeats.all()
        ),
        within=40,
        what="the collector connects",
    )


def play(port: int) -> int:
    """Every case's messages, when they are due; how many there were."""
    preparing = now() // STEP * STEP
    for one in CASES:
        one.prepare(preparing)
    begin = now() // STEP * STEP + 2 * STEP
    for one in CASES:
        one.prepare(begin)
    publisher = Publisher("127.0.0.1", port)
    publisher.start()
    try:
        for message in sorted((m for one in CASES for m in one.sent), key=lambda m: m.time):
            time.sleep(max(0.0, (message.time - now()) / 1000))
            publisher.publish(message.topic, message.payload, retain=message.retain)
        assert publisher.wait_for_acknowledged(10)
    finally:
        publisher.stop()
    return publisher.published


def judged(app: Application) -> bool:
    """Whether the alerts have seen all of the journal."""
    return app.services.journal.depth("alerts", now()).rows == 0


def checked(app: Application) -> bool:
    """Whether the windowed checks have seen all of the journal."""
    book = app.services.quality
    assert isinstance(book, SqlQualityBook)
    return book.cursors()[0] == app.services.journal.head()


def alerts_of(app: Application) -> dict[str, set[tuple[str, str, str]]]:
    """What was raised at each site: kind, address, metric."""
    found: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    after: str | None = None
    while True:
        page = app.services.book.page(after, 200, None, None, None, False)
        for alert in page.items:
            address = alert.device.removeprefix(alert.site).removeprefix("-at-")
            found[alert.site].add((alert.kind, address, "" if alert.kind == "no_data" else alert.metric))
        after = page.next
        if after is None:
            return found


class Fate:
    """What must become of what one device sent, by the rules for times and payloads alone."""

    def __init__(self, messages: list[Outgoing]) -> None:
        self.sent = len(messages)
        self.letters = 0
        self.own: dict[tuple[str, int], float] = {}  # (metric, time) to value, where the device's time counts
        self.by_receipt: dict[str, int] = defaultdict(int)  # readings of each metric at their time of receipt
        for message in messages:
            self._add(message)

    def _add(self, message: Outgoing) -> None:
        try:
            values = json.loads(message.payload)
        except ValueError:
            self.letters += 1
            return
        at = own_time(values.pop("time", ""))
        if at is not None and at > message.time + 300_000:
            self.letters += 1
            return
        for metric, value in values.items():
            if at is None:
                self.by_receipt[metric] += 1
            else:
                self.own[metric, at] = value

    def metrics(self) -> set[str]:
        """All it measures."""
        return {metric for metric, _ in self.own} | set(self.by_receipt)


def own_time(text: str) -> int | None:
    """The device's time, where it can be used."""
    if not text.endswith("Z"):
        return None
    at = round(datetime.fromisoformat(text).timestamp() * 1000)
    return at if at > 946_684_800_000 else None


def fates(one: Case) -> dict[str, Fate]:
    """By registered device."""
    sent: dict[str, list[Outgoing]] = {address: [] for address in one.devices}
    for message in one.sent:
        sent[message.topic.split("/")[2]].append(message)
    return {device_id(one.site, address): Fate(messages) for address, messages in sent.items()}


def test_every_fault_is_played() -> None:
    assert {one.fault for one in CASES} == set(FAULTS.values())


@each_case
def test_it_raises_the_alerts_it_declares_and_no_other(played: Played, one: Case) -> None:
    declared = {(alert.kind, alert.device, alert.metric) for alert in one.expected.alerts}
    assert played.alerts.get(one.site, set()) == declared


@each_case
def test_every_reading_is_stored_exactly_once(played: Played, one: Case) -> None:
    for device, fate in fates(one).items():
        for metric in fate.metrics():
            stored = played.app.services.readings.raw(device, metric, 0, 2**52)
            own = {r.time: r.value for r in stored if (metric, r.time) in fate.own}
            assert own == {at: value for (name, at), value in fate.own.items() if name == metric}
            assert len(stored) == len(own) + fate.by_receipt[metric]


@each_case
def test_the_flags_are_those_it_declares_and_no_other(played: Played, one: Case) -> None:
    tails = (
        played.app.services.journal.tail(device, metric, 0, 2**52)
        for device, fate in fates(one).items()
        for metric in fate.metrics()
    )
    assert {r.reason for tail in tails for r in tail if r.quality != GOOD} == set(one.expected.flags)


@each_case
def test_the_dead_letters_are_those_it_declares_and_no_other(played: Played, one: Case) -> None:
    reasons = set()
    for device, fate in fates(one).items():
        letters = played.app.services.dead_letters.page(None, 200, None, device).items
        assert len(letters) == fate.letters
        reasons |= {letter.reason for letter in letters}
    assert reasons == set(one.expected.dead_letters)


@each_case
def test_its_counters_reconcile(played: Played, one: Case) -> None:
    counted = played.app.services.journal.counters().devices
    for device, fate in fates(one).items():
        tally = counted[device]
        assert tally.received == fate.sent == tally.written + tally.dead_lettered + tally.redelivered
        assert (tally.dead_lettered, tally.redelivered, tally.dropped) == (fate.letters, 0, 0)


def test_nothing_came_from_nowhere(played: Played) -> None:
    assert set(played.app.services.journal.counters().devices) <= {d.id for d in installation().devices}


@each_case
def test_the_windowed_checks_find_what_it_declares_and_nothing_else(played: Played, one: Case) -> None:
    found = {
        interval.reason
        for address in one.devices
        for interval in played.app.services.quality.page(
            None, 200, device_id(one.site, address), None, None, None
        ).items
    }
    assert found == set(one.expected.checks)


def test_a_retained_message_given_out_again_is_no_second_reading(played: Played) -> None:
    """Last of all, since the service is started anew for it: a new subscription."""
    retained = [one for one in CASES if one.fault is faults_line.RetainedReplay]
    devices = {one.site: device_id(one.site, OUTLET) for one in retained}
    before = {site: stored(played.app, device) for site, device in devices.items()}
    received = played.app.services.journal.counters().total().received
    played.process.stop()
    start(played.app, played.process)
    total: Callable[[], int] = lambda: played.app.services.journal.counters().total().received  # noqa: E731
    eventually(lambda: total() == received + len(retained), 15, "the retained messages come")

    for one in retained:
        tally = played.app.services.journal.counters().devices[devices[one.site]]
        assert stored(played.app, devices[one.site]) == before[one.site]
        assert tally.redelivered == int(one.expected.redelivered)


def stored(app: Application, device: str) -> list[tuple[int, float | None]]:
    """The pH readings of a device."""
    return [(r.time, r.value) for r in app.services.readings.raw(device, "ph", 0, 2**52)]
