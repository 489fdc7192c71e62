"""Causes, pauses, service, performance, who is told, and links, over the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import httpx
import pytest
from fastapi import FastAPI
from msgspec.structs import replace
from pydantic import AnyHttpUrl

from domain.account import Role
from domain.alert import AlertEvent, AlertState, RuleState, RuleStatus, Target, Transition
from domain.ports import TickChange
from domain.registry import Contact, Hours, Installation, Rota, Route, Schedule, Turn
from domain.services import Services
from domain.text import Text
from support.app import MovedClock, add_token, client_of, raise_alert

NAME = Text(id="Jaga", en="Duty")
SECRET = "tgram://{secret:bot}/42"
NEXT_DAY = "2026-11-22T05:00:00Z"


@pytest.fixture
def technician(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    with client_of(app, add_token(services, Role.TECHNICIAN, "tablet")) as client:
        yield client


@pytest.fixture
def viewer(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    with client_of(app, add_token(services, Role.VIEWER)) as client:
        yield client


@pytest.fixture
def told(services: Services) -> None:
    """Somebody to be told."""
    night = Schedule(id="malam", name=NAME, hours=(Hours(start=time(22), end=time(6)),))
    budi = Contact(id="budi", name="Budi", address=SECRET, quiet="malam")
    duty = Rota(id="jaga", name=NAME, turns=(Turn(contact="budi"),))
    url = AnyHttpUrl("http://localhost/rahasia-dalam-alamat")
    route = Route(id="teknisi", notifier="webhook", url=url, contacts=("budi",), rota="jaga")
    installation = Installation(schedules=(night,), contacts=(budi,), rotas=(duty,), routes=(route,))
    services.registry.apply(installation, "test", services.clock())


def test_an_alert_is_taken_out_of_service_and_put_back(technician: httpx.Client, services: Services) -> None:
    raise_alert(services)
    out = technician.post("/api/v1/alerts/alert-1/take-out", json={"reason": "Sensor diperbaiki."}).json()
    assert (out["state"], out["transitions"][-1]["comment"]) == ("out_of_service", "Sensor diperbaiki.")
    assert technician.post("/api/v1/alerts/alert-1/put-back").json()["state"] == "normal"


def test_putting_back_what_is_in_service_tells_its_present_state(
    technician: httpx.Client, services: Services
) -> None:
    raise_alert(services)
    answer = technician.post("/api/v1/alerts/alert-1/put-back")
    assert (answer.status_code, answer.json()["present"]) == (409, "unacknowledged")


def test_a_suppressed_alert_says_for_whose_sake_and_why(technician: httpx.Client, services: Services) -> None:
    alert = raise_alert(services)
    put = replace(alert, state=AlertState.SUPPRESSED, parent="gateway-alert", version=2)
    why = Transition(
        alert.id, services.clock(), AlertEvent.SUPPRESSED, alert.state, put.state, comment="gateway diam"
    )
    services.book.save(put, why, [], services.clock())
    body = technician.get("/api/v1/alerts/alert-1").json()
    assert (body["parent"], body["suppressed_for"]) == ("gateway-alert", "gateway diam")


def test_an_alert_says_who_was_told_and_when(technician: httpx.Client, services: Services, told: None) -> None:
    alert = raise_alert(services)
    seen = replace(alert, version=2)
    step = Transition(alert.id, services.clock(), AlertEvent.REALARMED, alert.state, alert.state)
    services.book.save(seen, step, [Target("teknisi", "budi")], services.clock())
    (one,) = technician.get("/api/v1/alerts/alert-1").json()["notifications"]
    assert (one["route"], one["contact"], one["state"]) == ("teknisi", "budi", "queued")
    assert technician.get("/api/v1/notifications?state=queued").json()["items"] == [one]
    assert technician.get("/api/v1/notifications?state=failed").json()["items"] == []


def test_a_device_that_is_not_judged_says_for_whose_sake(viewer: httpx.Client, services: Services) -> None:
    state = RuleState("no-data.press-1", "press-1", "*", RuleStatus.NOT_JUDGED, parent="gateway-alert")
    services.book.commit(TickChange(services.book.cursor(), [state], [], [], {}), services.clock())
    judged = {one["id"]: one["not_judged"] for one in viewer.get("/api/v1/devices").json()["items"]}
    assert judged == {"press-1": {"by": "gateway-alert"}, "ipal-outlet": None, "debit-outlet": None}
    assert viewer.get("/api/v1/devices/press-1").json()["not_judged"] == {"by": "gateway-alert"}


def test_a_place_is_taken_out_of_operation_and_put_back(technician: httpx.Client, clock: MovedClock) -> None:
    body = {"site": "batik", "stage": "outlet", "reason": "Pembersihan bak.", "stop": NEXT_DAY}
    pause = technician.post("/api/v1/pauses", json=body).json()
    assert (pause["active"], pause["who"], pause["start"]) == (True, "tablet", "2026-11-21T05:00:00.000Z")
    clock.move(60)
    ended = technician.post(f"/api/v1/pauses/{pause['id']}/end").json()
    assert (ended["active"], ended["ended_by"]) == (False, "tablet")
    assert technician.post(f"/api/v1/pauses/{pause['id']}/end").status_code == 409
    assert technician.get("/api/v1/pauses").json()["items"] == [ended]


@pytest.mark.parametrize("place", [{"site": "nowhere"}, {"site": "batik", "stage": "nowhere"}])
def test_a_place_that_does_not_exist_cannot_be_paused(technician: httpx.Client, place: dict[str, str]) -> None:
    body = {**place, "reason": "x", "stop": NEXT_DAY}
    assert technician.post("/api/v1/pauses", json=body).status_code == 422


@pytest.mark.parametrize(
    ("stop", "status"),
    [
        ({}, 422),
        ({"stop": None}, 422),
        ({"stop": "2026-11-21T05:00:00Z"}, 422),
        ({"stop": "2026-12-21T05:00:00Z"}, 201),
        ({"stop": "2026-12-21T05:00:01Z"}, 422),
    ],
)
def test_a_pause_ends_within_thirty_days(technician: httpx.Client, stop: dict[str, str | None], status: int) -> None:
    answer = technician.post("/api/v1/pauses", json={"site": "batik", "reason": "x", **stop})
    assert answer.status_code == status
    assert [one["field"] for one in answer.json().get("errors", [])] == ([] if status == 201 else ["stop"])


def test_service_is_noted_with_who_did_it(technician: httpx.Client) -> None:
    body = {"device": "press-1", "note": "Ganti oli.", "run_hours": 1250.5}
    made = technician.post("/api/v1/maintenance", json=body)
    assert (made.status_code, made.json()["who"]) == (201, "tablet")
    assert technician.get("/api/v1/maintenance?device=press-1").json()["items"] == [made.json()]


def test_service_of_an_unknown_device_is_not_found(technician: httpx.Client) -> None:
    assert technician.post("/api/v1/maintenance", json={"device": "pompa-9", "note": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("pauses", {"site": "batik", "reason": "x", "stop": NEXT_DAY}),
        ("maintenance", {"device": "press-1", "note": "x"}),
        ("alerts/alert-1/take-out", {"reason": "x"}),
        ("alerts/alert-1/put-back", {}),
    ],
)
def test_a_viewer_looks_and_changes_nothing(
    viewer: httpx.Client, services: Services, path: str, body: dict[str, str]
) -> None:
    raise_alert(services)
    assert viewer.post(f"/api/v1/{path}", json=body).status_code == 403


def test_the_alarm_system_tells_how_it_is_doing(viewer: httpx.Client, services: Services, clock: MovedClock) -> None:
    raise_alert(services)
    clock.move(60)
    body = viewer.get("/api/v1/alarm-performance?site=batik").json()
    assert (body["rang"], body["by_priority"]["high"], len(body["actors"])) == (1, 1, 1)
    assert viewer.get("/api/v1/alarm-performance?site=alas-kaki").json()["rang"] == 0
    assert viewer.get("/api/v1/alarm-performance?site=nowhere").status_code == 404
    assert viewer.get("/api/v1/alarm-performance?start=2026-01-01T00:00:00Z").status_code == 422


@pytest.mark.parametrize("noun", ["contacts", "routes", "rotas", "schedules"])
def test_who_is_told_is_shown_without_any_address(viewer: httpx.Client, told: None, noun: str) -> None:
    answer = viewer.get(f"/api/v1/{noun}?limit=1")
    assert len(answer.json()["items"]) == 1
    assert "secret" not in answer.text
    assert "rahasia" not in answer.text


def test_a_contact_tells_the_kind_of_its_address(viewer: httpx.Client, told: None) -> None:
    (contact,) = viewer.get("/api/v1/contacts").json()["items"]
    assert (contact["channel"], contact["quiet"]) == ("tgram", "malam")


def test_a_link_acknowledges_without_a_log_in_and_only_once(stranger: httpx.Client, services: Services) -> None:
    raise_alert(services)
    token = services.links.make("alert-1", "budi", services.clock()).rpartition("/")[2]
    answer = stranger.post("/api/v1/links/acknowledge", json={"token": token})
    assert answer.json()["acknowledged_by"] == "budi"
    again = stranger.post("/api/v1/links/acknowledge", json={"token": token})
    assert (again.status_code, again.json()["present"]) == (409, "acknowledged")


def test_a_forged_link_does_nothing(stranger: httpx.Client, services: Services) -> None:
    raise_alert(services)
    token = services.links.make("alert-1", "budi", services.clock()).rpartition("/")[2]
    assert stranger.post("/api/v1/links/acknowledge", json={"token": "x" + token}).status_code == 422
    assert services.book.alert("alert-1").state is AlertState.UNACKNOWLEDGED


def test_a_link_to_an_alert_that_moved_on_tells_where_it_is(
    stranger: httpx.Client, technician: httpx.Client, services: Services
) -> None:
    raise_alert(services)
    token = services.links.make("alert-1", "budi", services.clock()).rpartition("/")[2]
    technician.post("/api/v1/alerts/alert-1/acknowledge")
    answer = stranger.post("/api/v1/links/acknowledge", json={"token": token})
    assert (answer.status_code, answer.json()["present"]) == (409, "acknowledged")
