"""The logbook: what meters and machines know beside what people write, and when a day can be signed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.account import Role
from domain.logbook import Noted, Source
from domain.registry import Device
from domain.services import Services
from domain.text import Text
from support.app import MovedClock, add_readings, build_services
from support.mojokerto import mojokerto
from support.pages import add_people, csrf_of, text_of

PAGE = "/logbook?site=batik&day=2026-11-21&shift=pagi"
SHIFT = {"site": "batik", "day": "2026-11-21", "shift": "pagi"}
SIGNED = {"site": "batik", "day": "2026-11-21", "seen": "batik/2026-11-21/pagi:1"}
HOUR = 60  # readings a minute apart


def device(name: str, profile: str, stage: str = "aerob") -> Device:
    return Device(id=name, site="batik", stage=stage, profile=profile, name=Text(id=name, en=name))


BLOWER, SECOND = device("blower-1", "house-dosing-pump"), device("blower-2", "house-dosing-pump")
METER, OTHER = device("listrik-ipal", "plain-json"), device("listrik-kantor", "plain-json")


def plant(folder: Path, clock: MovedClock, *more: Device) -> Services:
    """The example's IPAL with more devices."""
    installation = mojokerto()
    return build_services(folder, clock, installation.model_copy(update={"devices": (*installation.devices, *more)}))


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def services(tmp_path: Path, clock: MovedClock) -> Services:
    """A blower that ran for two hours and rested for one, and a meter that went from 100 to 136 kWh, until noon."""
    built = plant(tmp_path, clock, BLOWER, METER)
    add_people(built)
    add_readings(built, BLOWER.id, "run", [1.0] * (2 * HOUR) + [0.0] * (HOUR + 1))
    add_readings(built, METER.id, "energy_total", [100.0 + at / 10 for at in range(6 * HOUR + 1)])
    return built


def sensed(services: Services) -> dict[str, Noted]:
    """Of the morning shift until noon."""
    return dict(services.evidence.figures.sensed("batik", services.clock() - 6 * HOUR * 60_000, services.clock()))


def test_hours_of_the_blower_come_from_its_run_signal_with_the_share_covered(services: Services) -> None:
    found = sensed(services)["blower_hours"]
    assert (found.value, found.source, found.device) == (pytest.approx(2, abs=0.02), Source.SENSOR, "blower-1")
    assert found.coverage == pytest.approx(0.5, abs=0.01)


def test_kwh_come_from_the_energy_meter(services: Services) -> None:
    found = sensed(services)["energy"]
    assert (found.value, found.device, found.coverage) == (
        pytest.approx(36, abs=0.2),
        METER.id,
        pytest.approx(1, abs=0.01),
    )


def test_of_several_blowers_or_meters_none_is_chosen(tmp_path: Path, clock: MovedClock) -> None:
    built = plant(tmp_path, clock, BLOWER, SECOND, METER, OTHER)
    for one in (BLOWER, SECOND):
        add_readings(built, one.id, "run", [1.0] * HOUR)
    for one in (METER, OTHER):
        add_readings(built, one.id, "energy_total", [1.0, 2.0, 3.0])
    assert not {"blower_hours", "energy"} & sensed(built).keys()


def test_a_blower_without_a_signal_is_not_noted(tmp_path: Path, clock: MovedClock) -> None:
    assert "blower_hours" not in sensed(plant(tmp_path, clock, BLOWER))


def post(client: Any, path: str, form: dict[str, str]) -> Any:
    return client.post(path, data=form | {"csrf": csrf_of(client)})


