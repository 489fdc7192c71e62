"""The visitors' screen: by signed link, without log-in or names, honest about what is missing, for weeks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from re import findall, sub
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from dashboard.app import PAGES
from domain.account import Role
from domain.errors import Unavailable
from domain.kiosk import KioskLink
from domain.services import SESSION_COOKIE, Services
from service.kiosk_links import SignedKiosks
from storage.database import Database
from storage.kiosk_links import SqlKioskLinks
from support.app import MovedClock, client_of, serving
from support.mojokerto import all_well, append, mojokerto_services, much_wrong, one
from support.pages import add_people, csrf_of, log_in, text_of, with_pages

CHROMIUM = "/usr/bin/chromium"
SIZES = ({"width": 390, "height": 844}, {"width": 1440, "height": 900})


class KiosksAway:
    """Links in a database that cannot be reached."""

    def read(self, token: str) -> KioskLink:
        """As the real ones then."""
        raise Unavailable("the database is away")


class Room:
    """A visitors' room with one screen of the batik centre."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.clock = MovedClock()
        services = mojokerto_services(folder, self.clock)
        add_people(services)
        self.kiosks = SignedKiosks(SqlKioskLinks(database), b"k" * 32, "http://pantau")
        self.services: Services = replace(services, kiosks=self.kiosks)
        self.app: FastAPI = with_pages(self.services)
        self.link: KioskLink = self.kiosks.make("Ruang kunjungan", "batik", "id", "admin", self.clock())

    def path(self, link: KioskLink | None = None) -> str:
        """The screen's address without its server."""
        return self.kiosks.address(link or self.link).removeprefix("http://pantau")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Nothing measured yet."""
    with closing(Database(f"sqlite:///{tmp_path / 'pantau.db'}")) as database:
        mojokerto_services(tmp_path)  # makes the tables
        yield Room(tmp_path, database)


@pytest.fixture
def visitor(room: Room) -> Iterator[httpx.Client]:
    """Somebody without an account."""
    with client_of(room.app) as client:
        yield client


@pytest.fixture
def admin(room: Room) -> Iterator[httpx.Client]:
    """Who makes and revokes links."""
    with client_of(room.app) as client:
        log_in(client, Role.ADMIN.value)
        yield client


def test_a_visitor_reads_it_without_logging_in(room: Room, visitor: httpx.Client) -> None:
    all_well(room.services, 3)
    assert "Air yang keluar memenuhi baku mutu." in text_of(visitor.get(room.path()))


def test_every_stage_is_told_in_plain_words(room: Room, visitor: httpx.Client) -> None:
    assert "Air melewati pasir dan arang" in text_of(visitor.get(room.path()))


def test_it_speaks_english_too(room: Room, visitor: httpx.Client) -> None:
    assert "step by step" in text_of(visitor.get(f"{room.path()}?language=en"))


def test_without_data_it_says_so(room: Room, visitor: httpx.Client) -> None:
    assert "Tidak ada data saat ini." in text_of(visitor.get(room.path()))


def test_what_is_old_is_not_shown_as_a_value(room: Room, visitor: httpx.Client) -> None:
    append(room.services, [one(room.services, "ipal-outlet", "ph", 7.31, age=3 * 3_600_000)])
    said = text_of(visitor.get(room.path()))
    assert "7,31" not in said
    assert "tidak ada data sejak" in said


def test_a_value_over_its_limit_is_said_calmly(room: Room, visitor: httpx.Client) -> None:
    much_wrong(room.services)
    assert "Petugas sudah diberi tahu." in text_of(visitor.get(room.path()))


def test_only_what_the_law_limits_is_called_within_the_legal_limit(room: Room, visitor: httpx.Client) -> None:
    all_well(room.services, 3)
    said = {key: one["r"] for key, one in visitor.get(f"{room.path()}/now").json()["values"].items()}
    assert (said["ipal-outlet/ph"], said["bak-aerob/do"]) == ("sesuai baku mutu", "dalam rentang kerja")


def test_no_name_of_anybody_stands_on_it(room: Room, visitor: httpx.Client) -> None:
    much_wrong(room.services)
    said = visitor.get(room.path()).text
    contacts = room.services.registry.installation().contacts
    assert not [one.name for one in contacts if one.name in said]


@pytest.mark.parametrize("part", ["", "/now", "/stream"])
def test_a_forged_link_shows_nothing(visitor: httpx.Client, part: str) -> None:
    assert visitor.get(f"/kiosk/forged.token{part}").status_code == 404


@pytest.mark.parametrize("part", ["", "/now", "/stream"])
def test_a_revoked_link_shows_nothing(room: Room, visitor: httpx.Client, part: str) -> None:
    room.kiosks.revoke(room.link.id, "admin", room.clock())
    assert visitor.get(f"{room.path()}{part}").status_code == 404


@pytest.mark.parametrize(
    ("query", "said"), [("", "Layar ini sudah tidak dipakai."), ("?language=en", "This screen is no longer in use.")]
)
def test_a_revoked_link_says_so_in_a_plain_sentence(room: Room, visitor: httpx.Client, query: str, said: str) -> None:
    room.kiosks.revoke(room.link.id, "admin", room.clock())
    assert said in text_of(visitor.get(room.path() + query))


@pytest.mark.parametrize("path", ["/kiosk/forged.token", None])
def test_a_link_that_counts_no_more_leads_nowhere_else(room: Room, visitor: httpx.Client, path: str | None) -> None:
    room.kiosks.revoke(room.link.id, "admin", room.clock())
    page = visitor.get(path or room.path()).text
    assert set(findall(r'href="([^"]*)"', page)) == {"/static/favicon.svg", "/static/kiosk.css", "?language=en"}


def test_a_database_that_is_away_is_said_and_looked_for_again(room: Room) -> None:
    services = replace(room.services, kiosks=KiosksAway())  # type: ignore[arg-type]
    with client_of(with_pages(services)) as client:
        answer = client.get(room.path())
    assert (answer.status_code, answer.headers["refresh"]) == (503, "30")
    assert "Data belum bisa ditampilkan." in text_of(answer)


def page_routes() -> Iterator[tuple[str, list[str]]]:
    """Path and methods of every page."""
    for module in PAGES:
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            yield route.path, sorted(route.methods or ())


def knock(client: httpx.Client, method: str, path: str, token: str) -> int:
    """The status where the token is shown as all a token can be: in the path, as a key, as a session."""
    address = sub(r"\{[^}]*\}", token, path)
    shown = {"Authorization": f"Bearer {token}", "Cookie": f"{SESSION_COOKIE}={token}"}
    return client.request(method, address, headers=shown).status_code


def test_the_link_opens_no_other_door(room: Room, visitor: httpx.Client) -> None:
    token = room.path().removeprefix("/kiosk/")
    pages = [(method, path) for path, methods in page_routes() for method in methods if "/kiosk/{token}" not in path]
    api = [(method.upper(), path) for path, methods in room.app.openapi()["paths"].items() for method in methods]
    doors = pages + api
    opened = [d for d in doors if knock(visitor, *d, token) != knock(visitor, *d, "forged.token")]
    assert len(doors) > 100
    assert opened == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("part", ["", "/now", "/stream"])
def test_the_screen_can_only_be_read(room: Room, visitor: httpx.Client, method: str, part: str) -> None:
    assert visitor.request(method, room.path() + part).status_code == 405


def test_machines_are_counted_by_line(room: Room, visitor: httpx.Client) -> None:
    all_well(room.services, 3)
    link = room.kiosks.make("Lobi", "alas-kaki", "id", "admin", room.clock())
    assert "Mesin beroperasi" in text_of(visitor.get(room.path(link)))


def test_an_admin_makes_and_revokes_links(room: Room, admin: httpx.Client) -> None:
    form = {"name": "Lobi", "site": "batik", "language": "en", "csrf": csrf_of(admin)}
    assert admin.post("/kiosk-links", data=form).status_code == 303
    admin.post(f"/kiosk-links/{room.link.id}/revoke", data={"csrf": form["csrf"]})
    assert sorted((one.name, one.revoked_at is None) for one in room.kiosks.all()) == [
        ("Lobi", True),
        ("Ruang kunjungan", False),
    ]


def test_a_screen_needs_a_name(admin: httpx.Client) -> None:
    form = {"name": " ", "site": "batik", "language": "id", "csrf": csrf_of(admin)}
    assert "Beri nama layarnya." in text_of(admin.post("/kiosk-links", data=form, follow_redirects=True))


def test_others_do_not_see_the_links(room: Room) -> None:
    with client_of(room.app) as client:
        log_in(client, Role.OFFICER.value)
        assert client.get("/kiosk-links").status_code == 403


# ── in a browser ────────────────────────────────────────────────────────────────────────────────

NODES = "document.getElementsByTagName('*').length"
BEAT = """(state) => { window.beats.forEach((one) => one({ data: JSON.stringify(state) })); }"""
CAUGHT = """
window.beats = [];
window.EventSource = class {
  constructor() {}
  addEventListener(kind, work) { if (kind === "now") window.beats.push(work); }
  close() {}
};
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        message = "chromium is not installed: run `make test`, which installs it"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def screen(browser: Browser, room: Room) -> Iterator[tuple[Page, str]]:
    """A browser before the screen, and the server's address."""
    with serving(room.app) as url:
        context = browser.new_context(viewport=SIZES[1])
        yield context.new_page(), url
        context.close()


