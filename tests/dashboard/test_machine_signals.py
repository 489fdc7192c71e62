"""Machines without a run bit, from what they say over MQTT to their page: a Tasmota plug, and a counter of cycles."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from domain.account import Role
from domain.message import Message
from domain.registry import Device, Installation
from domain.services import Services
from domain.text import Text
from reports.machines.floor import Floor
from support.app import MovedClock, client_of
from support.machine_day import MINUTE, SEVEN
from support.mojokerto import append, mojokerto, mojokerto_services
from support.pages import add_people, log_in, text_of, with_pages

PROFILES = Path(__file__).parents[2] / "examples" / "profiles"
SEWING = Device(
    id="jahit-9", site="alas-kaki", stage="line-1", profile="jahit-tasmota", address="jahit_9",
    name=Text(id="Mesin jahit 9", en="Sewing machine 9"),
)  # fmt: skip
STAMPING = Device(
    id="cap-1", site="alas-kaki", stage="line-1", profile="cap-tasmota", address="cap_1",
    name=Text(id="Mesin cap 1", en="Stamping machine 1"),
)  # fmt: skip
BY_CYCLES = """
name = "cap-tasmota"
extends = "tasmota-counter"
title = { id = "Mesin cap, penghitung Tasmota", en = "Stamping machine with a Tasmota counter" }

[machine]
signal = "cycles"
metric = "cycle_count"
idle = 30
patience = 25
"""
RUNS = ((0, 20), (30, 60))  # minutes after seven
NOW = SEVEN + 60 * MINUTE


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The built-in profiles, the example of a plug, and one of a counter."""
    folder = tmp_path_factory.mktemp("profiles")
    shutil.copy(PROFILES / "jahit-tasmota.toml", folder)
    (folder / "cap-tasmota.toml").write_text(BY_CYCLES, encoding="utf-8")
    return Catalogue.load(folder)


@pytest.fixture
def client(tmp_path: Path, catalogue: Catalogue) -> Iterator[httpx.Client]:
    """An operator at eight, after both machines told every ten seconds of their first hour."""
    made = mojokerto_services(tmp_path, MovedClock(NOW))
    made.registry.apply(Installation(devices=(SEWING, STAMPING)), "budi", SEVEN - MINUTE)
    floor = made.machines
    assert isinstance(floor, Floor)
    made = replace(made, profiles=catalogue, machines=replace(floor, profiles=catalogue))
    add_people(made)
    hear(made, catalogue)
    with client_of(with_pages(made)) as client:
        assert log_in(client, Role.OPERATOR.value).status_code == 303
        yield client


def hear(services: Services, catalogue: Catalogue) -> None:
    """Their messages, through the profiles into the journal."""
    given = mojokerto()
    interpreter = Interpreter(catalogue, (SEWING, STAMPING), given.sites)
    readings = []
    for message in messages():
        outcome = interpreter.interpret(message)
        assert outcome.readings, outcome
        readings += outcome.readings
    append(services, readings)


def messages() -> Iterator[Message]:
    """What a plug and a counter say: 180 W and a cycle every ten seconds while they run, 12 W else."""
    cycles = 4_000
    for at in range(SEVEN - MINUTE, NOW + 1, 10_000):
        running = any(start * MINUTE <= at - SEVEN < stop * MINUTE for start, stop in RUNS)
        cycles += running
        local = datetime.fromtimestamp(at / 1000 + 7 * 3600, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        energy = f'{{"Total":12.345,"Power":{180 if running else 12},"Voltage":221,"Current":0.82}}'
        yield Message("tele/jahit_9/SENSOR", f'{{"Time":"{local}","ENERGY":{energy}}}'.encode(), at)
        yield Message("tele/cap_1/SENSOR", f'{{"Time":"{local}","COUNTER":{{"C1":{cycles}}}}}'.encode(), at)


# of 60 minutes the plug ran 50; a counter runs until no cycle came for 30 s, and from the reading before its first
SHARES = [("jahit-9", "Ketersediaan 83,3 % Jalan 00:50"), ("cap-1", "Ketersediaan 84,2 % Jalan 00:50")]


@pytest.mark.parametrize(("device", "told"), SHARES)
def test_its_page_tells_what_it_made_of_its_shift(client: httpx.Client, device: str, told: str) -> None:
    assert told in text_of(client.get(f"/machines/{device}"))


@pytest.mark.parametrize("device", ["jahit-9", "cap-1"])
def test_its_stop_waits_for_a_reason(client: httpx.Client, device: str) -> None:
    assert client.get(f"/machines/{device}").text.count("data-stop") == 1


@pytest.mark.parametrize("name", ["Mesin jahit 9", "Mesin cap 1"])
def test_its_card_stands_on_the_page_of_its_site(client: httpx.Client, name: str) -> None:
    assert f"{name} " in text_of(client.get("/sites/alas-kaki"))
