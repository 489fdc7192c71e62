"""The source against a real Mosquitto: nothing is acknowledged before it is told to be."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.config import BatchConfig, MqttConfig, TlsConfig
from collector.mqtt import MqttSource
from domain.errors import ConfigurationError
from domain.message import Message
from support.publishing import publish_all, publishing
from support.servers import Server
from support.waiting import eventually

pytestmark = pytest.mark.broker
names = (f"source-{number}" for number in itertools.count())
Make = Callable[..., MqttSource]


@pytest.fixture
def name() -> str:
    """A client id and topic level of this test's own."""
    return next(names)


@pytest.fixture
def make(name: str) -> Iterator[Make]:
    """Sources with the same persistent session, stopped at the end."""
    made: list[MqttSource] = []

    def source(server: Server, version: str = "3.1.1", group: str | None = None, **batch: int) -> MqttSource:
        config = MqttConfig(port=server.port, client_id=name, version=version, share_group=group)  # type: ignore[arg-type]
        made.append(MqttSource(config, BatchConfig(**batch), [f"{name}/#"], lambda: 1_000))
        made[-1].start()
        return made[-1]

    yield source
    for one in made:
        one.stop()


def connect(source: MqttSource) -> None:
    """Serve the network until the subscription stands."""
    eventually(lambda: source.take(0.05) or source.connected)


def take(source: MqttSource, count: int) -> list[Message]:
    """Take batches until there are so many messages."""
    taken: list[Message] = []
    eventually(lambda: (taken.extend(source.take(0.1)), len(taken) >= count)[1], what=f"{count} messages")
    return taken


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_unacknowledged_messages_come_again_to_the_next_process(
    mosquitto: Server, name: str, make: Make, version: str
) -> None:
    first = make(mosquitto, version)
    connect(first)
    publish_all(mosquitto.port, [(f"{name}/a", b"%d" % number) for number in range(10)])
    got = take(first, 10)
    first.acknowledge(got[:4])
    connect(first)
    first.stop()

    second = take(make(mosquitto, version), 6)

    assert [message.payload for message in second] == [b"%d" % number for number in range(4, 10)]
    assert all(message.redelivered for message in second)


def test_messages_published_while_away_are_delivered_on_return(mosquitto: Server, name: str, make: Make) -> None:
    first = make(mosquitto)
    connect(first)
    first.stop()
    publish_all(mosquitto.port, [(f"{name}/a", b"x")] * 30)

    assert len(take(make(mosquitto), 30)) == 30


def test_a_batch_ends_at_its_size(mosquitto: Server, name: str, make: Make) -> None:
    source = make(mosquitto, size=7)
    connect(source)
    publish_all(mosquitto.port, [(f"{name}/a", b"x")] * 20)

    eventually(lambda: len(source.take(0.5)) == 7)


def test_the_retained_flag_is_part_of_the_message(mosquitto: Server, name: str, make: Make) -> None:
    with publishing(mosquitto.port) as client:
        client.publish(f"{name}/status", b"online", qos=1, retain=True).wait_for_publish(5)

    assert take(make(mosquitto), 1)[0].retained


def test_two_collectors_in_a_shared_subscription_get_every_message_once(
    mosquitto: Server, name: str, make: Make
) -> None:
    one = make(mosquitto, group=name)
    other = MqttSource(
        MqttConfig(port=mosquitto.port, client_id=f"{name}-other", share_group=name),
        BatchConfig(),
        [f"{name}/#"],
        lambda: 1_000,
    )
    other.start()
    connect(one)
    connect(other)
    publish_all(mosquitto.port, [(f"{name}/a", b"%d" % number) for number in range(100)])
    got: dict[MqttSource, list[bytes]] = {one: [], other: []}

    def gather() -> bool:
        for source, into in got.items():
            batch = source.take(0.05)
            into += [message.payload for message in batch]
            source.acknowledge(batch)
        return sum(map(len, got.values())) >= 100

    eventually(gather)
    other.stop()
    assert sorted(got[one] + got[other]) == sorted(b"%d" % number for number in range(100))
    assert got[one]
    assert got[other]