def filled(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" type="text" value="([^"]*)"', page)
    assert found
    return found[1]


def test_the_form_is_filled_in_and_says_from_which_sensor(enter: Any) -> None:
    answer = enter(Role.OPERATOR).get(PAGE)
    assert (filled(answer.text, "blower_hours"), filled(answer.text, "ph_inlet")) != ("", "")
    assert "(blower-1, 50% waktu terukur)" in text_of(answer)


def test_a_persons_own_number_stands_beside_the_sensors(enter: Any, services: Services) -> None:
    client = enter(Role.OPERATOR)
    energy = filled(client.get(PAGE).text, "energy")
    post(client, "/logbook", SHIFT | {"blower_hours": "3,5", "energy": energy})
    entry = services.evidence.entries.page(None, None, 1).items[0].record
    assert (entry.blower_hours, entry.energy.source) == (Noted(3.5), Source.SENSOR)
    assert entry.sensed["blower_hours"].value == pytest.approx(2, abs=0.02)
    assert re.search(r"Jam kerja blower 3,5 jam \(sensor blower-1 [\d,]+, 50%\)", text_of(client.get("/logbook")))


# ── the signature ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("day", ["2026-11-21", "2026-12-24"])
def test_a_day_that_is_not_over_has_no_button_to_sign(enter: Any, day: str) -> None:
    page = enter(Role.OFFICER).get(f"/logbook?site=batik&day={day}").text
    assert "/logbook/sign" not in page
    assert "Bisa ditandatangani sesudah shift terakhir" in page


def test_a_signature_for_a_day_that_is_not_over_is_refused(enter: Any) -> None:
    client = enter(Role.OFFICER)
    post(client, "/logbook", SHIFT | {"notes": "tenang"})
    answer = post(client, "/logbook/sign", SIGNED)
    assert (answer.status_code, "Harinya belum selesai" in text_of(answer)) == (422, True)


def test_when_the_night_shift_has_ended_the_day_is_signed(enter: Any, clock: MovedClock) -> None:
    post(enter(Role.OPERATOR), "/logbook", SHIFT | {"notes": "tenang"})
    clock.move(18 * 3600 - 1)
    assert post(enter(Role.OFFICER), "/logbook/sign", SIGNED).status_code == 422
    clock.move(1)
    assert post(enter(Role.OFFICER), "/logbook/sign", SIGNED).status_code == 303


def test_a_shift_that_has_not_begun_is_not_written(enter: Any, services: Services) -> None:
    assert post(enter(Role.OPERATOR), "/logbook", SHIFT | {"shift": "malam", "notes": "x"}).status_code == 422
    assert services.evidence.entries.page(None, None, 1).items == []


def test_the_page_says_what_it_shows_and_that_is_signed(enter: Any, clock: MovedClock) -> None:
    post(enter(Role.OPERATOR), "/logbook", SHIFT | {"notes": "tenang"})
    clock.move(18 * 3600)
    page = enter(Role.OFFICER).get("/logbook?site=batik&day=2026-11-21").text
    assert f'name="seen" value="{SIGNED["seen"]}"' in page


def test_what_was_written_since_the_page_was_read_is_shown_before_it_is_signed(
    enter: Any, services: Services, clock: MovedClock
) -> None:
    post(enter(Role.OPERATOR), "/logbook", SHIFT | {"notes": "tenang"})
    clock.move(18 * 3600)
    officer = enter(Role.OFFICER)
    post(enter(Role.OPERATOR), "/logbook", SHIFT | {"shift": "siang", "notes": "ikan mati"})
    answer = post(officer, "/logbook/sign", SIGNED | {"note": "sudah dibaca"})
    assert answer.status_code == 409
    assert "Isi hari ini berubah sejak halaman dibuka" in text_of(answer)
    assert "ikan mati" in answer.text
    assert 'value="sudah dibaca"' in answer.text
    assert 'name="seen" value="batik/2026-11-21/pagi:1 batik/2026-11-21/siang:1"' in answer.text
    assert services.evidence.logbook.signatures("batik", date(2026, 11, 21)) == []


@pytest.mark.parametrize("day", ["2026-13-40", "", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("path", ["/logbook", "/logbook/sign"])
def test_what_is_written_for_no_day_is_refused(enter: Any, services: Services, path: str, day: str) -> None:
    answer = post(enter(Role.OFFICER), path, SHIFT | {"day": day, "notes": "x"})
    assert answer.status_code == 422
    assert services.evidence.entries.page(None, None, 1).items == []
