"""Gateways, schedules, contacts, rotas, routes and rules in files: each mistake is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from domain.errors import Problem
from domain.registry import Installation
from service.installation import check_installation, located_hints, read_installation, write_installation

PLANT = """
[[sites]]
id = "batik"
kind = "ipal"
name = { id = "Batik", en = "Batik" }
stages = [
  { id = "outlet", name = { id = "Outlet", en = "Outlet" } },
  { id = "bak", name = { id = "Bak", en = "Tank" } },
]

[[sites]]
id = "sepatu"
kind = "machines"
name = { id = "Sepatu", en = "Shoes" }
stages = [{ id = "lini-1", name = { id = "Lini 1", en = "Line 1" } }]

[[devices]]
id = "gerbang"
site = "batik"
stage = "bak"
profile = "house-tank"
name = { id = "Gerbang", en = "Gateway" }

[[devices]]
id = "outlet"
site = "batik"
stage = "outlet"
profile = "house-ipal-outlet"
gateway = "gerbang"
name = { id = "Outlet", en = "Outlet" }

[[schedules]]
id = "malam"
name = { id = "Malam", en = "Night" }
hours = [{ start = 22:00:00, end = 06:00:00 }]
holidays = [2026-08-17]

[[contacts]]
id = "budi"
name = "Budi"
address = "tgram://{secret:telegram}/1234"
quiet = "malam"

[[rotas]]
id = "jaga"
name = { id = "Jaga", en = "Duty" }
turns = [{ contact = "budi", schedule = "malam" }]
rotate_days = 7
starts = 2026-11-02

[[routes]]
id = "teknisi"
sites = ["batik"]
stages = ["outlet"]
contacts = ["budi"]
rota = "jaga"
schedule = "malam"
escalate = [{ after = 600, contacts = ["budi"] }, { after = 1200, rota = "jaga" }]

[[rules]]
id = "ph-tinggi"
kind = "limit"
name = { id = "pH tinggi", en = "pH high" }
scope = { site = "batik", device = "outlet", metric = "ph" }
action = { id = "Cek dosing.", en = "Check the dosing." }
above = 8.5
schedule = "malam"
routes = ["teknisi"]