def test_a_broker_that_is_away_is_a_state_and_not_an_error(mosquitto: Server, name: str, make: Make) -> None:
    mosquitto.stop()
    source = make(mosquitto)
    assert source.take(0.2) == []
    assert not source.connected
    assert source.last_error

    mosquitto.start()
    connect(source)
    assert source.last_error is None


def test_a_reconnect_subscribes_again(mosquitto: Server, name: str, make: Make) -> None:
    source = make(mosquitto)
    connect(source)
    mosquitto.kill()
    eventually(lambda: source.take(0.05) or not source.connected)
    mosquitto.start()
    connect(source)
    publish_all(mosquitto.port, [(f"{name}/a", b"again")])

    assert take(source, 1)[0].payload == b"again"


def test_a_message_of_an_earlier_connection_is_not_acknowledged_on_the_next(
    mosquitto: Server, name: str, make: Make
) -> None:
    """After a broker's restart the same packet id may name another message."""
    source = make(mosquitto)
    connect(source)
    publish_all(mosquitto.port, [(f"{name}/a", b"kept")])
    held = take(source, 1)
    mosquitto.stop()
    eventually(lambda: source.take(0.05) or not source.connected)
    mosquitto.start()
    again = take(source, 1)
    source.acknowledge(held)
    connect(source)
    source.stop()

    assert again[0].payload == b"kept"
    assert take(make(mosquitto), 1)[0].payload == b"kept"


def test_a_topic_added_while_connected_is_heard_without_a_restart(mosquitto: Server, name: str, make: Make) -> None:
    source = make(mosquitto)
    connect(source)
    source.listen_to([f"{name}/#", f"{name}-more/#"])
    source.take(0.2)
    publish_all(mosquitto.port, [(f"{name}-more/a", b"1"), (f"{name}/a", b"2")])
    assert {message.payload for message in take(source, 2)} == {b"1", b"2"}


def test_a_topic_let_go_is_heard_no_more(mosquitto: Server, name: str, make: Make) -> None:
    source = make(mosquitto)
    connect(source)
    source.listen_to([f"{name}-more/#"])
    source.take(0.2)
    publish_all(mosquitto.port, [(f"{name}/a", b"1"), (f"{name}-more/a", b"2")])
    assert [message.payload for message in take(source, 1)] == [b"2"]


def test_a_changed_subscription_brings_no_retained_message_again(mosquitto: Server, name: str, make: Make) -> None:
    with publishing(mosquitto.port) as client:
        client.publish(f"{name}/status", b"online", qos=1, retain=True).wait_for_publish(10)
    source = make(mosquitto)
    take(source, 1)
    source.listen_to([f"{name}/#", f"{name}-more/#"])
    assert source.take(0.5) == []


def test_topics_changed_before_the_broker_is_there_are_those_subscribed(
    mosquitto: Server, name: str, make: Make
) -> None:
    source = make(mosquitto)
    source.listen_to([f"{name}-more/#"])
    connect(source)
    publish_all(mosquitto.port, [(f"{name}/a", b"1"), (f"{name}-more/a", b"2")])
    assert [message.payload for message in take(source, 1)] == [b"2"]


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_a_source_stopped_and_started_is_given_again_what_it_did_not_acknowledge(
    mosquitto: Server, name: str, make: Make, version: str
) -> None:
    source = make(mosquitto, version)
    connect(source)
    publish_all(mosquitto.port, [(f"{name}/a", b"%d" % number) for number in range(5)])
    source.acknowledge(take(source, 5)[:2])
    connect(source)
    source.stop()
    source.start()

    again = take(source, 3)
    assert [(message.payload, message.redelivered) for message in again] == [(b"2", True), (b"3", True), (b"4", True)]


def test_a_certificate_that_is_missing_is_named(tmp_path: Path) -> None:
    config = MqttConfig(tls=TlsConfig(enabled=True, ca_file=tmp_path / "ca.pem"))
    with pytest.raises(ConfigurationError, match=r"mqtt\.tls: .*ca\.pem cannot be used: .*No such file"):
        MqttSource(config, BatchConfig(), ["#"], lambda: 0)
