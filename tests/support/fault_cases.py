"""Every fault of the simulators at a site of its own: devices, messages, and what must become of them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from device_profiles.catalogue import BUILTIN
from domain.registry import CompliancePoint, Device, Installation, Limit, LimitSet, Site, SiteKind, Stage
from domain.rule import LimitRule, Scope
from simulators import faults_clock, faults_instruments, faults_line, faults_water
from simulators.ensemble import Fleet
from simulators.fault import Expectation, Fault, Outgoing
from simulators.faults import FAULTS
from simulators.ipal import ANALYSERS, METERS, PUMP, STAGE_OF, Ipal
from simulators.line import Line
from simulators.machines import Machine
from simulators.plant import Plant
from simulators.source import Source
from support.plant import named

SECOND = 1_000
STEP = SECOND
LASTS = 40 * SECOND
PATIENCE = 15 * SECOND  # of the profiles of this test
START = 4 * SECOND  # of every fault
SOON = 5 * SECOND  # shorter than the patience
LONG = 20 * SECOND
WATER_OF_ALL = Plant(7)  # each plant takes seconds to work out
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
    sources: list[Source] = field(default_factory=list)
    expected: Expectation = field(default_factory=Expectation)

    def prepare(self, begin: int) -> None:
        """Work out all messages from `begin` on."""
        fault = self.fault(start=begin + START, duration=self.lasts, interval=STEP, patience=PATIENCE, **self.more)
        self.expected = fault.expectation
        self.sources = self.sources or list(self._sources())
        fleet = Fleet(self.sources, lambda *_: (fault,))
        line = Line(fleet.faults)
        self.sent = list(line.carry(fleet.messages(begin, begin + LASTS, STEP), begin, begin + LASTS + LONG))

    def _sources(self) -> Iterator[Source]:
        if set(self.devices) & set(STAGE_OF):
            yield Ipal(7, self.site, self.devices, WATER_OF_ALL)
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
    "grace = 50": "grace = 14",
    "\ntitle =": "\nreplaces = true\ntitle =",
    "[metrics.ph]": "[metrics.ph]\nmax_same = 15",
    "[metrics.do]": "[metrics.do]\nspike = { window = 10, floor = 1.0 }",
}


def prepare(at: int) -> int:
    """Work out the messages of all cases from the next whole second on; that second."""
    begin = -(-at // STEP) * STEP
    for one in CASES:
        one.prepare(begin)
    return begin


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
