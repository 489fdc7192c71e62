"""An administrator registers a device that was heard before anybody knew it."""

from __future__ import annotations

import html
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.account import Role
from domain.services import Services
from domain.text import Language
from support.app import MovedClock
from support.mojokerto import mojokerto_services
from support.newcomers import heard, with_replay
from support.pages import add_people, csrf_of

FORM = {
    "heard": "probe-9",
    "choice": "house-ipal-outlet probe-9",
    "place": "batik/outlet",
    "name": "Probe outlet baru",
    "device_id": "probe-9",
}


@pytest.fixture
def services(tmp_path: Path, clock: MovedClock) -> Services:
    """Both centres, and dead letters that are really read again."""
    built = with_replay(mojokerto_services(tmp_path, clock))
    add_people(built)
    return built


def post(client: httpx.Client, **changed: str) -> httpx.Response:
    """The form, filled in."""
    return client.post("/unknown-devices", data={**FORM, "csrf": csrf_of(client), **changed})


def test_the_best_profile_is_chosen_beforehand_with_what_it_reads(enter: Any, services: Services) -> None:
    heard(services)
    page = enter(Role.ADMIN).get("/unknown-devices").text
    options = re.findall(r'<option value="([^"]+)"( selected)?>', page)
    assert options[0] == ("house-ipal-outlet probe-9", " selected")
    assert "<strong>7,20</strong>" in page
    assert "&#34;ph&#34;: 7.2" in page


def test_the_page_speaks_english_as_well(enter: Any, services: Services) -> None:
    heard(services)
    page = enter(Role.ADMIN, Language.EN).get("/unknown-devices").text
    assert "Profile (best match first)" in page
    assert "<strong>7.20</strong>" in page


def test_one_form_registers_the_device_and_reads_its_letters(enter: Any, services: Services) -> None:
    heard(services)
    client = enter(Role.ADMIN)
    answer = post(client)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/unknown-devices?registered=probe-9&read=1&refused=0",
    )
    page = client.get(answer.headers["Location"]).text
    assert 'href="/devices/probe-9"' in page
    assert services.journal.tail("probe-9", "ph", 0, services.clock())[0].value == 7.2
    assert "Probe outlet baru" in client.get("/devices/probe-9").text


def test_what_was_typed_stays_when_it_is_refused(enter: Any, services: Services) -> None:
    heard(services)
    answer = post(enter(Role.ADMIN), device_id="ipal-outlet", name="Nama saya")
    assert answer.status_code == 409
    assert 'value="Nama saya"' in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("wrong", [{"place": ""}, {"device_id": "Probe 9"}, {"choice": "nothing probe-9"}])
def test_a_wrong_form_is_refused_with_a_reason(enter: Any, services: Services, wrong: dict[str, str]) -> None:
    heard(services)
    answer = post(enter(Role.ADMIN), **wrong)
    assert (answer.status_code, "Belum terdaftar" in answer.text) == (422, True)


def test_a_message_that_nothing_reads_says_how_to_write_a_profile(enter: Any, services: Services) -> None:
    heard(services, "pabrik/x/y", b"halo", reason="unknown_topic")
    page = enter(Role.ADMIN).get("/unknown-devices").text
    assert "pantau profile new --topic pabrik/x/y --payload" in page
    assert "<select" not in page


def test_the_command_on_the_page_is_safe_to_paste(enter: Any, services: Services) -> None:
    heard(services, "x/'; rm -rf ~; '/y", b"halo", reason="unknown_topic")
    page = html.unescape(enter(Role.ADMIN).get("/unknown-devices").text)
    command = next(line for line in page.splitlines() if "pantau profile new" in line)
    words = shlex.split(re.sub("<[^>]+>", "", command))
    assert words[:5] == ["pantau", "profile", "new", "--topic", "x/'; rm -rf ~; '/y"]


def test_what_a_stranger_publishes_is_never_markup(enter: Any, services: Services) -> None:
    heard(services, "pantau/batik/<script>alert(1)</script>/telemetry", b'{"ph": "<img src=x>"}')
    page = enter(Role.ADMIN).get("/unknown-devices").text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_nobody_unknown_is_said_plainly(enter: Any) -> None:
    assert "Semua alat yang mengirim sudah dikenal." in enter(Role.ADMIN).get("/unknown-devices").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.TECHNICIAN, Role.OFFICER])
def test_only_an_administrator_may(enter: Any, role: Role) -> None:
    client = enter(role)
    assert client.get("/unknown-devices").status_code == 403
    assert post(client).status_code == 403


def test_a_form_from_elsewhere_is_refused(enter: Any, services: Services) -> None:
    heard(services)
    assert post(enter(Role.ADMIN), csrf="forged").status_code == 403
    assert services.dead_letters.count() == 1
