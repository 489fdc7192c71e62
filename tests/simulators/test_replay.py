"""Recorded data goes through unchanged: every value once, in the file's order, with the file's digits."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from domain.errors import ConfigurationError
from domain.registry import Installation
from simulators.mapping import Mapping, Missing, load_mapping
from simulators.publisher import Publisher
from simulators.replay import Expected, ReplayReport, expected_readings, outgoing, replay
from support.mqtt import Listener
from support.servers import Server

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "replay"
SETS = {
    "uci": ROOT / "tests/data/uci-water-treatment/water-treatment.data",
    "river-sonde": ROOT / "tests/data/lro-pyhydroqc/main-street-2019-08.csv",
}


def _heard(listener: Listener) -> list[Expected]:
    heard = []
    for topic, payload, _ in listener.messages:
        body = json.loads(payload)
        time = round(datetime.fromisoformat(body.pop("time")).timestamp() * 1000)
        heard += [Expected(topic.split("/")[2], metric, time, value) for metric, value in body.items()]
    return heard


@pytest.mark.broker
@pytest.mark.parametrize("name", list(SETS))
def test_every_value_of_the_file_arrives_exactly_once(mosquitto: Server, name: str) -> None:
    mapping = load_mapping(EXAMPLES / f"{name}.toml")
    publisher = Publisher(port=mosquitto.port, status_topic=None)
    publisher.start()
    with Listener(mosquitto.port, f"pantau/{mapping.site}/+/telemetry") as listener:
        report = replay(SETS[name], mapping, publisher)
        assert listener.wait_for(report.sent)
    publisher.stop()
    assert report.sent == report.acknowledged == len(listener.messages)
    assert Counter(_heard(listener)) == Counter(expected_readings(SETS[name], mapping))


def test_expected_values_are_those_of_the_file() -> None:
    mapping = load_mapping(EXAMPLES / "uci.toml")
    with SETS["uci"].open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row[1:]][38:]
    numbers = Counter(float(cell) for cell in cells if cell != "?")
    assert Counter(reading.value for reading in expected_readings(SETS["uci"], mapping)) == numbers


def test_missing_cells_are_counted_and_left_out() -> None:
    report = ReplayReport()
    list(outgoing(SETS["uci"], load_mapping(EXAMPLES / "uci.toml"), report))
    assert (report.rows, report.values, report.missing) == (527, 19_435, 591)
    assert (report.unreadable, report.bad_times) == (0, 0)


def test_missing_cells_can_be_sent_as_null() -> None:
    mapping = load_mapping(EXAMPLES / "uci.toml").model_copy(update={"missing": Missing.NULL})
    sent = list(outgoing(SETS["uci"], mapping, ReplayReport()))
    nulls = sum(value is None for message in sent for value in json.loads(message.payload).values())
    assert nulls == 591
    assert sum(reading.value is None for reading in expected_readings(SETS["uci"], mapping)) == 591


def test_rows_without_order_stay_as_they_stand() -> None:
    times = [message.time for message in outgoing(SETS["uci"], load_mapping(EXAMPLES / "uci.toml"), ReplayReport())]
    assert times != sorted(times)


def test_sentinels_and_impossible_values_are_sent_as_they_are() -> None:
    values = Counter(
        r.value for r in expected_readings(SETS["river-sonde"], load_mapping(EXAMPLES / "river-sonde.toml"))
    )
    assert values[-9999.0] > 0
    assert values[7999.0] == 351


def test_local_times_become_utc() -> None:
    mapping = load_mapping(EXAMPLES / "river-sonde.toml")
    first = next(expected_readings(SETS["river-sonde"], mapping))
    assert first.time == round(datetime.fromisoformat("2019-08-06T07:00:00+00:00").timestamp() * 1000)


def _small(tmp_path: Path, rows: str, **keys: object) -> tuple[Path, Mapping]:
    path = tmp_path / "small.csv"
    path.write_text(f"t,a,b\n{rows}", encoding="utf-8")
    columns = {"a": {"device": "d", "metric": "a"}, "b": {"device": "d", "metric": "b"}}
    time = {"column": "t", "format": "%Y-%m-%d"}
    return path, Mapping.model_validate({"site": "s", "time": time, "columns": columns, **keys})


def test_a_row_without_a_readable_time_is_counted_and_the_next_goes_on(tmp_path: Path) -> None:
    path, mapping = _small(tmp_path, "yesterday,1,2\n2020-01-02,3,4\n")
    report = ReplayReport()
    sent = list(outgoing(path, mapping, report))
    assert [message.payload for message in sent] == [b'{"time":"2020-01-02T00:00:00.000Z","a":3,"b":4}']
    assert (report.rows, report.bad_times) == (2, 1)


def test_text_that_is_no_number_is_sent_as_it_stands_and_counted(tmp_path: Path) -> None:
    path, mapping = _small(tmp_path, "2020-01-02,broken,.5\n")
    report = ReplayReport()
    (message,) = outgoing(path, mapping, report)
    assert json.loads(message.payload)["a"] == "broken"
    assert json.loads(message.payload)["b"] == 0.5
    assert report.unreadable == 1


def test_a_row_with_nothing_in_it_sends_nothing(tmp_path: Path) -> None:
    path, mapping = _small(tmp_path, "2020-01-02,,\n")
    assert list(outgoing(path, mapping, ReplayReport())) == []


def test_a_column_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    path, mapping = _small(tmp_path, "")
    path.write_text("t,a\n")
    with pytest.raises(ConfigurationError, match=r"small\.csv: b: not in the file"):
        list(outgoing(path, mapping, ReplayReport()))


def test_a_wrong_mapping_lists_all_its_problems(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(
        'site = "S p"\n[time]\ncolumn = "t"\nformat = "%Y"\nzone = "Mars/Base"\n[columns]\na = { device = "d" }\n'
    )
    with pytest.raises(ConfigurationError) as caught:
        load_mapping(path)
    assert {problem.key for problem in caught.value.problems} == {"site", "time.zone", "columns.a.metric"}


def test_two_columns_cannot_be_one_metric() -> None:
    columns = {name: {"device": "d", "metric": "m"} for name in ("a", "b")}
    with pytest.raises(ValueError, match="two columns map to d/m"):
        Mapping.model_validate({"site": "s", "time": {"column": "t", "format": "%Y"}, "columns": columns})


class _Silent(Publisher):
    """A publisher whose broker takes everything at once."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, timeout: float = 30.0) -> None:
        """Taken."""


def test_a_replay_can_keep_the_recorded_pace_times_a_factor(tmp_path: Path) -> None:
    path, mapping = _small(tmp_path, "2020-01-01,1,1\n2020-01-02,1,1\n2020-01-01,1,1\n")
    waits: list[float] = []
    replay(path, mapping, _Silent(), speed=86_400, sleep=waits.append)
    assert waits == [1.0]


@pytest.mark.parametrize("name", list(SETS))
def test_the_example_profiles_know_every_metric_of_the_mapping(name: str) -> None:
    catalogue = Catalogue.load(EXAMPLES / "profiles")
    text = (EXAMPLES / f"{name}-installation.toml").read_text(encoding="utf-8")
    profiles = {device.id: device.profile for device in Installation.model_validate(tomllib.loads(text)).devices}
    for column in load_mapping(EXAMPLES / f"{name}.toml").columns.values():
        assert column.metric in catalogue.get(profiles[column.device]).metrics