[[rules]]
id = "gabungan"
kind = "composite"
name = { id = "Gabungan", en = "Both" }
action = { id = "Cek bak.", en = "Check the tank." }
of = ["ph-tinggi", "no-data.outlet"]
"""
CATALOGUE = Catalogue.load()


def problems_of(path: Path, text: str) -> list[Problem]:
    file = path / "plant.toml"
    file.write_text(text, "utf-8")
    return check_installation(read_installation([file]), CATALOGUE.names(), [file], catalogue=CATALOGUE)


def test_all_new_nouns_hold_together(tmp_path: Path) -> None:
    assert problems_of(tmp_path, PLANT) == []


def test_all_new_nouns_are_written_and_read_back_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(PLANT, "utf-8")
    first = read_installation([tmp_path / "a.toml"])
    (tmp_path / "b.toml").write_text(write_installation(first), "utf-8")
    assert read_installation([tmp_path / "b.toml"]) == first


MISTAKES = [
    ('gateway = "gerbang"', 'gateway = "gerbangg"', "devices[1].gateway", "did you mean gerbang?"),
    ('gateway = "gerbang"', 'gateway = "outlet"', "devices[1].gateway", "cannot be its own gateway"),
    ('quiet = "malam"', 'quiet = "malem"', "contacts[0].quiet", "there is no schedule malem; did you mean malam?"),
    ('contact = "budi"', 'contact = "budy"', "rotas[0].turns[0].contact", "did you mean budi?"),
    ('contact = "budi", schedule = "malam"', 'contact = "budi", schedule = "x"', "rotas[0].turns[0].schedule", "x"),
    ('sites = ["batik"]', 'sites = ["batk"]', "routes[0].sites[0]", "did you mean batik?"),
    ('stages = ["outlet"]', 'stages = ["lini-1"]', "routes[0].stages[0]", "none of batik has a stage lini-1"),
    ('\ncontacts = ["budi"]', '\ncontacts = ["ani"]', "routes[0].contacts[0]", "there is no contact ani"),
    ('\nrota = "jaga"', '\nrota = "jag"', "routes[0].rota", "did you mean jaga?"),
    ('"jaga"\nschedule = "malam"', '"jaga"\nschedule = "siang"', "routes[0].schedule", "no schedule siang"),
    ('after = 600, contacts = ["budi"]', 'after = 600, contacts = ["x"]', "routes[0].escalate[0].contacts[0]", "x"),
    ('after = 1200, rota = "jaga"', 'after = 1200, rota = "x"', "routes[0].escalate[1].rota", "no rota x"),
    ("after = 1200", "after = 60", "routes[0].escalate[1].after", "write them in order"),
    ('8.5\nschedule = "malam"', '8.5\nschedule = "pagi"', "rules[0].schedule", "no schedule pagi"),
    ('routes = ["teknisi"]', 'routes = ["tekniksi"]', "rules[0].routes[0]", "did you mean teknisi?"),
    ('"ph-tinggi", "no', '"ph-tingi", "no', "rules[1].of[0]", "did you mean ph-tinggi?"),
    ("no-data.outlet", "no-data.outlat", "rules[1].of[1]", "did you mean no-data.outlet?"),
    ("no-data.outlet", "gabungan", "rules[1].of[1]", "gabungan is itself"),
    ("no-data.outlet", "ph-tinggi", "rules[1].of[1]", "ph-tinggi is named twice"),
    ('metric = "ph"', 'metric = "phh"', "rules[0].scope.metric", "outlet has no metric phh; did you mean ph?"),
    ('device = "outlet", metric', 'stage = "bak", device = "outlet", metric', "rules[0].scope.stage", "stage outlet"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "key", "said"), MISTAKES, ids=[one[2] + one[1][:12] for one in MISTAKES])
def test_a_mistake_is_told_with_its_place(tmp_path: Path, right: str, wrong: str, key: str, said: str) -> None:
    assert right in PLANT
    found = problems_of(tmp_path, PLANT.replace(right, wrong, 1))
    assert [one.key for one in found] == [key]
    assert said in found[0].message
    assert found[0].file.endswith("plant.toml")


def test_gateways_in_a_circle_are_told_at_each_of_them(tmp_path: Path) -> None:
    text = PLANT.replace('profile = "house-tank"\n', 'profile = "house-tank"\ngateway = "outlet"\n')
    found = problems_of(tmp_path, text)
    assert [one.key for one in found] == ["devices[0].gateway", "devices[1].gateway"]
    assert "gerbang > outlet > gerbang" in found[0].message


def test_a_gateway_of_another_site_is_told(tmp_path: Path) -> None:
    text = PLANT.replace('site = "batik"\nstage = "bak"', 'site = "sepatu"\nstage = "lini-1"')
    assert problems_of(tmp_path, text)[0].message.startswith("device gerbang is at site sepatu, not at batik")


def test_a_device_behind_a_circle_it_is_no_part_of_is_not_blamed(tmp_path: Path) -> None:
    text = PLANT.replace('profile = "house-tank"\n', 'profile = "house-tank"\ngateway = "gerbang"\n')
    assert [one.key for one in problems_of(tmp_path, text)] == ["devices[0].gateway"]


SECRETS = [
    "tgram://123456789:AAF-x1y2z3x1y2z3x1y2z3x1y2z3x1y/42",
    "mailto://budi:rahasia@mail.example.id",
    "json://host/hook?token=abc",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
]


@pytest.mark.parametrize("address", SECRETS)
def test_an_address_that_seems_to_carry_a_secret_is_hinted_at_without_repeating_it(
    tmp_path: Path, address: str
) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(PLANT.replace("tgram://{secret:telegram}/1234", address), "utf-8")
    (hint,) = [hint for hint in located_hints([file]) if hint.key.startswith("contacts")]
    assert (hint.key, "{secret:NAME}" in hint.message) == ("contacts[0].address", True)
    assert address not in str(hint)


@pytest.mark.parametrize(
    "address",
    ["tgram://{secret:bot}/42", "mailto://budi:{secret:mail}@mail.example.id", "ntfys://ntfy.example.id/ipal-batik"],
)
def test_an_address_that_names_its_secret_is_fine(tmp_path: Path, address: str) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(PLANT.replace("tgram://{secret:telegram}/1234", address), "utf-8")
    assert [hint for hint in located_hints([file]) if hint.key.startswith("contacts")] == []


def test_hours_in_which_nobody_is_told_are_hinted_at(tmp_path: Path) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(PLANT, "utf-8")
    assert [hint.key for hint in located_hints([file])] == ["routes[0].schedule"]


def test_an_empty_installation_has_no_hints() -> None:
    assert located_hints([]) == []
    assert check_installation(Installation(), [], catalogue=CATALOGUE) == []
