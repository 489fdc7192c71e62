"""The link in a message: looking changes nothing, one button takes the alert on, once, without a log-in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.alert import AlertState
from domain.registry import Contact, Installation
from domain.services import Services
from domain.text import Language
from support.alert_scenes import kept
from support.app import MovedClock
from support.pages import text_of

DAY = 86_400


@pytest.fixture
def path(services: Services) -> str:
    """The link that Budi got about an alert."""
    people = (Contact(id="budi", name="Budi"), Contact(id="ann", name="Ann", language=Language.EN))
    services.registry.apply(Installation(contacts=people), "test", services.clock())
    kept(services, "told")
    return link(services)


def link(services: Services, who: str = "budi") -> str:
    return services.links.make("told", who, services.clock()).removeprefix("http://pantau")


def test_looking_at_a_link_acknowledges_nothing(stranger: httpx.Client, services: Services, path: str) -> None:
    page = stranger.get(path)
    assert (page.status_code, "Saya tangani" in page.text) == (200, True)
    assert services.book.alert("told").state is AlertState.UNACKNOWLEDGED


def test_the_button_takes_the_alert_on_in_the_contacts_name(
    stranger: httpx.Client, services: Services, path: str
) -> None:
    page = stranger.post(path, data={"comment": "Saya ke sana."})
    assert "Tercatat: ditangani Budi." in text_of(page)
    assert services.book.alert("told").acknowledged_by == "budi"
    assert services.book.transitions("told")[-1].comment == "Saya ke sana."


def test_the_page_speaks_the_language_of_whoever_was_told(
    stranger: httpx.Client, services: Services, path: str
) -> None:
    assert '<html lang="id">' in stranger.get(path).text
    assert '<html lang="en">' in stranger.get(link(services, "ann")).text


def test_a_link_page_is_kept_by_nobody_and_found_by_nobody(stranger: httpx.Client, path: str) -> None:
    headers = stranger.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_used_link_says_so(stranger: httpx.Client, path: str) -> None:
    stranger.post(path)
    for answer in (stranger.get(path), stranger.post(path)):
        assert (answer.status_code, "Tautan ini sudah dipakai" in answer.text) == (410, True)


def test_an_old_link_says_so(stranger: httpx.Client, clock: MovedClock, path: str) -> None:
    clock.move(4 * DAY)
    answer = stranger.post(path)
    assert (answer.status_code, "Tautan ini sudah kedaluwarsa" in answer.text) == (410, True)


def test_a_forged_link_says_so_and_changes_nothing(stranger: httpx.Client, services: Services, path: str) -> None:
    answer = stranger.post(path[:-3] + "abc")
    assert (answer.status_code, "Tautan ini tidak berlaku" in answer.text) == (404, True)
    assert services.book.alert("told").state is AlertState.UNACKNOWLEDGED


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_alert_that_moved_on_shows_how_it_stands(
    method: str, stranger: httpx.Client, services: Services, path: str
) -> None:
    services.desk.acknowledge("told", "operator", None, services.clock())
    page = text_of(getattr(stranger, method)(path))
    assert "Peringatan ini sudah berubah lebih dulu" in page
    assert "sudah ditanggapi · operator" in page


def test_a_link_page_shows_neither_navigation_nor_other_alerts(
    stranger: httpx.Client, services: Services, path: str
) -> None:
    kept(services, "other")
    page: Any = stranger.get(path).text
    assert "/alerts/other" not in page
    assert "data-stream" not in page