@pytest.mark.browser
def test_values_arrive_by_themselves(screen: tuple[Page, str], room: Room) -> None:
    all_well(room.services, 3)
    page, url = screen
    page.goto(url + room.path())
    append(room.services, [one(room.services, "ipal-outlet", "ph", 8.31, age=-1)])
    expect(page.locator('[data-key="ipal-outlet/ph"] .v')).to_have_text("8,31", timeout=15_000)


@pytest.mark.browser
def test_five_hundred_updates_leave_the_page_as_large_as_it_was(screen: tuple[Page, str], room: Room) -> None:
    all_well(room.services, 3)
    page, url = screen
    page.add_init_script(CAUGHT)
    page.goto(url + room.path())
    state: dict[str, Any] = page.evaluate(f"fetch('{room.path()}/now').then((answer) => answer.json())")
    page.evaluate(BEAT, state)
    before = page.evaluate(NODES)
    for n in range(500):
        state["values"]["ipal-outlet/ph"]["v"] = f"{n}"
        page.evaluate(BEAT, state)
    assert page.evaluate(NODES) == before
    assert page.locator("body").get_attribute("data-updates") == "501"
    expect(page.locator('[data-key="ipal-outlet/ph"] .v')).to_have_text("499")


def found_again(page: Page) -> bool:
    """Whether it is, in two minutes of the page's clock that leave the server time to answer."""
    for _ in range(30):
        page.clock.run_for(4_000)
        try:
            expect(page.locator("#lost")).to_be_hidden(timeout=1_500)
        except AssertionError:
            continue
        return True
    return False


