"""The machines' pages: the tablet, shifts, service, labels; in a client and in a real browser, offline too."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import httpx
import pytest
import segno
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from domain.account import Role
from domain.machine import StopRecord
from domain.services import Services
from domain.text import Language
from support.app import PASSWORD, MovedClock, client_of, serving
from support.chromium import CHROMIUM, FLAGS
from support.machine_day import DAY, MINUTE, PRESS, SEVEN, say_why, tell_the_day
from support.mojokerto import mojokerto_services
from support.pages import add_people, log_in, with_pages

END = SEVEN + 480 * MINUTE - 1000


class LogIn(Protocol):
    """Logs somebody of a role in, in a language."""

    def __call__(self, role: Role = Role.TECHNICIAN, language: Language = Language.ID) -> httpx.Client: ...


PAGES = (f"/machines/{PRESS}", f"/shifts?day={DAY}", f"/shifts?day={DAY}&days=7", "/service", "/machine-labels")
SHOTS = os.environ.get("PANTAU_SHOTS")


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(END)


@pytest.fixture
def services(tmp_path: Path, clock: MovedClock) -> Services:
    """The hot press had its day, the operator said why twice; the other machines said nothing."""
    built = mojokerto_services(tmp_path, clock)
    add_people(built)
    tell_the_day(built)
    say_why(built, END)
    return built


def stopped_for(services: Services, minute: int) -> list[str | None]:
    at = SEVEN + minute * MINUTE
    return [one.reason for one in services.stops.touching([PRESS], at, at + 1)]


def csrf(client: httpx.Client, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_everybody(enter: LogIn, path: str, language: Language) -> None:
    assert enter(Role.VIEWER, language).get(path).status_code == 200


def test_the_tablet_shows_state_shift_and_the_stop_that_waits(enter: LogIn) -> None:
    page = enter(Role.OPERATOR).get(f"/machines/{PRESS}").text
    assert 'data-state="executing"' in page
    assert "81,5 %" in page
    assert page.count("data-stop") == 1


def test_a_viewer_is_offered_no_reason(enter: LogIn) -> None:
    assert 'class="reasons"' not in enter(Role.VIEWER).get(f"/machines/{PRESS}").text


def test_a_reason_can_be_given_without_scripts(enter: LogIn, services: Services) -> None:
    client = enter(Role.OPERATOR)
    form = {"csrf": csrf(client, f"/machines/{PRESS}"), "reason": "operator", "device": PRESS}
    times = {"start": str(SEVEN + 375 * MINUTE), "stop": str(SEVEN + 405 * MINUTE)}
    assert client.post(f"/machines/{PRESS}/stops", data=form | times).status_code == 303
    assert stopped_for(services, 380) == ["operator"]


def test_shares_and_reasons_stand_on_the_shift_page(enter: LogIn) -> None:
    page = enter().get(f"/shifts?day={DAY}&shift=pagi").text
    assert "81,5 %" in page
    assert "Kulit / sintetis" in page
    assert "Belum diberi alasan" in page


@pytest.mark.parametrize("path", ["/shifts?day=kemarin", "/shifts?day=0001-01-01"])
def test_a_day_that_is_none_is_refused(enter: LogIn, path: str) -> None:
    assert enter().get(path).status_code == 422


@pytest.mark.parametrize("path", ["/machines/ipal-outlet", "/machines/press-9", "/shifts?site=x", "/shifts?shift=x"])
def test_what_is_not_there_is_a_page_that_says_so(enter: LogIn, path: str) -> None:
    assert enter().get(path).status_code == 404


def test_service_is_noted_with_its_parts(enter: LogIn, services: Services) -> None:
    client = enter(Role.TECHNICIAN)
    form = {"csrf": csrf(client, "/service"), "device": PRESS, "note": "Ganti oli", "part": "filter oli"}
    assert client.post("/service", data=form | {"run_hours": "251,5"}).status_code == 303
    record = services.maintenance.last()[PRESS]
    assert (record.note, record.run_hours) == ("Ganti oli (suku cadang: filter oli)", 251.5)


@pytest.mark.parametrize(
    "wrong", [{"note": " "}, {"note": "oli", "run_hours": "banyak"}, {"note": "x", "run_hours": "-1"}]
)
def test_a_note_that_makes_no_sense_is_told(enter: LogIn, wrong: dict[str, str]) -> None:
    client = enter(Role.TECHNICIAN)
    answer = client.post("/service", data={"csrf": csrf(client, "/service"), "device": PRESS} | wrong)
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_hours_that_may_mean_two_things_are_asked_for_again(enter: LogIn, services: Services) -> None:
    client = enter(Role.TECHNICIAN)
    form = {"csrf": csrf(client, "/service"), "device": PRESS, "note": "oli", "run_hours": "12.345"}
    answer = client.post("/service", data=form)
    assert (answer.status_code, "Bisa berarti 12345 atau 12,345" in answer.text) == (422, True)
    assert services.maintenance.last() == {}


def test_what_was_typed_into_a_wrong_service_stands(enter: LogIn, services: Services) -> None:
    plan = next(one for one in services.registry.installation().service_plans if one.parts)
    client = enter(Role.TECHNICIAN)
    form = {"csrf": csrf(client, "/service"), "device": plan.device, "plan": plan.id, "note": "ganti seal pompa"}
    page = client.post("/service", data=form | {"run_hours": "banyak", "part": plan.parts[0]}).text
    assert 'value="ganti seal pompa"' in page
    assert 'value="banyak"' in page
    assert f'value="{plan.parts[0]}" checked' in page
    assert page.count("<details open>") == 1


def test_labels_carry_the_address_of_the_settings_not_of_the_browser(tmp_path: Path, clock: MovedClock) -> None:
    known = replace(mojokerto_services(tmp_path, clock), base_url="https://pantau.sentra.example/")
    add_people(known)
    with client_of(with_pages(known)) as client:
        log_in(client, Role.TECHNICIAN.value)
        page = client.get("/machine-labels?device=press-1", headers={"Host": "elsewhere.example"}).text
    assert "https://pantau.sentra.example/machines/press-1</small>" in page


def test_each_label_opens_its_machine(enter: LogIn) -> None:
    page = enter().get("/machine-labels?device=press-1").text
    assert page.count("data:image/svg+xml") == 1
    assert "/machines/press-1</small>" in page


def test_a_service_of_yesterday_counts_from_yesterday(enter: LogIn, services: Services) -> None:
    client = enter(Role.TECHNICIAN)
    form = {"csrf": csrf(client, "/service"), "device": "jahit-1", "note": "oli", "day": "2026-11-19"}
    answer = client.post("/service", data=form)
    assert answer.headers["location"] == "/service?site=alas-kaki&noted=jahit-1"
    assert services.maintenance.last()["jahit-1"].at == SEVEN - 19 * 60 * MINUTE  # noon of the day before


def test_after_a_service_the_next_one_has_its_day(enter: LogIn, services: Services) -> None:
    client = enter(Role.TECHNICIAN)
    form = {"csrf": csrf(client, "/service"), "device": "jahit-1", "note": "oli dan sekoci"}
    page = client.get(client.post("/service", data=form).headers["location"]).text
    assert "Servis Mesin jahit 1 dicatat." in page
    assert "jatuh tempo 20/12/2026" in page
    assert "technician: oli dan sekoci" in page


@pytest.mark.parametrize("day", ["2026-11-21", "2024-01-01", "kemarin"])
def test_a_day_on_which_no_service_can_have_been_done_is_refused(enter: LogIn, services: Services, day: str) -> None:
    client = enter(Role.TECHNICIAN)
    form = {"csrf": csrf(client, "/service"), "device": "jahit-1", "note": "oli", "day": day}
    assert client.post("/service", data=form).status_code == 422
    assert services.maintenance.last() == {}


def test_a_shift_that_is_on_says_up_to_when(enter: LogIn) -> None:
    assert "angka sementara, sampai 14.59" in enter().get(f"/shifts?day={DAY}").text


def test_a_shift_that_lies_ahead_is_not_called_none(enter: LogIn) -> None:
    assert "Belum ada shift yang mulai" in enter().get(f"/shifts?day={DAY}&shift=malam").text


# ── in a browser ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def url(services: Services) -> Iterator[str]:
    with serving(with_pages(services)) as address:
        yield address


def opened(context: BrowserContext, url: str, path: str, role: str = "operator") -> Page:
    page = context.new_page()
    context.add_init_script(f"localStorage.setItem('pantau.clock', String({END} - Date.now()))")
    context.route("**/api/v1/me", lambda route: route.abort())  # its Date is today's, the tests' day is another
    page.goto(f"{url}/login")
    page.locator("#name").fill(role)
    page.locator("#password").fill(PASSWORD)
    page.locator("form.stack button").click()
    page.goto(url + path)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("size", [(390, 844), (800, 1280), (1440, 900)])
def test_no_page_is_wider_than_the_screen(
    browser: Browser, url: str, services: Services, size: tuple[int, int]
) -> None:
    for language in Language:
        services.authenticator.set_language("operator", language)
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        page = opened(context, url, "/")
        for path in PAGES:
            page.goto(url + path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            if SHOTS:
                name = re.sub(r"\W+", "-", path).strip("-")
                page.screenshot(path=f"{SHOTS}/{name}-{size[0]}-{language}.png", full_page=True)
        context.close()


@pytest.mark.browser
def test_one_tap_explains_a_stop(browser: Browser, url: str, services: Services) -> None:
    context = browser.new_context(viewport={"width": 820, "height": 1180})
    page = opened(context, url, f"/machines/{PRESS}")
    page.get_by_role("button", name="Listrik padam").click()
    expect(page.locator("[data-say=sent]")).to_be_visible()
    expect(page.locator("[data-stop]:visible")).to_have_count(0)
    assert stopped_for(services, 380) == ["listrik-padam"]
    context.close()


@pytest.mark.browser
def test_a_reason_given_offline_waits_survives_a_reload_and_is_sent_once(
    browser: Browser, url: str, services: Services
) -> None:
    context = browser.new_context(viewport={"width": 820, "height": 1180})
    page = opened(context, url, f"/machines/{PRESS}")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()  # now through the worker, which keeps it
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    context.set_offline(True)
    page.locator("summary", has_text="Mesin rusak").click()
    page.get_by_role("button", name="Pemanas").click()
    expect(page.locator("[data-say=kept]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-say=kept]")).to_be_visible()
    expect(page.locator("[data-stop]:visible")).to_have_count(0)
    assert stopped_for(services, 380) == []
    context.set_offline(False)
    expect(page.locator("[data-say=sent]")).to_be_visible(timeout=15_000)
    assert stopped_for(services, 380) == ["rusak-pemanas"]
    context.close()


@pytest.mark.browser
def test_an_answer_that_was_lost_on_the_way_is_not_counted_twice(
    browser: Browser, url: str, services: Services
) -> None:
    context = browser.new_context()
    page = opened(context, url, f"/machines/{PRESS}")
    lost: list[int] = []

    def swallow(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/machines/stops", swallow)
    page.get_by_role("button", name="Listrik padam").click()
    expect(page.locator("[data-say=sent]")).to_be_visible(timeout=15_000)
    assert (lost, stopped_for(services, 380)) == ([200], ["listrik-padam"])
    context.close()


@pytest.mark.browser
def test_reasons_survive_a_closed_browser(browser: Browser, url: str, services: Services, tmp_path: Path) -> None:
    def started() -> BrowserContext:
        return browser.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=list(FLAGS)
        )

    context = started()
    page = opened(context, url, f"/machines/{PRESS}")
    cut_off(page)
    page.get_by_role("button", name="Listrik padam").click()
    expect(page.locator("[data-say=kept]")).to_be_visible()
    context.close()
    assert stopped_for(services, 380) == []
    context = started()
    page = context.new_page()
    context.route("**/api/v1/me", lambda route: route.abort())
    page.goto(f"{url}/machines/{PRESS}")
    expect(page.locator("[data-say=sent]")).to_be_visible(timeout=15_000)
    assert stopped_for(services, 380) == ["listrik-padam"]
    context.close()


def cut_off(page: Page) -> None:
    """The network is gone, as the browser's own tools do it."""
    session = page.context.new_cdp_session(page)
    gone = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    session.send("Network.emulateNetworkConditions", gone)


