"""A Sparkplug birth that was missed: asked for over a real broker, and what waited for it is read by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from device_profiles.sparkplug_pb2 import Payload
from domain.message import RejectReason
from domain.registry import Device, Installation, Site, SiteKind, Stage
from domain.text import Text
from service.clock import now
from service.jobs import Jobs
from service.roles import collecting, schedule_collector, scheduled
from service.settings import Settings
from service.wiring import Application, build
from support.mqtt import Listener
from support.publishing import publishing
from support.servers import Server
from support.waiting import eventually

pytestmark = pytest.mark.broker

PROFILES = Path(__file__).parents[1] / "device_profiles" / "cases" / "sparkplug"
NAME = Text(id="uji", en="test")
PH = 10  # alias


@dataclass
class EdgeNode:
    """The node `epic`, and `line-1` behind it."""

    client: paho.Client
    group: str
    seq: int = 0

    def say(self, kind: str, *metrics: Payload.Metric, device: str = "") -> None:
        payload = Payload(metrics=metrics, timestamp=now(), seq=self.seq)
        self.seq = (self.seq + 1) % 256
        topic = f"spBv1.0/{self.group}/{kind}/epic" + (f"/{device}" if device else "")
        self.client.publish(topic, payload.SerializeToString(), qos=0).wait_for_publish(10)

    def ph(self, value: float, at: int) -> None:
        self.say("DDATA", Payload.Metric(alias=PH, float_value=value, timestamp=at), device="line-1")

    def be_born(self) -> None:
        self.seq = 0
        self.say("NBIRTH", Payload.Metric(name=b"bdSeq", datatype=8, long_value=1))
        named = Payload.Metric(name=b"Effluent/pH", alias=PH, datatype=9, float_value=7.0, timestamp=now())
        self.say("DBIRTH", named, device="line-1")


@pytest.fixture
def app(mosquitto: Server, tmp_path: Path) -> Iterator[Application]:
    """A collector at work with its jobs, and one Sparkplug device."""
    given = {
        "data_dir": tmp_path / "data",
        "profiles_dir": PROFILES,
        "mqtt": {"port": mosquitto.port, "client_id": f"rebirths-{mosquitto.port}"},
    }
    with ExitStack() as stack:
        made = build(Settings.model_validate(given), stack)
        site = Site(id="batik", name=NAME, kind=SiteKind.IPAL, stages=(Stage(id="outlet", name=NAME),))
        line = Device(id="line-1", site="batik", stage="outlet", profile="sparkplug-line", name=NAME)
        made.services.registry.apply(Installation(sites=(site,), devices=(line,)), "test", now())
        made.devices.refresh()
        made.collector.listen_to(made.devices.filters)
        jobs = Jobs("UTC")
        schedule_collector(made, jobs)
        stack.enter_context(collecting(made))
        stack.enter_context(scheduled(jobs))
        eventually(lambda: made.collector.connected, 10, "connected")
        yield made


def test_a_missed_birth_is_asked_for_and_what_waited_is_read(app: Application, mosquitto: Server) -> None:
    letters, group = app.services.dead_letters, "plant-rebirths"
    with Listener(mosquitto.port, f"spBv1.0/{group}/NCMD/epic") as commands, publishing(mosquitto.port) as client:
        node = EdgeNode(client, group, seq=41)
        sent = [7.25, 7.5]
        for seconds, value in enumerate(sent):
            node.ph(value, now() - 60_000 + 1_000 * seconds)
        eventually(lambda: letters.count() == len(sent), 10, "both values wait")
        assert {one.reason for one in letters.waiting(0, 10, None, "line-1")} == {RejectReason.UNANNOUNCED}

        assert commands.wait_for(1)
        _topic, payload, retained = commands.messages[0]
        [request] = Payload.FromString(payload).metrics
        assert (request.name, request.boolean_value, retained) == (b"Node Control/Rebirth", True, False)

        node.be_born()
        eventually(lambda: letters.count() == 0, 20, "the letters are read by themselves")
    recorded = app.services.journal.tail("line-1", "ph", 0, now() + 1)
    assert [reading.value for reading in recorded] == [*sent, 7.0]
    counts = app.services.journal.counters().total()
    assert (counts.received, counts.written, counts.dead_lettered) == (4, 3, 0)
    assert len(commands.messages) == 1
