"""Recorded series with what is known of them, as readings that came through the door."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from device_profiles.catalogue import Catalogue
from device_profiles.checks.plan import Flags, Marks, Plan, Times, Values, plan_of
from device_profiles.interpreter import Interpreter
from domain.message import Message
from domain.reading import Millis, Reading
from domain.registry import Device, Site, SiteKind
from domain.text import Text
from simulators.ensemble import Fleet
from simulators.ipal import Ipal

DATA = Path(__file__).parents[1] / "tests/data"
PROFILES = Path(__file__).parent / "profiles"
SONDE_COLUMNS = {
    "temperature": "temp", "conductivity": "cond", "ph": "ph", "do": "do", "turbidity": "turb", "stage": "stage",
}  # fmt: skip
ANOMALIES = (  # of tests/data/nab, as labelled there
    ("2013-12-10 06:25", "2013-12-12 05:35"), ("2013-12-15 17:50", "2013-12-17 17:00"),
    ("2014-01-27 14:20", "2014-01-29 13:30"), ("2014-02-07 14:55", "2014-02-09 14:05"),
)  # fmt: skip
_NAME = Text(id="uji", en="test")


@dataclass(frozen=True)
class Recorded:
    """One series, its plan of checks, and which readings somebody said are not good."""

    metric: str
    plan: Plan
    times: Times
    values: Values
    quality: Flags
    reasons: npt.NDArray[np.str_]
    labelled: Marks

    def during(self, start: Millis, stop: Millis) -> Recorded:
        """The readings with start <= time < stop."""
        kept = (self.times >= start) & (self.times < stop)
        parts = (self.times, self.values, self.quality, self.reasons, self.labelled)
        return Recorded(self.metric, self.plan, *(part[kept] for part in parts))


def moment(text: str) -> Millis:
    """A date and time without a zone, taken as UTC (only the distances matter here)."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def sonde() -> list[Recorded]:
    """The river sonde; labelled is what the technician flagged."""
    rows = list(_rows("lro-pyhydroqc/MainStreet2019.csv.gz"))
    said = ((moment(row["datetime"]), row) for row in rows)
    flags = {
        metric: {moment(row["datetime"]) for row in rows if row[f"{column}_qual"] != "NULL"}
        for metric, column in SONDE_COLUMNS.items()
    }
    return _through_the_door("river-sonde", "river/sonde/rows", said, lambda metric, time: time in flags[metric])


def bsm2() -> list[Recorded]:
    """The benchmark plant's influent; nothing is labelled."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    said = (
        (round((start + timedelta(minutes=15 * number)).timestamp() * 1000), row)
        for number, row in enumerate(_rows("bsm2/dyninfluent-90-days.csv.gz"))
    )
    return _through_the_door("bsm2-influent", "bsm2/sonde/rows", said, _nothing)


def machine() -> list[Recorded]:
    """The machine's temperature; labelled are the windows of its failures."""
    windows = [(moment(start), moment(stop)) for start, stop in ANOMALIES]
    said = ((moment(row["timestamp"]), row) for row in _rows("nab/machine_temperature_system_failure.csv.gz"))
    return _through_the_door(
        "machine-temperature", "nab/sonde/rows", said,
        lambda _metric, time: any(start <= time <= stop for start, stop in windows),
    )  # fmt: skip


def simulated(days: int, step: Millis) -> list[Recorded]:
    """The simulated IPAL without any fault, in the house format; nothing is labelled."""
    start = moment("2026-11-02 00:00:00")
    fleet = Fleet([Ipal(20261121)])
    profiles = {"ipal-inlet": "house-ipal-inlet", "ipal-outlet": "house-ipal-outlet", "bak-aerob": "house-tank",
                "debit-outlet": "house-flow-meter"}  # fmt: skip
    catalogue = Catalogue.load()
    interpreter = _interpreter(catalogue, profiles)
    readings: dict[tuple[str, str], list[Reading]] = {}
    for said in fleet.messages(start, start + days * 86_400_000, step):
        if said.topic.split("/")[2] in profiles:
            _keep(readings, interpreter.interpret(Message(said.topic, said.payload, said.time)).readings)
    return [
        _recorded(metric, plan_of(catalogue.get(profiles[device]), metric), found, _nothing)
        for (device, metric), found in readings.items()
    ]


def _nothing(_metric: str, _time: Millis) -> bool:
    return False


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _through_the_door(
    profile: str,
    topic: str,
    said: Iterable[tuple[Millis, Mapping[str, str]]],
    labelled: Callable[[str, Millis], bool],
) -> list[Recorded]:
    """Each row as a message that its profile reads."""
    catalogue = Catalogue.load(PROFILES)
    interpreter = _interpreter(catalogue, {"sonde": profile})
    readings: dict[tuple[str, str], list[Reading]] = {}
    for time, row in said:
        stamp = datetime.fromtimestamp(time / 1000, UTC).isoformat()
        payload = msgspec.json.encode({**row, "time": stamp})
        _keep(readings, interpreter.interpret(Message(topic, payload, time)).readings)
    return [
        _recorded(metric, plan_of(catalogue.get(profile), metric), found, labelled)
        for (_, metric), found in readings.items()
    ]


def _interpreter(catalogue: Catalogue, devices: Mapping[str, str]) -> Interpreter:
    site = Site(id="batik", name=_NAME, kind=SiteKind.IPAL)
    cast = [
        Device(id=name, site="batik", stage="sungai", profile=profile, name=_NAME)
        for name, profile in devices.items()
    ]
    return Interpreter(catalogue, cast, [site])


def _keep(found: dict[tuple[str, str], list[Reading]], readings: Iterable[Reading]) -> None:
    for reading in readings:
        found.setdefault((reading.series.device, reading.series.metric), []).append(reading)


def _recorded(metric: str, plan: Plan, readings: list[Reading], labelled: Callable[[str, Millis], bool]) -> Recorded:
    """By time; of readings with the same time the last stands, as in every store of ours."""
    by_time = {reading.time: reading for reading in readings}
    kept = [by_time[time] for time in sorted(by_time)]
    return Recorded(
        metric,
        plan,
        np.array([r.time for r in kept], dtype=np.int64),
        np.array([r.value for r in kept], dtype=np.float64),
        np.array([r.quality for r in kept], dtype=np.int64),
        np.array([str(r.reason or "") for r in kept]),
        np.array([labelled(metric, r.time) for r in kept], dtype=np.bool_),
    )
