"""What a Sparkplug host does beyond reading one message: sequence, rebirth requests, restarts, replays, bounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from device_profiles import sparkplug_births
from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from device_profiles.sparkplug_births import Birth, Births
from device_profiles.sparkplug_host import ASK_EVERY, DOUBT, SparkplugHost
from device_profiles.sparkplug_pb2 import Payload
from device_profiles.sparkplug_topic import Edge, filters
from domain.message import Message, Outcome, RejectReason
from domain.registry import Device, Site, SiteKind
from domain.text import Text

CASES = Path(__file__).parent / "cases" / "sparkplug"
NAME = Text(id="uji", en="test")
NOW = 1_750_000_000_000
PH = 10  # alias
Say = Callable[..., Outcome]


class Broker:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes]] = []

    def publish(self, topic: str, payload: bytes) -> None:
        self.published.append((topic, payload))


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def host(broker: Broker) -> SparkplugHost:
    made = SparkplugHost()
    made.publisher = broker
    return made


@pytest.fixture
def say(host: SparkplugHost) -> Say:
    return speaker(host)


def speaker(host: SparkplugHost) -> Say:
    """Says something in the name of device `line-1` or `line-2` behind the node `epic`, or of the node."""
    cast = [
        Device(id=line, site="batik", stage="outlet", profile="sparkplug-line", name=NAME)
        for line in ("line-1", "line-2")
    ]
    interpreter = Interpreter(
        Catalogue.load(CASES), cast, [Site(id="batik", name=NAME, kind=SiteKind.IPAL)], sparkplug=host
    )

    def say(kind: str, device: str, *metrics: Payload.Metric, seq: int | None, at: int = NOW) -> Outcome:
        payload = Payload(metrics=metrics, timestamp=at, seq=seq) if seq is not None else Payload(metrics=metrics)
        topic = f"spBv1.0/plant/{kind}/epic" + (f"/{device}" if device else "")
        return interpreter.interpret(Message(topic, payload.SerializeToString(), at))

    return say


def session(number: int) -> Payload.Metric:
    return Payload.Metric(name=b"bdSeq", datatype=8, long_value=number)


def named(value: float, alias: int = PH) -> Payload.Metric:
    return Payload.Metric(name=b"Effluent/pH", alias=alias, datatype=9, float_value=value)


def ph(value: float, alias: int = PH) -> Payload.Metric:
    return Payload.Metric(alias=alias, float_value=value)


def values(outcome: Outcome) -> list[float | None]:
    return [reading.value for reading in outcome.readings if reading.series.metric == "ph"]


def reasons(outcome: Outcome) -> list[str]:
    return [rejection.reason for rejection in outcome.rejections]


def test_messages_in_order_are_read_across_the_turn_of_the_count(say: Say, broker: Broker) -> None:
    say("NBIRTH", "", session(1), seq=0)
    say("DBIRTH", "line-1", named(7.0), seq=1)
    outcomes = [say("DDATA", "line-1", ph(7.5), seq=count % 256) for count in range(2, 600)]
    assert all(values(outcome) == [7.5] for outcome in outcomes)
    assert broker.published == []


def test_a_gap_in_the_count_keeps_the_message_and_asks_for_a_rebirth(say: Say, broker: Broker) -> None:
    say("DBIRTH", "line-1", named(7.0), seq=1)
    outcome = say("DDATA", "line-1", ph(7.5), seq=3)
    assert reasons(outcome) == [RejectReason.OUT_OF_SEQUENCE]
    assert [topic for topic, _ in broker.published] == ["spBv1.0/plant/NCMD/epic"]


def test_the_request_is_the_command_of_the_specification(say: Say, broker: Broker) -> None:
    say("DDATA", "line-1", ph(7.5), seq=3)
    request = Payload.FromString(broker.published[0][1])
    assert [(m.name, m.datatype, m.boolean_value) for m in request.metrics] == [(b"Node Control/Rebirth", 11, True)]


def test_a_gap_is_of_no_concern_where_names_are_sent(say: Say) -> None:
    say("DBIRTH", "line-1", named(7.0), seq=1)
    assert values(say("DDATA", "line-1", named(7.5), seq=9)) == [7.5]


def test_a_gap_puts_the_other_devices_of_the_node_in_doubt_too(say: Say) -> None:
    say("DBIRTH", "line-1", named(7.0), seq=1)
    say("DBIRTH", "line-2", named(6.0), seq=2)
    say("DDATA", "line-1", ph(7.5), seq=4)
    assert reasons(say("DDATA", "line-2", ph(6.5), seq=5)) == [RejectReason.OUT_OF_SEQUENCE]


def test_a_birth_ends_the_doubt_about_its_device(say: Say) -> None:
    say("DBIRTH", "line-1", named(7.0), seq=1)
    say("DDATA", "line-1", ph(7.5), seq=3)
    say("NBIRTH", "", session(1), seq=0)
    say("DBIRTH", "line-1", named(7.0), seq=1)
    assert values(say("DDATA", "line-1", ph(7.625), seq=2)) == [7.625]


def test_a_node_that_does_not_answer_is_believed_again(say: Say) -> None:
    say("DBIRTH", "line-1", named(7.0), seq=1)
    say("DDATA", "line-1", ph(7.5), seq=3)
    assert values(say("DDATA", "line-1", ph(7.625), seq=4, at=NOW + DOUBT)) == [7.625]


def test_a_node_is_asked_at_most_once_a_minute(say: Say, broker: Broker) -> None:
    for second in range(0, 120):
        say("DDATA", "line-1", ph(7.5), seq=second, at=NOW + 1_000 * second)
    assert len(broker.published) == 120_000 // ASK_EVERY


def test_where_nobody_may_be_asked_a_gap_holds_nothing_back(host: SparkplugHost) -> None:
    host.publisher = None
    say = speaker(host)
    say("DBIRTH", "line-1", named(7.0), seq=1)
    assert values(say("DDATA", "line-1", ph(7.5), seq=9)) == [7.5]


def test_births_survive_a_restart_and_replay_what_was_kept(tmp_path: Path) -> None:
    speaker(SparkplugHost(Births(tmp_path)))("DBIRTH", "line-1", named(7.0), seq=1)
    replay = speaker(SparkplugHost(Births(tmp_path), live=False))
    assert values(replay("DDATA", "line-1", ph(7.5), seq=77)) == [7.5]


def test_after_a_restart_the_first_aliases_are_doubted_and_asked_about(tmp_path: Path, broker: Broker) -> None:
    speaker(SparkplugHost(Births(tmp_path)))("DBIRTH", "line-1", named(7.0), seq=1)
    host = SparkplugHost(Births(tmp_path))
    host.publisher = broker
    assert reasons(speaker(host)("DDATA", "line-1", ph(7.5), seq=2)) == [RejectReason.OUT_OF_SEQUENCE]
    assert len(broker.published) == 1


def test_a_letter_of_an_earlier_session_is_not_read_by_the_names_of_a_later_one(tmp_path: Path) -> None:
    live = speaker(SparkplugHost(Births(tmp_path)))
    live("NBIRTH", "", session(1), seq=0)
    live("NBIRTH", "", session(2), seq=0, at=NOW + 60_000)
    live("DBIRTH", "line-1", named(7.0), seq=1, at=NOW + 60_001)
    replay = speaker(SparkplugHost(Births(tmp_path), live=False))
    assert reasons(replay("DDATA", "line-1", ph(7.5), seq=2, at=NOW + 30_000)) == [RejectReason.UNANNOUNCED]
    assert values(replay("DDATA", "line-1", ph(7.5), seq=2, at=NOW + 90_000)) == [7.5]


def test_a_replay_asks_nobody_and_takes_no_old_birth_over_a_newer_one(tmp_path: Path) -> None:
    speaker(SparkplugHost(Births(tmp_path)))("DBIRTH", "line-1", named(7.0), seq=1)
    replay = speaker(SparkplugHost(Births(tmp_path), live=False))
    replay("DBIRTH", "line-1", named(7.0, alias=11), seq=1, at=NOW - 60_000)
    assert values(replay("DDATA", "line-1", ph(7.5), seq=2)) == [7.5]


def test_a_birth_tells_whose_letters_may_be_readable_now(say: Say, host: SparkplugHost) -> None:
    say("DDATA", "line-1", ph(7.5), seq=3)
    say("DBIRTH", "line-1", named(7.0), seq=4)
    assert list(host.reborn) == ["line-1"]


def test_the_death_of_a_node_takes_all_its_devices_offline(say: Say) -> None:
    say("NBIRTH", "", session(1), seq=0)
    say("DBIRTH", "line-1", named(7.0), seq=1)
    say("DBIRTH", "line-2", named(7.0), seq=2)
    outcome = say("NDEATH", "", session(1), seq=None)
    assert [(r.series.device, r.series.metric, r.value) for r in outcome.readings] == [
        ("line-1", "online", 0.0),
        ("line-2", "online", 0.0),
    ]


def test_births_are_bounded_in_memory_and_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparkplug_births, "MAX_BIRTHS", 5)
    births = Births(tmp_path)
    for number in range(20):
        births.put(Birth(Edge("plant", f"node-{number}"), "line", NOW))
    assert [births.get(Edge("plant", f"node-{number}"), "line") is not None for number in (14, 15, 19)] == [
        *(False, True, True)
    ]
    assert len(list(tmp_path.glob("*"))) == 5
    assert [births.devices(Edge("plant", f"node-{number}")) for number in (14, 19)] == [[], ["line"]]


def test_births_of_many_names_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparkplug_births, "MAX_NAMES", 100)
    births, names = Births(), {number: f"metric {number}" for number in range(30)}
    for number in (1, 2, 3, 3, 4):
        births.put(Birth(Edge("plant", f"node-{number}"), "line", NOW, names=names))
    kept = [births.get(Edge("plant", f"node-{number}"), "line") is not None for number in (1, 2, 3, 4)]
    assert kept == [False, True, True, True]


def test_the_devices_of_a_node_are_found_however_many_others_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    births, compared = Births(), 0
    for number in range(1_000):
        births.put(Birth(Edge("plant", f"node-{number}"), "line", NOW))

    def counted(self: Edge, other: object) -> bool:
        nonlocal compared
        compared += 1
        return isinstance(other, Edge) and (self.group, self.node) == (other.group, other.node)

    monkeypatch.setattr(Edge, "__eq__", counted)
    assert births.devices(Edge("plant", "node-7")) == ["line"]
    assert compared < 10


def test_a_broken_file_of_a_birth_costs_only_that_birth(tmp_path: Path) -> None:
    births = Births(tmp_path)
    births.put(Birth(Edge("plant", "epic"), "line-1", NOW))
    (tmp_path / "broken.json").write_bytes(b"{")
    assert Births(tmp_path).get(Edge("plant", "epic"), "line-1") is not None


def test_a_folder_that_cannot_be_written_costs_no_reading(tmp_path: Path) -> None:
    (tmp_path / "births").write_text("a file where the folder should be")
    say = speaker(SparkplugHost(Births(tmp_path / "births")))
    assert values(say("DBIRTH", "line-1", named(7.0), seq=1)) == [7.0]


def test_a_profile_subscribes_to_what_nodes_say_and_to_no_command() -> None:
    assert filters("spBv1.0/plant/+/+/line-1") == {
        *(f"spBv1.0/plant/{kind}/+" for kind in ("NBIRTH", "NDATA", "NDEATH")),
        *(f"spBv1.0/plant/{kind}/+/line-1" for kind in ("DBIRTH", "DDATA", "DDEATH")),
    }
