"""What a dialect encodes, the interpreter decodes to the same values: for every built-in profile."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from domain.message import Message, Outcome
from domain.registry import Device, Site, SiteKind, Stage
from domain.text import Text
from simulators.dialect import Dialect
from simulators.speaker import values_at

CATALOGUE = Catalogue.load()
NAME = Text(id="Alat", en="Device")
SITE = Site(id="latihan", name=NAME, kind=SiteKind.IPAL, training=True, stages=(Stage(id="outlet", name=NAME),))
NOON = 1_795_240_800_000  # 2026-11-21 06:00 UTC in ms
BY_NAME = {info.name: info for info in CATALOGUE.profiles()}


def heard(profile: str, values: dict[str, float], time: int) -> list[Outcome]:
    """What the interpreter makes of it."""
    device = Device(id="alat-1", site="latihan", stage="outlet", profile=profile, name=NAME, address="alat-1")
    interpreter = Interpreter(CATALOGUE, [device], [SITE])
    spoken = Dialect(CATALOGUE.get(profile), "alat-1", "latihan").messages(values, time)
    return [interpreter.interpret(Message(m.topic, m.payload, time)) for m in spoken]


@pytest.mark.parametrize("profile", CATALOGUE.names())
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31), minutes=st.integers(0, 500_000))
def test_a_dialect_is_understood(profile: str, seed: int, minutes: int) -> None:
    time = NOON + minutes * 60_000
    values = values_at(BY_NAME[profile], seed, time)
    outcomes = heard(profile, values, time)

    assert [rejection for outcome in outcomes for rejection in outcome.rejections] == []
    readings = {r.series.metric: r for outcome in outcomes for r in outcome.readings}
    assert {metric: reading.value for metric, reading in readings.items()} == pytest.approx(values, rel=1e-9)
    assert {reading.quality for reading in readings.values()} == {1}
    assert {reading.time for reading in readings.values()} == {time}


def test_every_metric_of_a_profile_is_spoken() -> None:
    assert all(set(values_at(info, 1, NOON)) == {m.metric for m in info.metrics} for info in CATALOGUE.profiles())
