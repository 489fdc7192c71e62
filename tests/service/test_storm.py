"""How many messages a person gets when much goes wrong at once: the real service, a real broker, a real receiver."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import paho.mqtt.client as paho
import pytest

from api.auth import new_token
from domain.account import Role
from domain.registry import Contact, Device, Installation, Route, Site, SiteKind, Stage
from domain.rule import SystemRule
from domain.system_condition import SystemCondition
from service.clock import now
from service.settings import Settings
from service.wiring import build
from support.alerts_stage import NAME, no_data_rule
from support.publishing import publishing
from support.receiver import Receiver
from support.servers import Server, free_port
from support.service_process import ServiceProcess
from support.waiting import answers, eventually

pytestmark = [pytest.mark.broker, pytest.mark.slow]

CHILDREN = 200
PATIENCE = 12.0  # s of silence that are borne
SPEAKS_EVERY = 3.0  # s
SETTLED = 18.0  # s in which every child that could tell something would have
GATEWAY = "gerbang"
OTHERS = ("outlet", "inlet")


def device(name: str, site: str = "batik", gateway: str | None = None) -> Device:
    """A tank of the house profile."""
    return Device(id=name, site=site, stage="outlet", profile="house-tank", name=NAME, gateway=gateway)


def plant(receiver: Receiver) -> Installation:
    """A gateway with two hundred devices, two devices without one, a second site; Budi is told of everything."""
    stages = (Stage(id="outlet", name=NAME),)
    sites = tuple(Site(id=name, name=NAME, kind=SiteKind.IPAL, stages=stages) for name in ("batik", "alas-kaki"))
    behind = (device(f"anak-{number}", gateway=GATEWAY) for number in range(CHILDREN))
    others = (device(name) for name in OTHERS)
    away = (device("press-1", "alas-kaki"), device("press-2", "alas-kaki"))
    hasty = (SystemCondition.GATEWAY_OFFLINE, SystemCondition.BROKER_DOWN)
    return Installation(
        sites=sites,
        devices=(device(GATEWAY), *behind, *others, *away),
        rules=(
            no_data_rule(scope={"metric": "*"}, after=PATIENCE),
            *(SystemRule(id=f"system.{c}", name=NAME, action=NAME, condition=c, after=5) for c in hasty),
        ),
        contacts=(Contact(id="budi", name="Budi", notifier="webhook", address=receiver.url),),
        routes=(Route(id="semua", contacts=("budi",)),),
    )


class Devices:
    """Everybody speaks every three seconds, but for those who are muted; nobody while the broker is away."""

    def __init__(self, client: paho.Client, devices: tuple[Device, ...]) -> None:
        self._client = client
        self._devices = devices
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._speak)
        self.muted: frozenset[str] = frozenset()
        self.told_to: list[str] = []
        self._thread.start()

    def mute(self, *sites_or_gateways: str) -> None:
        """All of a site, or all behind a gateway; nobody when nothing is named."""
        self.muted = frozenset(
            one.id for one in self._devices if {one.site, one.gateway, one.id} & {*sites_or_gateways}
        )

    def status(self, name: str, word: str) -> None:
        """What the broker says of a connection."""
        self._client.publish(f"pantau/batik/{name}/status", word, qos=1, retain=True)

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join()

    def _speak(self) -> None:
        while not self._stop.wait(SPEAKS_EVERY):
            for one in self._devices if self._client.is_connected() else ():
                if one.id not in self.muted:
                    self._client.publish(f"pantau/{one.site}/{one.id}/telemetry", b'{"ph":7.1}', qos=1)


class Storm:
    """The running service, its devices, and what Budi was told."""

    def __init__(self, client: httpx.Client, devices: Devices, receiver: Receiver) -> None:
        self.client, self.devices, self.receiver = client, devices, receiver

    @property
    def told(self) -> int:
        """Messages so far."""
        return len(self.receiver.received)

    def settle(self, messages: int) -> list[str]:
        """Wait for so many messages, then as long as others might take; what was told."""
        eventually(lambda: self.told >= messages, within=60, what=f"{messages} messages")
        until = time.monotonic() + SETTLED
        eventually(lambda: time.monotonic() > until, within=SETTLED * 2)
        return self.receiver.subjects

    def not_judged(self) -> dict[str, str | None]:
        """For whose sake a device is not judged, as the API says."""
        found: dict[str, str | None] = {}
        query: dict[str, str] = {"limit": "500"}
        while True:
            page = self.client.get("/api/v1/devices", params=query).raise_for_status().json()
            found |= {one["id"]: (one["not_judged"] or {}).get("by") for one in page["items"]}
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]

    def open(self) -> list[dict[str, object]]:
        """Alerts that have not ended."""
        items: list[dict[str, object]] = self.client.get("/api/v1/alerts").raise_for_status().json()["items"]
        return [alert for alert in items if alert["state"] != "normal"]


@pytest.fixture
def storm(mosquitto: Server, receiver: Receiver, tmp_path: Path) -> Iterator[Storm]:
    """All is well, and has been for a while."""
    with ExitStack() as stack:
        settings = Settings(data_dir=tmp_path / "data")
        app = build(settings, stack)
        given = plant(receiver)
        app.services.registry.apply(given, "test", now())
        secret, token = new_token("test", Role.TECHNICIAN, now())
        app.services.accounts.add_token(token)
        base = f"http://127.0.0.1:{free_port()}"
        process = ServiceProcess("run", settings.data_dir, {
            "PANTAU_MQTT__PORT": str(mosquitto.port), "PANTAU_MQTT__CLIENT_ID": "storm",
            "PANTAU_HTTP__PORT": base.rpartition(":")[2],
        })  # fmt: skip
        process.start()
        stack.callback(process.kill)
        client = stack.enter_context(httpx.Client(base_url=base, headers={"Authorization": f"Bearer {secret}"}))
        eventually(lambda: answers(base), within=30, what="the API answers")
        publisher = stack.enter_context(publishing(mosquitto.port))
        publisher.reconnect_delay_set(1, 1)
        devices = Devices(publisher, given.devices)
        stack.callback(devices.stop)
        devices.status(GATEWAY, "online")
        latest = "/api/v1/readings/latest"
        eventually(lambda: client.get(latest, params={"device": "anak-199"}).json()["items"], within=30)
        yield Storm(client, devices, receiver)


@pytest.mark.parametrize("last_will", [True, False], ids=["with a last will", "without"])
def test_a_gateway_with_two_hundred_devices_that_dies_and_returns_is_two_messages(
    storm: Storm, last_will: bool
) -> None:
    storm.devices.mute(GATEWAY)
    if last_will:
        storm.devices.status(GATEWAY, "offline")
    assert len(storm.settle(1)) == 1
    (parent,) = storm.open()
    judged = storm.not_judged()
    assert {judged[f"anak-{number}"] for number in range(CHILDREN)} == {parent["id"]}
    assert {judged[name] for name in OTHERS} == {None}

    storm.devices.mute()
    storm.devices.status(GATEWAY, "online")
    assert len(storm.settle(2)) == 2
    assert set(storm.not_judged().values()) == {None}


def test_a_site_without_power_is_one_message_and_one_when_it_is_back(storm: Storm) -> None:
    storm.devices.mute("batik")
    assert len(storm.settle(1)) == 1
    storm.devices.mute()

    assert len(storm.settle(2)) == 2


def test_a_broker_that_is_away_is_one_message_and_one_when_it_is_back(storm: Storm, mosquitto: Server) -> None:
    mosquitto.stop()
    assert len(storm.settle(1)) == 1
    mosquitto.start()

    assert len(storm.settle(2)) == 2
