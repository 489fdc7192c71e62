"""Every page, in both languages, for every role, with good, no and bad data."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from domain.account import Role
from domain.errors import Unavailable
from domain.registry import Device, Installation
from domain.services import Services
from domain.text import Language, Text
from storage.database import Database
from storage.registry import SqlRegistry
from support.alert_scenes import every_state
from support.app import MovedClock, build_services, client_of
from support.mojokerto import all_well, append, much_wrong, one
from support.pages import add_people, log_in, text_of, with_pages

PAGES = (
    "/",
    "/sites/batik",
    "/sites/alas-kaki",
    "/devices/ipal-outlet",
    "/devices/ipal-outlet?metric=cod&span=7d",
    "/devices/bak-anaerob?span=1h",
    "/devices/jahit-2?metric=run&span=30d",
    "/alerts",
    "/alerts?show=all&site=batik",
    "/alerts?site=batik&priority=high",
    "/rules",
    "/rules/do-bak-aerob-rendah",
    "/alarm-performance",
    "/people",
    "/pauses",
    "/health",
)
SCENES: dict[str, Callable[[Services], Any]] = {
    "good": all_well,
    "none": lambda _: None,
    "bad": much_wrong,
    "every state": every_state,
}


@pytest.mark.parametrize("scene", SCENES)
def test_every_page_is_whole_in_both_languages_for_every_role(scene: str, enter: Any, services: Services) -> None:
    SCENES[scene](services)
    for language in Language:
        for role in Role:
            client = enter(role, language)
            for page in PAGES:
                answer = client.get(page)
                assert answer.status_code == 200, (page, role, language)
                assert f'<html lang="{language}">' in answer.text


def test_every_page_forbids_scripts_from_elsewhere(enter: Any, services: Services) -> None:
    policy = enter().get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy or "script-src" not in policy


def test_a_stranger_is_led_to_the_login_page_and_back(stranger: httpx.Client) -> None:
    assert stranger.get("/sites/batik?x=1").headers["Location"] == "/login?target=%2Fsites%2Fbatik%3Fx%3D1"


def test_a_fragment_without_a_session_moves_the_whole_page(stranger: httpx.Client) -> None:
    assert stranger.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/login"


def test_what_does_not_exist_is_said_on_a_page(enter: Any) -> None:
    answer = enter().get("/devices/nobody")
    assert (answer.status_code, "Tidak ditemukan" in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("path", "kind"), [("/nowhere", "text/html"), ("/api/v1/nowhere", "application/problem+json")]
)
def test_an_address_that_nobody_has_is_a_page_for_people_and_a_problem_for_programs(
    path: str, kind: str, enter: Any
) -> None:
    answer = enter().get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (404, kind)


def test_a_program_is_told_of_an_unknown_address_in_its_own_shape(enter: Any) -> None:
    answer = enter().get("/nowhere", headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_effluent_within_its_limits_is_aman(enter: Any, services: Services) -> None:
    all_well(services)
    assert "AMAN Efluen memenuhi baku mutu" in text_of(enter().get("/"))


def test_the_overview_counts_running_machines(enter: Any, services: Services) -> None:
    all_well(services)
    append(services, [one(services, "jahit-1", "run", 0.0, age=-1)])
    services.clock.move(1)  # type: ignore[attr-defined]
    machines = len([d for d in services.registry.installation().devices if d.site == "alas-kaki"])
    assert f"dari {machines} mesin beroperasi" in text_of(enter().get("/"))


def test_the_overview_says_when_everything_was_last_judged(enter: Any, services: Services, clock: MovedClock) -> None:
    all_well(services)
    clock.move(12)
    assert "Pemeriksaan terakhir 12 detik lalu" in text_of(enter().get("/"))


def test_values_stand_beside_their_limits_with_a_decimal_comma(enter: Any, services: Services) -> None:
    all_well(services, minutes=3)
    page = text_of(enter().get("/sites/batik"))
    assert re.search(r"pH 7,\d+ .{0,4}baku mutu 6–9", page), page


def test_english_has_a_decimal_point(enter: Any, services: Services) -> None:
    all_well(services, minutes=3)
    assert re.search(r"pH 7\.\d+ .{0,4}legal limit 6–9", text_of(enter(language=Language.EN).get("/sites/batik")))


def test_a_machine_shows_its_run_time_and_its_silence_apart(enter: Any, services: Services) -> None:
    all_well(services)
    page = text_of(enter().get("/sites/alas-kaki"))
    assert "jam kerja hari ini" in page
    assert re.search(r"Tanpa sinyal 10:\d\d", page), page  # from midnight until the first reading


def test_a_machine_counts_its_cycles_of_today(enter: Any, services: Services) -> None:
    all_well(services, minutes=90)
    assert "Siklus hari ini 90" in text_of(enter().get("/sites/alas-kaki"))


def test_the_trend_comes_with_the_page(enter: Any, services: Services) -> None:
    all_well(services)
    page = enter().get("/devices/ipal-outlet?metric=ph").text
    assert '"metric": "ph"' in page
    assert '"legal": true' in page


def test_a_table_holds_the_trend_without_scripts(enter: Any, services: Services) -> None:
    all_well(services, minutes=5)
    assert text_of(enter().get("/devices/ipal-outlet?metric=ph&span=1h")).count("baik") >= 5


def test_a_custom_range_is_cut_in_local_time(enter: Any, services: Services) -> None:
    all_well(services)
    page = enter().get("/devices/ipal-outlet?span=custom&start=2026-11-21T11:00&stop=2026-11-21T11:30").text
    assert 'value="2026-11-21T11:00"' in page
    assert '"live": false' in page


@pytest.mark.parametrize("times", ["start=yesterday&stop=now", "start=2026-11-21T12:00&stop=2026-11-21T11:00", ""])
def test_a_range_that_makes_no_sense_is_refused_kindly(times: str, enter: Any) -> None:
    answer = enter().get(f"/devices/ipal-outlet?span=custom&{times}")
    assert (answer.status_code, "Isian tidak dapat dipakai" in answer.text) == (422, True)


def test_an_unknown_metric_is_not_found(enter: Any) -> None:
    assert enter().get("/devices/ipal-outlet?metric=nope").status_code == 404


def test_without_data_nothing_is_called_safe(enter: Any) -> None:
    page = text_of(enter().get("/"))
    assert "BELUM DAPAT DINILAI" in page
    assert "AMAN" not in page


def test_an_empty_installation_says_what_to_do(tmp_path: Any, clock: MovedClock) -> None:
    services = build_services(tmp_path, clock)
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    database.migrate()
    services = dataclasses.replace(services, registry=SqlRegistry(database))
    add_people(services)
    with client_of(with_pages(services)) as client:
        log_in(client, "viewer")
        assert "pantau apply" in text_of(client.get("/"))


def test_a_device_that_never_spoke_says_so(enter: Any) -> None:
    assert "belum pernah mengirim data" in text_of(enter().get("/devices/ipal-outlet"))


def test_alerts_that_are_not_checked_are_the_first_thing_said(enter: Any) -> None:
    assert "Peringatan sedang tidak diperiksa." in text_of(enter().get("/"))


def test_a_store_that_is_away_leaves_the_pages_standing(services: Services, clock: MovedClock) -> None:
    all_well(services)

    class Away:
        """A reading query whose store has gone."""

        def __getattr__(self, name: str) -> Any:
            def gone(*_: Any) -> Any:
                raise Unavailable("the store is away")

            return gone

    with client_of(with_pages(dataclasses.replace(services, readings=Away()))) as client:
        log_in(client, "technician")
        for page in PAGES:
            answer = client.get(page)
            assert answer.status_code == 200, page
            if page.startswith(("/sites", "/devices")) or page == "/":
                assert "Penyimpanan data sedang tidak dapat dihubungi." in answer.text, page


@pytest.mark.parametrize("page", ["/", "/sites/batik", "/sites/alas-kaki", "/devices/ipal-outlet"])
def test_a_page_asks_for_the_latest_readings_once(page: str, services: Services) -> None:
    all_well(services, minutes=1)
    asked: list[str] = []

    class Counted:
        """A reading query that remembers what it was asked."""

        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(services.readings, name)

    with client_of(with_pages(dataclasses.replace(services, readings=Counted()))) as client:  # type: ignore[arg-type]
        log_in(client, "viewer")
        asked.clear()
        client.get(page)
    assert asked.count("latest") == 1


def test_names_are_never_markup(enter: Any, services: Services) -> None:
    evil = '<img src=x onerror="alert(1)">' + "sangat-panjang" * 20
    device = Device(id="jahat", site="batik", stage="outlet", profile="house-tank", name=Text(id=evil, en=evil))
    services.registry.apply(Installation(devices=(device,)), "test", services.clock())
    page = enter().get("/sites/batik").text
    assert "<img" not in page
    assert "&lt;img src=x" in page
