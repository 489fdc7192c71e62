"""An event that is entered twice: the page names the first, and keeps both only where that is ticked."""

from __future__ import annotations

from typing import Any

from domain.services import Services
from support.pages import csrf_of, text_of

CUT = {"place": "batik", "category": "power_cut", "start": "2026-11-21T08:00", "stop": "2026-11-21T09:00"}


def noted(client: Any, **change: str) -> Any:
    """What the page answers to an event."""
    return client.post("/conditions", data=CUT | change | {"csrf": csrf_of(client)}, follow_redirects=False)


def count(services: Services) -> int:
    """Events that count."""
    return len(services.evidence.conditions.page("batik", None, 10).items)


def test_the_first_is_named_and_the_second_is_not_kept(enter: Any, services: Services) -> None:
    client = enter()
    noted(client)
    first = services.evidence.conditions.page("batik", None, 10).items[0].id
    answer = noted(client, start="2026-11-21T08:30")
    assert (answer.status_code, count(services)) == (422, 1)
    told = text_of(answer)
    assert "Gangguan suplai listrik, " in told
    assert "sudah dicatat technician untuk lokasi ini" in told
    assert f"/conditions?edit={first}" in answer.text
    assert 'name="keep_both"' in answer.text


def test_both_are_kept_when_that_is_ticked(enter: Any, services: Services) -> None:
    client = enter()
    noted(client)
    assert noted(client, start="2026-11-21T08:30", keep_both="yes").status_code == 303
    assert count(services) == 2


def test_the_tick_is_only_offered_where_it_is_asked_for(enter: Any) -> None:
    assert 'name="keep_both"' not in enter().get("/conditions").text


def test_an_event_is_corrected_without_being_in_its_own_way(enter: Any, services: Services) -> None:
    client = enter()
    noted(client)
    one = services.evidence.conditions.page("batik", None, 10).items[0]
    answer = noted(client, edit=one.id, revision="1", why="salah jam", stop="2026-11-21T09:30")
    assert (answer.status_code, count(services)) == (303, 1)