@pytest.mark.browser
@pytest.mark.parametrize(("minute", "said"), [(470, "itu yang berlaku"), (490, "alasan rina yang berlaku")])
def test_what_somebody_else_said_meanwhile_is_shown(
    browser: Browser, url: str, services: Services, minute: int, said: str
) -> None:
    context = browser.new_context()
    page = opened(context, url, f"/machines/{PRESS}")
    at = SEVEN + minute * MINUTE
    record = StopRecord(PRESS, SEVEN + 375 * MINUTE, SEVEN + 405 * MINUTE, "operator", "rina", at)
    services.stops.add(record, at)
    page.get_by_role("button", name="Listrik padam").click()
    expect(page.locator("#stop-news li")).to_contain_text("Operator tidak ada")
    expect(page.locator("#stop-news li")).to_contain_text(said)
    page.locator("#stop-news button").click()
    expect(page.locator("#stop-news")).to_be_hidden()
    context.close()


@pytest.mark.browser
def test_a_refused_reason_is_shown_until_it_is_read(browser: Browser, url: str, services: Services) -> None:
    context = browser.new_context()
    page = opened(context, url, f"/machines/{PRESS}")
    page.evaluate("document.querySelector('form.reasons > button').value = 'tidak-dikenal'")
    page.locator("form.reasons > button").first.click()
    expect(page.locator("#stop-news li")).to_contain_text("tidak diterima server")
    page.reload()
    expect(page.locator("#stop-news li")).to_contain_text("tidak diterima server")
    context.close()


