"""The monthly summary on a page: for every role, honest without data, and nothing runs over on phone or desk."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from domain.account import Role
from domain.report_head import Policy
from domain.services import Services
from domain.text import Language
from service.activity_desk import MonthlyActivity, activity_sources
from support.app import MovedClock, client_of, serving
from support.mojokerto import all_well, much_wrong
from support.pages import log_in, text_of, with_pages

THIS_MONTH = "/activity?month=2026-11"


@pytest.fixture
def reporting(services: Services) -> Services:
    """With the desk that makes the month."""
    return replace(services, activity=MonthlyActivity(lambda: activity_sources(services), Policy()))


@pytest.fixture
def viewer(reporting: Services) -> Iterator[httpx.Client]:
    """Somebody who may only look."""
    with client_of(with_pages(reporting)) as client:
        assert log_in(client, Role.VIEWER.value).status_code == 303
        yield client


def test_the_last_month_that_is_over_is_shown(viewer: httpx.Client) -> None:
    answer = viewer.get("/activity")

    assert answer.status_code == 200
    assert "Oktober 2026" in text_of(answer)


def test_a_month_without_data_is_said_to_be_one(viewer: httpx.Client) -> None:
    said = text_of(viewer.get("/activity"))

    assert "Tidak ada data air limbah pada bulan ini" in said
    assert "tidak dibuat dan tidak dikirim otomatis" in said
    assert "tidak dinilai" in said


@pytest.mark.parametrize("month", ["2026-13", "oktober", "2027-01"])
def test_what_is_no_month_that_began_is_refused_in_words(viewer: httpx.Client, month: str) -> None:
    answer = viewer.get("/activity", params={"month": month})

    assert answer.status_code == 422
    assert "Bulan itu tidak benar" in text_of(answer)


def test_the_file_is_one_page(viewer: httpx.Client) -> None:
    answer = viewer.get("/activity.pdf?month=2026-10")

    assert answer.headers["content-type"] == "application/pdf"
    assert len(PdfReader(io.BytesIO(answer.content)).pages) == 1


def test_a_stranger_is_sent_to_the_login(reporting: Services) -> None:
    with client_of(with_pages(reporting)) as client:
        assert client.get("/activity").status_code == 303


@pytest.mark.browser
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("scene", ["good", "none", "bad"])
def test_nothing_runs_over_and_the_console_is_quiet(
    browser: Browser, reporting: Services, clock: MovedClock, scene: str, language: Language
) -> None:
    if scene != "none":
        (all_well if scene == "good" else much_wrong)(reporting)
        clock.move(86_400)  # days that are over are counted
    reporting.authenticator.set_language(Role.VIEWER.value, language)
    with serving(with_pages(reporting)) as url, httpx.Client(base_url=url) as client:
        assert log_in(client, Role.VIEWER.value).status_code == 303
        for width in (390, 1440):
            context = browser.new_context(viewport={"width": width, "height": 844})
            context.add_cookies(
                [{"name": name, "value": value, "url": url} for name, value in client.cookies.items()]
            )
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda line, said=said: said.append(line.text) if line.type == "error" else None)
            answer = page.goto(url + THIS_MONTH)
            assert answer is not None
            assert answer.status == 200
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert said == []
            if os.environ.get("SHOTS"):
                page.screenshot(path=f"/tmp/activity-{scene}-{language}-{width}.png", full_page=True)
            context.close()