@pytest.mark.browser
def test_a_server_that_is_away_is_said_and_found_again(browser: Browser, room: Room) -> None:
    all_well(room.services, 3)
    context = browser.new_context(viewport=SIZES[1])
    page = context.new_page()
    down = True

    def answer(route: Route) -> None:
        route.abort() if down else route.continue_()

    with serving(room.app) as url:
        page.clock.install()
        page.route("**/stream*", answer)
        page.goto(url + room.path())
        page.clock.run_for(25_000)
        expect(page.locator("#lost")).to_contain_text("Tidak ada data baru sejak")
        down = False
        assert found_again(page)
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("size", SIZES, ids=["390", "1440"])
@pytest.mark.parametrize("scene", ["good", "none", "bad"])
def test_it_is_never_wider_than_the_screen(
    browser: Browser, room: Room, size: Any, language: str, scene: str
) -> None:
    {"good": lambda: all_well(room.services, 3), "none": lambda: None, "bad": lambda: much_wrong(room.services)}[
        scene
    ]()
    context = browser.new_context(viewport=size)
    page = context.new_page()
    with serving(room.app) as url:
        page.goto(f"{url}{room.path()}?language={language}")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert wider <= 0


WALLS = ((1366, 768), (1440, 900), (1920, 1080))
CUT_OFF = """() => [...document.querySelectorAll(".stage, .v, .r, dt, h1, h2, footer, #verdict")].filter((one) => {
  const box = one.getBoundingClientRect(), tile = (one.closest(".stage") || document.body).getBoundingClientRect();
  const over = one.matches(".stage") && one.scrollHeight > one.clientHeight + 3;
  return over || box.bottom > Math.min(innerHeight, tile.bottom) + 1 || box.right > tile.right + 1;
}).map((one) => one.className + ": " + one.textContent.slice(0, 60))"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".v")]
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""


@pytest.mark.browser
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("site", ["batik", "alas-kaki"])
@pytest.mark.parametrize("scene", [all_well, much_wrong, lambda _: None], ids=["good", "bad", "none"])
def test_a_wall_screen_shows_every_stage_at_once(
    browser: Browser, room: Room, language: str, site: str, scene: Any
) -> None:
    scene(room.services)
    path = room.path(room.kiosks.make("Dinding", site, language, "admin", room.clock()))
    with serving(room.app) as url, closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(url + path)
        for width, height in WALLS:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollHeight") <= height
            assert page.evaluate(CUT_OFF) == []
            assert page.evaluate(SMALLEST) >= height / 40  # a fortieth of a screen 60 cm high is read from 3 m


@pytest.mark.browser
def test_a_phone_scrolls(browser: Browser, room: Room) -> None:
    with serving(room.app) as url, closing(browser.new_context(viewport=SIZES[0])) as context:
        page = context.new_page()
        page.goto(url + room.path())
        assert page.evaluate("getComputedStyle(document.body).overflowY") == "visible"
        assert page.evaluate("document.documentElement.scrollHeight") > 844


# ── for weeks ───────────────────────────────────────────────────────────────────────────────────

STARTED = """window.started = (JSON.parse(sessionStorage.getItem("started") || "0")) + 1;
sessionStorage.setItem("started", window.started);"""
HOUR = 3_600_000


@pytest.fixture
def clocked(browser: Browser, room: Room) -> Iterator[tuple[Page, str]]:
    """A screen whose clock the test moves, at noon in Jakarta."""
    all_well(room.services, 3)
    with serving(room.app) as url:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Asia/Jakarta")
        page = context.new_page()
        page.add_init_script(STARTED)
        page.clock.install(time=datetime(2026, 11, 21, 5, 0, tzinfo=UTC))
        page.goto(url + room.path())
        yield page, url
        context.close()


@pytest.mark.browser
def test_each_night_at_three_the_page_loads_itself_again(browser: Browser, room: Room) -> None:
    all_well(room.services, 3)
    context = browser.new_context(timezone_id="Asia/Jakarta")
    page = context.new_page()
    page.add_init_script(STARTED + CAUGHT)
    with serving(room.app) as url:
        page.clock.install(time=datetime(2026, 11, 20, 17, 50, tzinfo=UTC))  # ten to one at night
        page.goto(url + room.path())
        state = page.evaluate(f"fetch('{room.path()}/now').then((answer) => answer.json())")
        page.evaluate(f"(state) => setInterval(() => ({BEAT})(state), 5000)", state)
        page.clock.run_for(2 * HOUR + 9 * 60_000)
        assert page.evaluate("window.started") == 1
        with page.expect_event("load"):  # the page's own rules forbid to wait for a text of JavaScript in it
            page.clock.run_for(90_000)
        assert page.evaluate("window.started") == 2
    context.close()


@pytest.mark.browser
def test_at_three_it_stays_as_it_is_while_the_server_is_away(clocked: tuple[Page, str]) -> None:
    page, _ = clocked
    page.route("**/kiosk/**", lambda route: route.abort())
    page.clock.fast_forward(15 * HOUR + 60_000)
    page.clock.run_for(40_000)
    assert page.evaluate("window.started") == 1
    expect(page.locator("#lost")).to_be_visible()


@pytest.mark.browser
def test_after_an_hour_without_a_server_it_shows_values_again(clocked: tuple[Page, str]) -> None:
    page, _ = clocked
    page.route("**/kiosk/**", lambda route: route.abort())
    for _ in range(60):
        page.clock.fast_forward(60_000)
        page.clock.run_for(4_000)
    page.unroute("**/kiosk/**")
    for _ in range(40):  # the answers take real time
        page.clock.run_for(2_000)
        page.wait_for_timeout(50)
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator('[data-key="ipal-outlet/ph"] .v')).to_be_visible()


@pytest.mark.browser
def test_a_server_that_is_away_is_asked_ever_more_rarely(clocked: tuple[Page, str]) -> None:
    page, _ = clocked
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("**/kiosk/**", refuse)
    page.clock.run_for(60_000)
    asked.clear()
    for _ in range(60):
        page.clock.run_for(20_000)
    assert 10 < len(asked) < 90  # in twenty minutes


@pytest.mark.browser
def test_a_link_that_is_revoked_ends_the_screen_with_a_plain_sentence(screen: tuple[Page, str], room: Room) -> None:
    page, url = screen
    page.goto(url + room.path())
    room.kiosks.revoke(room.link.id, "admin", room.clock())
    expect(page.locator("h1")).to_have_text("Layar ini sudah tidak dipakai.", timeout=15_000)


@pytest.mark.browser
def test_five_thousand_updates_do_not_fill_the_memory(screen: tuple[Page, str], room: Room) -> None:
    all_well(room.services, 3)
    page, url = screen
    page.add_init_script(CAUGHT)
    page.goto(url + room.path())
    state: dict[str, Any] = page.evaluate(f"fetch('{room.path()}/now').then((answer) => answer.json())")
    devtools = page.context.new_cdp_session(page)

    def used_after(updates: int) -> int:
        play = """([state, n]) => { for (let i = 0; i < n; i++) {
            for (const one of Object.values(state.values)) one.v = String(i);
            window.beats.forEach((beat) => beat({ data: JSON.stringify(state) })); } }"""
        page.evaluate(play, [state, updates])
        devtools.send("HeapProfiler.collectGarbage")
        heap: dict[str, int] = devtools.send("Runtime.getHeapUsage")
        return heap["usedSize"]

    warm = used_after(500)
    assert used_after(5000) - warm < 200_000  # bytes: 40 for each update would show
