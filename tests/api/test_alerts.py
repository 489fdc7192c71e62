"""Alerts over the API: seen, acknowledged, commented, shelved, with who and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.account import Role
from domain.services import Services
from support.app import MovedClock, add_token, client_of, raise_alert

SHAPE = {
    "id", "site", "device", "metric", "rule", "priority", "state", "since", "value", "limit", "action",
    "acknowledged_by", "transitions",
}  # fmt: skip


@pytest.fixture
def technician(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    raise_alert(services)
    with client_of(app, add_token(services, Role.TECHNICIAN, "tablet")) as client:
        yield client


def step(client: httpx.Client, what: str, body: dict[str, Any] | None = None) -> httpx.Response:
    return client.post(f"/api/v1/alerts/alert-1/{what}", json=body)


def test_an_alert_has_the_shape_that_programs_rely_on(technician: httpx.Client) -> None:
    listed = technician.get("/api/v1/alerts?state=unacknowledged&site=batik").json()
    alone = technician.get("/api/v1/alerts/alert-1").json()
    assert alone.keys() >= SHAPE
    assert alone.pop("notifications") == []
    assert listed == {"items": [alone], "next": None}
    assert alone["since"] == "2026-11-21T05:00:00.000Z"
    assert alone["action"].keys() == {"id", "en"}


def test_acknowledging_says_who_and_when(technician: httpx.Client, clock: MovedClock) -> None:
    clock.move(60)
    alert = step(technician, "acknowledge", {"comment": "Saya periksa."}).json()
    assert (alert["state"], alert["acknowledged_by"]) == ("acknowledged", "tablet")
    last = alert["transitions"][-1]
    assert (last["event"], last["who"], last["comment"]) == ("acknowledged", "tablet", "Saya periksa.")
    assert last["time"] == "2026-11-21T05:01:00.000Z"


def test_acknowledging_what_moved_on_tells_where_it_is(technician: httpx.Client) -> None:
    step(technician, "acknowledge")
    answer = step(technician, "acknowledge")
    assert answer.status_code == 409
    assert answer.json()["present"] == "acknowledged"


def test_a_comment_leaves_the_state(technician: httpx.Client) -> None:
    alert = step(technician, "comment", {"comment": "Probe dibersihkan."}).json()
    assert alert["state"] == "unacknowledged"
    assert alert["transitions"][-1]["comment"] == "Probe dibersihkan."


@pytest.mark.parametrize("body", [{}, {"comment": ""}, {"comment": "  "}, {"comment": "a\x00b"}, {"note": "x"}])
def test_an_empty_or_garbled_comment_is_refused(technician: httpx.Client, body: dict[str, str]) -> None:
    assert step(technician, "comment", body).status_code == 422


def test_an_alert_is_shelved_for_a_time_and_taken_back(technician: httpx.Client) -> None:
    shelved = step(technician, "shelve", {"minutes": 30, "reason": "Menunggu suku cadang."}).json()
    assert (shelved["state"], shelved["shelved_until"]) == ("shelved", "2026-11-21T05:30:00.000Z")
    assert step(technician, "unshelve").json()["state"] == "acknowledged"


@pytest.mark.parametrize(
    "times", [{}, {"minutes": 30, "until": "2026-11-21T06:00:00Z"}, {"until": "2026-11-21T04:00:00Z"}]
)
def test_a_shelf_needs_one_end_in_the_future(technician: httpx.Client, times: dict[str, Any]) -> None:
    assert step(technician, "shelve", {"reason": "x", **times}).status_code == 422


@pytest.mark.parametrize(
    ("role", "what", "status"),
    [
        (Role.VIEWER, "comment", 403),
        (Role.OFFICER, "acknowledge", 403),
        (Role.OPERATOR, "acknowledge", 200),
        (Role.OPERATOR, "shelve", 403),
    ],
)
def test_each_role_does_what_it_may(app: FastAPI, services: Services, role: Role, what: str, status: int) -> None:
    raise_alert(services)
    bodies = {"comment": {"comment": "x"}, "shelve": {"minutes": 5, "reason": "x"}}
    with client_of(app, add_token(services, role)) as program:
        assert step(program, what, bodies.get(what)).status_code == status


def test_pages_of_alerts_follow_each_other_without_overlap(admin: httpx.Client, services: Services) -> None:
    for number in range(5):
        raise_alert(services, f"alert-{number}")
    seen: list[str] = []
    cursor = ""
    while True:
        page = admin.get(f"/api/v1/alerts?limit=2{cursor}").json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == [f"alert-{number}" for number in range(5)]
