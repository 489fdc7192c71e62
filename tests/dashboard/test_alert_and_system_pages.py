"""The list of alerts, the counters, and what could not be read."""

from __future__ import annotations

import re
from typing import Any

from domain.account import Role
from domain.alert import Priority
from domain.message import DeadLetter
from domain.services import Services
from support.mojokerto import MINUTE, all_well, raised
from support.pages import text_of


def test_a_hundred_and_twenty_alerts_come_in_pages(enter: Any, services: Services) -> None:
    for number in range(120):
        raised(services, f"a-{number:03}", "ipal-outlet", "ph", 9.5, 9.0, Priority.HIGH, number * MINUTE)
    client, seen, page = enter(), set(), "/alerts"
    for _ in range(3):
        body = client.get(page).text
        seen |= set(re.findall(r'href="/alerts/(a-\d+)"', body))
        following = re.search(r'href="(/alerts\?[^"]*after=[^"]+)"', body)
        page = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == 120
    assert page == ""


def test_the_most_urgent_alert_is_first(enter: Any, services: Services) -> None:
    raised(services, "small", "bak-aerob", "level", 95.0, 90.0, Priority.LOW)
    raised(services, "great", "ipal-outlet", "ph", 9.5, 9.0, Priority.CRITICAL, 60 * MINUTE)
    assert re.findall(r'href="/alerts/(\w+)"', enter().get("/alerts").text) == ["great", "small"]


def test_the_counters_add_up_on_the_health_page(enter: Any, services: Services) -> None:
    all_well(services, minutes=2)
    assert "Hitungan cocok: tidak ada pesan yang hilang." in text_of(enter().get("/health"))


def letter(payload: bytes) -> DeadLetter:
    return DeadLetter("pantau/batik/x/telemetry", payload, 1_795_237_200_000, "bad_json", "line 1: no object", "x")


def test_a_dead_letter_is_shown_whole_and_harmless(enter: Any, services: Services) -> None:
    services.dead_letters.add([letter(b'{"ph": <script>alert(1)</script>'), letter(b"\xff\xfe\x00")])
    page = enter().get("/dead-letters").text
    assert "&lt;script&gt;alert(1)" in page
    assert "ff fe 00" in page
    assert "JSON rusak" in page


def test_a_viewer_does_not_read_dead_letters(enter: Any) -> None:
    assert enter(Role.VIEWER).get("/dead-letters").status_code == 403


def test_only_an_admin_sees_the_replay_button(enter: Any, services: Services) -> None:
    services.dead_letters.add([letter(b"{")])
    assert "/dead-letters/replay" not in enter(Role.TECHNICIAN).get("/dead-letters").text
    assert "/dead-letters/replay" in enter(Role.ADMIN).get("/dead-letters").text
