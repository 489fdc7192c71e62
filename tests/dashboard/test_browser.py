"""The pages in a real browser against a real server: live values, acknowledging on a phone, the chart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.services import Services
from support.alert_scenes import every_state
from support.app import PASSWORD, MovedClock, serving
from support.mojokerto import MINUTE, all_well, append, much_wrong, one
from support.pages import with_pages

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
ALL = (
    "/", "/sites/batik", "/sites/alas-kaki", "/devices/ipal-outlet?metric=ph", "/alerts", "/health", "/rules",
    "/rules/do-bak-aerob-rendah", "/alarm-performance", "/people", "/pauses", "/alerts/child-0",
)  # fmt: skip


@pytest.fixture
def url(services: Services) -> Iterator[str]:
    """The server's address."""
    with serving(with_pages(services)) as address:
        yield address


@contextmanager
def looking(browser: Browser, url: str, size: Any = PHONE, language: str = "id") -> Iterator[Page]:
    """A page of somebody logged in, that fails when the browser's console said anything bad."""
    context = browser.new_context(viewport=size)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{url}/login")
    if language == "en":
        page.get_by_role("button", name="EN").click()
    page.locator("#name").fill("technician")
    page.locator("#password").fill(PASSWORD)
    page.locator("form.stack button").click()
    if language == "en":
        page.get_by_role("button", name="EN").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    yield page
    context.close()
    assert said == []


def test_a_value_changes_on_the_page_when_it_arrives(browser: Browser, url: str, services: Services) -> None:
    all_well(services, minutes=3)
    with looking(browser, url) as page:
        with page.expect_response("**/api/v1/stream"):
            page.goto(f"{url}/sites/batik")
        page.wait_for_timeout(300)
        append(services, [one(services, "ipal-outlet", "ph", 8.31, age=-1)])
        expect(page.locator('[data-series="ipal-outlet/ph"] .v')).to_have_text(["8,31", "8,31"])


def test_a_value_that_breaks_its_limit_says_so_without_a_reload(
    browser: Browser, url: str, services: Services, clock: MovedClock
) -> None:
    all_well(services, minutes=3)
    with looking(browser, url) as page:
        with page.expect_response("**/api/v1/stream"):
            page.goto(f"{url}/")
        page.wait_for_timeout(300)
        clock.move(1)
        append(services, [one(services, "ipal-outlet", "ph", 9.72)])
        expect(page.locator(".site.danger .word")).to_have_text("BAHAYA")


def test_a_technician_acknowledges_on_a_phone(browser: Browser, url: str, services: Services) -> None:
    much_wrong(services)
    with looking(browser, url) as page:
        page.goto(f"{url}/alerts")
        page.locator(".alert").first.click()
        page.get_by_role("button", name="Saya tangani").click()
        expect(page.get_by_text("Ditanggapi technician")).to_be_visible()
    assert services.book.alert("alert-ph").acknowledged_by == "technician"


def test_who_comes_second_on_a_phone_is_told(browser: Browser, url: str, services: Services) -> None:
    much_wrong(services)
    context = browser.new_context(viewport=PHONE)  # the browser itself reports the 409: no watch on the console
    page = context.new_page()
    page.goto(f"{url}/login?target=/alerts/alert-ph")
    page.locator("#name").fill("technician")
    page.locator("#password").fill(PASSWORD)
    page.locator("form.stack button").click()
    services.desk.acknowledge("alert-ph", "operator", None, services.clock())
    page.get_by_role("button", name="Saya tangani").click()
    expect(page.get_by_role("alert")).to_contain_text("sudah ditanggapi")
    context.close()


def test_the_trend_is_drawn_with_its_data(browser: Browser, url: str, services: Services) -> None:
    all_well(services)
    with looking(browser, url) as page:
        page.goto(f"{url}/devices/ipal-outlet?metric=ph&span=24h")
        expect(page.locator("#chart canvas")).to_be_visible()
        assert int(page.locator("#chart").get_attribute("data-drawn") or 0) > 10


