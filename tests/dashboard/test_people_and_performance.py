"""Who is told and who is on duty, without addresses; and how the alarm system itself is doing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dashboard.bars import stacked
from domain.account import Role
from domain.alert import NotificationState, Priority, Target
from domain.registry import Contact, Installation, Rota, Route, Turn
from domain.services import Services
from domain.text import Text
from support.alert_scenes import every_state, kept
from support.app import NOON
from support.pages import text_of

HOUR = 3_600_000
TITLE = Text(id="Piket IPAL", en="IPAL duty")


@pytest.fixture
def crew(services: Services) -> None:
    """Budi this week, Sari the next."""
    people = (
        Contact(id="budi", name="Budi", address="tgram://{secret:BOT}/42"),
        Contact(id="sari", name="Sari", address="mailto://sari@example.org"),
    )
    turns = (Turn(contact="budi"), Turn(contact="sari"))
    rota = Rota(id="piket", name=TITLE, turns=turns, rotate_days=7, starts=date(2026, 11, 16))
    route = Route(id="ipal", rota="piket", sites=("batik",), priorities=(Priority.HIGH,), repeat=600)
    nouns = Installation(contacts=people, rotas=(rota,), routes=(route,))
    services.registry.apply(nouns, "test", services.clock())


@pytest.mark.usefixtures("crew")
def test_who_is_on_duty_now_and_next(enter: Any) -> None:
    page = text_of(enter(Role.VIEWER).get("/people"))
    assert "Piket IPAL Bertugas sekarang Budi Berikutnya Sari, 23/11/2026 07.00 WIB" in page


@pytest.mark.usefixtures("crew")
def test_a_route_says_whom_it_reaches_and_of_what(enter: Any) -> None:
    page = text_of(enter().get("/people"))
    assert "yang bertugas di Piket IPAL" in page
    assert "Tinggi · diulang tiap 10 menit" in page


@pytest.mark.usefixtures("crew")
def test_no_address_is_ever_shown(enter: Any) -> None:
    page = enter(Role.ADMIN).get("/people").text
    assert "tgram" not in page
    assert "sari@example.org" not in page


@pytest.mark.usefixtures("crew")
def test_what_failed_stands_before_the_outbox(enter: Any, services: Services) -> None:
    kept(services, "news", told=(Target("ipal", "sari"),))
    note = services.book.notifications("news")[0]
    services.book.update_notification(replace(note, state=NotificationState.FAILED, attempts=9))
    page = text_of(enter().get("/people"))
    assert "Gagal dikirim 1 Orang ini belum tahu." in page
    assert "Sari Bak ekualisasi hampir" in page


@pytest.mark.parametrize("state", NotificationState)
def test_the_outbox_is_narrowed_to_one_state(state: NotificationState, enter: Any, services: Services) -> None:
    kept(services, "news", told=(Target("wa", "x"),))
    page = enter().get(f"/people?state={state}")
    assert ("/alerts/news" in page.text) is (state is NotificationState.QUEUED)


# ── the alarm system itself ──


@pytest.mark.parametrize("span", ["24h", "7d", "30d", "odd"])
def test_the_performance_page_stands_with_and_without_alerts(span: str, enter: Any, services: Services) -> None:
    client = enter(Role.VIEWER)
    assert "Tidak ada peringatan pada rentang ini." in text_of(client.get(f"/alarm-performance?span={span}"))
    every_state(services)
    assert client.get(f"/alarm-performance?span={span}&site=batik").status_code == 200


def test_the_worst_actors_lead_to_their_rules(enter: Any, services: Services) -> None:
    for number in range(5):
        kept(services, f"again-{number}")
    services.clock.move(60)  # type: ignore[attr-defined]
    rule = services.book.alert("again-0").rule
    page = enter().get("/alarm-performance").text
    assert f'href="/rules/{rule}"' in page


def test_a_bar_stacks_the_priorities_from_the_bottom() -> None:
    bars = stacked([(NOON, "low", 3), (NOON, "critical", 1)], NOON, NOON + HOUR, HOUR)
    assert [(block.priority, block.bottom, block.height) for block in bars.bars[0].blocks] == [
        ("critical", 0.0, 0.25),
        ("low", 0.25, 0.75),
    ]


@given(st.sets(st.integers(0, 47), min_size=1), st.integers(1, 50))
def test_hours_without_an_alert_are_bars_of_nothing(hours: set[int], count: int) -> None:
    counts = [(NOON + hour * HOUR, "high", count) for hour in hours]
    bars = stacked(counts, NOON, NOON + 48 * HOUR, HOUR).bars
    assert [bar.start for bar in bars] == [NOON + hour * HOUR for hour in range(48)]
    assert sum(bar.total for bar in bars) == count * len(hours)