@pytest.mark.browser
def test_with_a_session_that_is_over_reasons_wait_and_go_after_the_next_log_in(
    browser: Browser, url: str, services: Services
) -> None:
    context = browser.new_context()
    page = opened(context, url, f"/machines/{PRESS}")
    context.clear_cookies()
    page.get_by_role("button", name="Listrik padam").click()
    expect(page.locator("[data-say=login]")).to_be_visible(timeout=15_000)
    assert stopped_for(services, 380) == []
    page = opened(context, url, f"/machines/{PRESS}")
    expect(page.locator("[data-say=sent]")).to_be_visible(timeout=15_000)
    assert stopped_for(services, 380) == ["listrik-padam"]
    context.close()


@pytest.mark.browser
def test_the_printed_code_is_that_of_the_machines_address(browser: Browser, url: str) -> None:
    context = browser.new_context()
    page = opened(context, url, "/machine-labels?device=press-1")
    address = page.locator(".label small").inner_text()
    wanted = [[int(dark) for dark in row] for row in segno.make(address, error="m", micro=False).matrix]
    seen = page.evaluate(READ_CODE, len(wanted))
    assert (address, seen) == (f"{url}/machines/press-1", wanted)
    context.close()


READ_CODE = """async (modules) => {
  const picture = document.querySelector(".label img"), size = modules + 4;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: size * 8, height: size * 8 });
  const ink = canvas.getContext("2d");
  ink.fillStyle = "#fff"; ink.fillRect(0, 0, size * 8, size * 8); ink.drawImage(picture, 0, 0, size * 8, size * 8);
  const dark = (x, y) => Number(ink.getImageData((x + 2) * 8 + 4, (y + 2) * 8 + 4, 1, 1).data[0] < 128);
  return [...Array(modules).keys()].map((y) => [...Array(modules).keys()].map((x) => dark(x, y)));
}"""
