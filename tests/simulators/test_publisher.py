"""The publisher and the real-time runner against a real Mosquitto."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator

import pytest

from domain.errors import Unavailable
from domain.registry import Installation
from service.clock import now
from simulators.fleet import Load, device_name, drive, installation, messages
from simulators.publisher import Publisher
from simulators.runner import run
from simulators.scenario import demo_fleet
from support.mqtt import Listener
from support.servers import Server, free_port

pytestmark = pytest.mark.broker


@pytest.fixture
def publisher(mosquitto: Server) -> Iterator[Publisher]:
    """Connected to the shared Mosquitto."""
    publisher = Publisher(port=mosquitto.port)
    publisher.start()
    assert publisher.wait_connected(10)
    yield publisher
    publisher.stop()


def test_what_is_published_is_acknowledged_and_arrives_once(mosquitto: Server, publisher: Publisher) -> None:
    with Listener(mosquitto.port, "pub/once") as listener:
        for number in range(3000):
            publisher.publish("pub/once", str(number).encode())
        assert publisher.wait_for_acknowledged(20)
        assert listener.wait_for(3000)
    assert (publisher.published, publisher.acknowledged) == (3000, 3000)
    assert [int(payload) for _, payload, _ in listener.messages] == list(range(3000))


def test_status_is_retained_while_connected_and_offline_after(mosquitto: Server) -> None:
    topic = "pantau/sim-status/status"
    publisher = Publisher(port=mosquitto.port, status_topic=topic)
    publisher.start()
    assert publisher.wait_connected(10)
    publisher.publish("pub/other", b"x")
    assert publisher.wait_for_acknowledged(10)
    with Listener(mosquitto.port, topic) as listener:
        assert listener.wait_for(1)
        publisher.stop()
        assert listener.wait_for(2)
    assert [(payload, retained) for _, payload, retained in listener.messages] == [
        (b"online", True),
        (b"offline", False),
    ]
    assert (publisher.published, publisher.acknowledged) == (1, 1)


def test_messages_given_while_the_broker_is_away_are_sent_when_it_is_back(mosquitto: Server) -> None:
    publisher = Publisher(port=mosquitto.port)
    publisher.start()
    assert publisher.wait_connected(10)
    mosquitto.stop()
    for number in range(50):
        publisher.publish("pub/away", str(number).encode())
    assert publisher.acknowledged == 0
    mosquitto.start()
    assert publisher.wait_for_acknowledged(20)
    assert publisher.acknowledged == 50
    publisher.stop()


def test_a_full_window_is_said_not_swallowed() -> None:
    publisher = Publisher(port=free_port(), window=3)
    for _ in range(3):
        publisher.publish("pub/full", b"x")
    with pytest.raises(Unavailable, match="acknowledged nothing"):
        publisher.publish("pub/full", b"x", timeout=0.0)
    assert publisher.published == 3


def test_a_fleet_runs_in_real_time_until_it_is_stopped(mosquitto: Server, publisher: Publisher) -> None:
    fleet, stop = demo_fleet(2), threading.Event()
    with Listener(mosquitto.port, "pantau/+/+/telemetry") as listener:
        thread = threading.Thread(target=run, args=(fleet, publisher, now, stop, 200))
        thread.start()
        assert listener.wait_for(3 * len(fleet.devices))
        stop.set()
        thread.join(10)
    assert {topic.split("/")[2] for topic, _, _ in listener.messages} == set(fleet.devices)


def test_every_device_is_online_while_it_runs_and_offline_after(mosquitto: Server) -> None:
    fleet, stop, publisher = demo_fleet(2), threading.Event(), Publisher(port=mosquitto.port)
    publisher.start()
    assert publisher.wait_connected(10)
    with Listener(mosquitto.port, "pantau/+/+/status") as listener:
        thread = threading.Thread(target=run, args=(fleet, publisher, now, stop, 200))
        thread.start()
        assert listener.wait_for(len(fleet.devices))
        stop.set()
        thread.join(10)
        assert listener.wait_for(2 * len(fleet.devices))
    publisher.stop()
    heard = [(topic.split("/")[2], payload) for topic, payload, _ in listener.messages]
    assert heard == [(device, word) for word in (b"online", b"offline") for device in fleet.devices]


def test_a_load_of_many_devices_arrives_whole(mosquitto: Server) -> None:
    publishers = [Publisher(port=mosquitto.port, status_topic=None) for _ in range(3)]
    for publisher in publishers:
        publisher.start()
        assert publisher.wait_connected(10)
    with Listener(mosquitto.port, "pantau/beban/+/telemetry") as listener:
        report = drive(Load(devices=200, messages=4000, paced=False), publishers, now, threading.Event())
        assert listener.wait_for(4000)
    for publisher in publishers:
        publisher.stop()
    assert (report.published, report.acknowledged) == (4000, 4000)
    assert len({topic for topic, _, _ in listener.messages}) == 200
    assert len({(topic, payload) for topic, payload, _ in listener.messages}) == 4000


def test_a_load_is_paced_by_rate_and_ends_after_its_seconds(publisher: Publisher) -> None:
    report = drive(Load(devices=50, rate=4, seconds=0.5), [publisher], now, threading.Event())
    assert report.published == report.acknowledged == 100
    assert report.seconds >= 0.45


def test_a_load_spreads_its_devices_evenly_over_the_second() -> None:
    times = [time for time, _, _ in messages(Load(devices=2000, seconds=1), 1_000_000)]
    assert len(times) == 2000
    assert times[-1] - times[0] == 999


def test_the_load_comes_with_an_installation_for_its_devices() -> None:
    registered = Installation.model_validate(tomllib.loads(installation(20)))
    assert [device.id for device in registered.devices] == [device_name(number) for number in range(1, 21)]
