"""Who watches the watcher: an old check is said on every page, in plain words, and goes by itself."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.watchdog import Blindness, standing
from domain.ports import Heartbeat
from domain.services import Services
from support.app import NOON, MovedClock
from support.mojokerto import beat
from support.pages import text_of

PAGES = ("/", "/sites/batik", "/alerts", "/rules", "/people", "/pauses", "/alarm-performance", "/health", "/watch")


def sign(part: str, age: int = 0, **detail: Any) -> Heartbeat:
    return Heartbeat(part, NOON - age, detail)


@pytest.mark.parametrize(
    ("beats", "blind"),
    [
        ([], Blindness.NEVER_CHECKED),
        ([sign("alerts", state="ok")], None),
        ([sign("alerts", 15_000, state="ok", every=2.0)], None),
        ([sign("alerts", 15_001, state="ok", every=2.0)], Blindness.CHECK_OLD),
        ([sign("alerts", 40_000, state="ok", every=10.0)], None),
        ([sign("alerts", 50_001, state="ok", every=10.0)], Blindness.CHECK_OLD),
        ([sign("alerts", -60_000, state="ok")], Blindness.CHECK_OLD),
        ([sign("alerts", state="failing")], Blindness.CHECK_FAILING),
        ([sign("alerts", state="ok", behind_since=NOON - 60_000)], None),
        ([sign("alerts", state="ok", behind_since=NOON - 60_001)], Blindness.CHECK_BEHIND),
        ([sign("alerts", state="ok", behind_since=None)], None),
        ([sign("alerts", state="ok"), sign("collector", 31_000, state="running")], Blindness.COLLECTOR_SILENT),
        ([sign("alerts", state="ok"), sign("collector", state="disk_full")], Blindness.COLLECTOR_BLOCKED),
        ([sign("alerts", state="ok"), sign("collector", state="running")], None),
    ],
)
def test_a_check_is_old_after_fifteen_seconds_or_five_ticks(beats: list[Heartbeat], blind: Blindness | None) -> None:
    assert standing(beats, NOON).blind is blind


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_that_the_last_check_is_old(
    page: str, enter: Any, services: Services, clock: MovedClock
) -> None:
    beat(services)
    client = enter()
    assert "Peringatan sedang tidak diperiksa." not in client.get(page).text
    clock.move(16)
    assert "Peringatan sedang tidak diperiksa. Pemeriksaan terakhir sudah lama." in text_of(client.get(page))
    beat(services)
    assert "Peringatan sedang tidak diperiksa." not in client.get("/watch").text