def test_a_gap_in_the_data_is_a_gap_in_the_line(browser: Browser, url: str, services: Services) -> None:
    minutes = (*range(50, 40, -1), *range(10, -1, -1))
    append(services, [one(services, "ipal-outlet", "ph", 7.2, age=minute * MINUTE) for minute in minutes])
    with looking(browser, url) as page:
        page.goto(f"{url}/devices/ipal-outlet?metric=ph&span=1h")
        expect(page.locator("#chart")).to_have_attribute("data-breaks", "1")


def test_the_trend_moves_on_from_the_api(browser: Browser, url: str, services: Services) -> None:
    all_well(services, minutes=3)
    with looking(browser, url) as page:
        page.goto(f"{url}/devices/ipal-outlet?metric=ph&span=1h")
        expect(page.locator("#chart canvas")).to_be_visible()
        answer = page.evaluate(
            "fetch('/api/v1/readings?device=ipal-outlet&metric=ph&max_points=400').then(answer => answer.status)"
        )
        assert answer == 200


def test_a_lost_stream_is_said(browser: Browser, tmp_path: Path, services: Services) -> None:
    all_well(services, minutes=1)
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.clock.install()
    page.route("**/api/v1/stream", lambda route: route.abort())
    with serving(with_pages(services)) as address:
        page.goto(f"{address}/login")
        page.locator("#name").fill("technician")
        page.locator("#password").fill(PASSWORD)
        page.locator("form.stack button").click()
        expect(page.locator("#lost")).to_be_hidden()
        page.clock.run_for(11_000)
        expect(page.locator("#lost")).to_contain_text("Terputus.")
    context.close()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("size", [{"width": 320, "height": 568}, PHONE, DESK], ids=["320", "390", "1440"])
def test_no_page_is_wider_than_the_screen(
    size: Any, language: str, browser: Browser, url: str, services: Services
) -> None:
    much_wrong(services)
    every_state(services)
    with looking(browser, url, size, language) as page:
        for path in (*ALL, "/alerts/alert-ph", "/dead-letters"):
            page.goto(url + path)
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, path


def test_everything_to_tap_is_large_enough(browser: Browser, url: str, services: Services) -> None:
    much_wrong(services)
    every_state(services)
    tapped = (
        "button, .button, .main a, .choices a, .alert a, summary, input:not([type=hidden], [type=checkbox]), select"
    )
    measure = f"""() => [...document.querySelectorAll("{tapped}")]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"""
    with looking(browser, url) as page:
        for path in (*ALL, "/alerts/alert-ph"):
            page.goto(url + path)
            assert page.evaluate(measure) == [], path


def test_no_link_is_lower_than_a_finger_can_hit(browser: Browser, url: str, services: Services) -> None:
    much_wrong(services)
    every_state(services)
    measure = """() => [...document.querySelectorAll("a")]
        .filter(e => e.offsetParent && !e.matches(".skip") && e.getBoundingClientRect().height < 23.9)
        .map(e => e.outerHTML)"""
    with looking(browser, url) as page:
        for path in ("/alerts", "/alerts/alert-ph", "/health", "/people", "/devices/ipal-outlet?metric=ph"):
            page.goto(url + path)
            assert page.evaluate(measure) == [], path


def test_every_tab_is_seen_on_a_phone(browser: Browser, url: str) -> None:
    with looking(browser, url) as page:
        page.goto(f"{url}/alerts")
        edges = page.evaluate("[...document.querySelectorAll('.tabs a')].map(e => e.getBoundingClientRect().right)")
        assert len(edges) == 5
        assert max(edges) <= PHONE["width"]


def test_taking_an_alert_on_needs_no_scrolling_on_a_phone(browser: Browser, url: str, services: Services) -> None:
    much_wrong(services)
    with looking(browser, url) as page:
        page.goto(f"{url}/alerts/alert-ph")
        expect(page.get_by_role("button", name="Saya tangani")).to_be_in_viewport(ratio=1)


def test_the_pages_stand_without_scripts(browser: Browser, url: str, services: Services) -> None:
    all_well(services, minutes=1)
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url}/login")
    page.locator("#name").fill("viewer")
    page.locator("#password").fill(PASSWORD)
    page.locator("form.stack button").click()
    expect(page.locator(".site .word").first).to_be_visible()
    context.close()
