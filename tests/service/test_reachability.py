"""Whether whoever is to be told can be reached at all."""

from __future__ import annotations

from pathlib import Path

from alerts.secrets import Secrets
from domain.registry import Contact, Installation, Route
from service.reachability import missing_secrets, schedule_hints

BUDI = Contact(id="budi", name="Budi", address="tgram://{secret:bot-token}/{secret:chat}")


def test_a_secret_that_is_not_there_is_named_with_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "chat").write_text("4711")
    assert missing_secrets(Installation(contacts=(BUDI,)), Secrets(tmp_path)) == ["contact budi: bot-token"]


def test_routes_that_all_have_a_schedule_leave_hours_without_anybody() -> None:
    routes = (
        Route(id="siang", notifier="log", schedule="shift"),
        Route(id="malam", notifier="log", schedule="shift"),
    )
    assert [hint.key for hint in schedule_hints(Installation(routes=routes))] == ["routes[0].schedule"]


def test_one_route_without_a_schedule_is_enough() -> None:
    routes = (Route(id="siang", notifier="log", schedule="shift"), Route(id="papan", notifier="log"))
    assert list(schedule_hints(Installation(routes=routes))) == []
