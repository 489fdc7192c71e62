"""A device is registered in a real browser, on a phone, in four touches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.services import Services
from support.app import PASSWORD, MovedClock, serving
from support.mojokerto import mojokerto_services
from support.newcomers import heard, with_replay
from support.pages import add_people, with_pages

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """Both centres; a probe, a plug and something strange were heard."""
    built = with_replay(mojokerto_services(tmp_path, MovedClock()))
    add_people(built)
    heard(built)
    heard(built, "tele/steker-jahit-7/SENSOR", b'{"Time":"2026-11-21T11:59:00","ENERGY":{"Total":6.294,"Power":263}}')
    heard(built, "pabrik/lantai-1/xyz", b"\x00\x01 halo", reason="unknown_topic")
    return built


@pytest.fixture
def url(services: Services) -> Iterator[str]:
    """The server's address."""
    with serving(with_pages(services)) as address:
        yield address


def enter(browser: Browser, url: str, size: dict[str, int]) -> Page:
    """An administrator, looking at the unknown devices."""
    page = browser.new_context(viewport=size).new_page()  # type: ignore[arg-type]
    page.goto(f"{url}/login?target=/unknown-devices")
    page.locator("#name").fill("admin")
    page.locator("#password").fill(PASSWORD)
    page.locator("form.stack button").click()
    expect(page.locator("h1")).to_have_text("Alat belum dikenal")
    return page


def test_a_device_is_registered_on_a_phone(browser: Browser, url: str, services: Services) -> None:
    page = enter(browser, url, PHONE)
    card = page.locator(".newcomer", has=page.locator("h2", has_text="probe-9"))
    card.get_by_label("Tempat").select_option("batik/outlet")
    card.get_by_role("button", name="Daftarkan").click()
    expect(page.get_by_role("status").filter(has_text="1 pesan tersimpan terbaca")).to_be_visible()
    page.get_by_role("link", name="Buka halamannya").click()
    expect(page.locator("h1")).to_contain_text("probe-9")
    assert services.registry.device("probe-9").stage == "outlet"
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_reaches_beyond_the_screen(browser: Browser, url: str, size: dict[str, int]) -> None:
    page = enter(browser, url, size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    folder = os.environ.get("PANTAU_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/unknown-{size['width']}.png", full_page=True)
    page.context.close()
