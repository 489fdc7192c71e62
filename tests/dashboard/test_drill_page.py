"""The page of a drill: what happens now, what to do, and the score at the end."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.account import AuditEntry, Role
from domain.drill import BEGUN, ENDED, DrillRecord, DrillScore, DrillStep, NotedAction
from domain.registry import Installation
from domain.services import Services
from domain.text import Text


def text(words: str) -> Text:
    """The same in both languages."""
    return Text(id=words, en=words)


@pytest.fixture
def client(enter: Any) -> httpx.Client:
    """An operator, logged in."""
    found: httpx.Client = enter(Role.OPERATOR)
    return found


def record(services: Services, ago: int, **more: object) -> DrillRecord:
    """A drill that began so many seconds ago."""
    steps = (
        DrillStep(after=0, happens=text("Semua tenang"), todo=text("Tunggu")),
        DrillStep(after=60, happens=text("Bak dibuang"), todo=text("Hentikan pencelupan")),
    )
    began = services.clock() - ago * 1_000
    given = {"scenario": "dye_dump", "title": text("Bak pewarna"), "site": "batik", "began_at": began, "steps": steps}
    return DrillRecord.model_validate({**given, **more})


def note(services: Services, action: str, drill: DrillRecord) -> None:
    """As the drill does it."""
    at = services.clock()
    services.audit.add(AuditEntry(at, "drill", action, f"site/{drill.site}", after=drill.model_dump_json()))


def test_without_a_drill_the_page_says_how_to_start_one(client: httpx.Client) -> None:
    assert "pantau simulator drill dye_dump" in client.get("/drill").text


def test_a_running_drill_tells_only_what_has_happened_yet(services: Services, client: httpx.Client) -> None:
    note(services, BEGUN, record(services, ago=20))
    page = client.get("/drill").text
    assert "Semua tenang" in page
    assert "Bak dibuang" not in page


def test_a_running_drill_tells_what_to_do_now(services: Services, client: httpx.Client) -> None:
    note(services, BEGUN, record(services, ago=70))
    page = client.get("/drill").text
    assert "Hentikan pencelupan" in page.split('aria-current="step"')[1]


def test_a_drill_that_is_over_shows_its_score(services: Services, client: httpx.Client) -> None:
    score = DrillScore(
        points=83, alerts=3, to_acknowledge=41.0, acknowledged_by="siti",
        actions=(NotedAction(action=text("Ambil contoh"), noted=False),),
    )  # fmt: skip
    drill = record(services, ago=300)
    note(services, BEGUN, drill)
    note(services, ENDED, drill.model_copy(update={"ended_at": services.clock(), "score": score}))
    page = client.get("/drill").text
    assert "83" in page
    assert "siti" in page
    assert "Ambil contoh" in page


def test_nobody_sees_it_without_logging_in(stranger: httpx.Client) -> None:
    assert stranger.get("/drill", follow_redirects=False).status_code == 303


def test_drills_are_in_the_navigation_where_there_is_a_training_site(services: Services, enter: Any) -> None:
    link = '<a href="/drill"'
    operator = enter(Role.OPERATOR)
    assert link not in operator.get("/").text
    first = services.registry.installation().sites[0]
    changed = Installation(sites=(first.model_copy(update={"training": True}),))
    services.registry.apply(changed, "test", services.clock())
    assert link in operator.get("/").text
    assert link not in enter(Role.VIEWER).get("/").text
