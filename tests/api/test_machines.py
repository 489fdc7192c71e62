"""Machines over the API: now, shifts, stops with their reasons, service."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_api
from domain.account import Role
from domain.instants import utc_text
from domain.machine import StopRecord
from domain.services import Services
from support.app import add_token, client_of
from support.machine_day import AVAILABILITY, DAY, MINUTE, PRESS, SEVEN, told_day

EVENING = SEVEN + 480 * MINUTE


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return told_day(tmp_path, EVENING)


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_api(services)


@pytest.fixture
def operator(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    with client_of(app, add_token(services, Role.OPERATOR)) as client:
        yield client


def stop(**changes: Any) -> dict[str, Any]:
    """The long stop at noon that nobody explained."""
    given = {"device": PRESS, "start": utc_text(SEVEN + 375 * MINUTE), "stop": utc_text(SEVEN + 405 * MINUTE)}
    return given | {"reason": "mesin-rusak", "key": "tablet-7"} | changes


def post(client: httpx.Client, *items: dict[str, Any]) -> httpx.Response:
    return client.post("/api/v1/machines/stops", json={"items": list(items)})


def unexplained(client: httpx.Client) -> list[Any]:
    asked = {"unexplained": "true", "device": PRESS, "start": utc_text(SEVEN)}
    found: list[Any] = client.get("/api/v1/machines/stops", params=asked).json()["items"]
    return found


def test_every_machine_says_what_it_does(operator: httpx.Client) -> None:
    items = operator.get("/api/v1/machines?site=alas-kaki").json()["items"]
    states = {one["device"]: one["state"] for one in items}
    assert (len(states), states[PRESS], states["jahit-1"]) == (7, "executing", "not_available")


def test_a_shift_has_its_availability_per_machine(operator: httpx.Client) -> None:
    found = operator.get(f"/api/v1/machines/shifts?site=alas-kaki&day={DAY}&shift=pagi").json()
    press = next(one for one in found["machines"] if one["device"] == PRESS)
    assert press["availability"] == pytest.approx(AVAILABILITY)
    assert (press["planned"], press["running"], press["oee"]) == (390 * 60, 277.5 * 60, None)


def test_the_timeline_has_no_gaps(operator: httpx.Client) -> None:
    asked = {"start": utc_text(SEVEN), "stop": utc_text(EVENING)}
    states = operator.get(f"/api/v1/machines/{PRESS}/timeline", params=asked).json()["states"]
    assert (states[0]["start"], states[-1]["stop"]) == (utc_text(SEVEN), utc_text(EVENING))
    assert all(a["stop"] == b["start"] for a, b in pairwise(states))


def test_a_reason_takes_the_stop_out_of_the_queue(operator: httpx.Client) -> None:
    assert len(unexplained(operator)) == 1
    [answer] = post(operator, stop()).json()["items"]
    assert (answer["key"], answer["problem"]) == ("tablet-7", None)
    assert unexplained(operator) == []


def test_what_is_sent_twice_is_one_record(operator: httpx.Client, services: Services) -> None:
    first, again = post(operator, stop()).json(), post(operator, stop()).json()
    assert first == again
    assert len(services.stops.touching([PRESS], SEVEN + 375 * MINUTE, SEVEN + 376 * MINUTE)) == 1


def test_one_that_is_wrong_does_not_hold_back_the_others(operator: httpx.Client) -> None:
    answers = post(operator, stop(reason="malas", key="a"), stop(key="b")).json()["items"]
    assert [(one["key"], one["problem"]) for one in answers] == [("a", "there is no stop reason malas"), ("b", None)]


def test_a_reason_for_a_stop_that_goes_on_holds_until_it_runs_again(
    operator: httpx.Client, services: Services
) -> None:
    early = utc_text(SEVEN + 380 * MINUTE)
    post(operator, stop(stop=early, going_on=True))
    assert unexplained(operator) == []


def test_what_was_said_later_holds(operator: httpx.Client) -> None:
    at = [utc_text(SEVEN + minute * MINUTE) for minute in (470, 460)]
    post(operator, stop(key="a", reason="operator", time=at[0]), stop(key="b", reason="listrik-padam", time=at[1]))
    found = operator.get(f"/api/v1/machines/shifts?site=alas-kaki&day={DAY}&shift=pagi").json()["reasons"]
    assert "operator" in {one["reason"] for one in found}
    assert "listrik-padam" not in {one["reason"] for one in found}


def test_what_somebody_else_said_of_the_stop_is_answered(operator: httpx.Client, services: Services) -> None:
    record = StopRecord(PRESS, SEVEN + 375 * MINUTE, SEVEN + 405 * MINUTE, "operator", "rina", SEVEN + 410 * MINUTE)
    services.stops.add(record, EVENING)
    [answer] = post(operator, stop()).json()["items"]
    assert [(one["reason"], one["who"], one["holds"]) for one in answer["others"]] == [("operator", "rina", False)]


def test_viewers_may_not_say_why(app: FastAPI, services: Services) -> None:
    with client_of(app, add_token(services, Role.VIEWER)) as viewer:
        assert post(viewer, stop()).status_code == 403


def test_service_plans_come_with_what_is_known(operator: httpx.Client) -> None:
    items = operator.get("/api/v1/machines/service?site=alas-kaki").json()["items"]
    press = next(one for one in items if one["device"] == PRESS)
    assert (press["every_hours"], press["source"], press["last"]) == (500, None, None)
    assert press["hours_since"] > 0


WRONG = {
    "/machines?site=alas-kki": 404,
    "/machines": 422,
    "/machines/ipal-outlet/timeline": 404,
    "/machines/shifts?site=alas-kaki&day=20-11-2026": 422,
    "/machines/shifts?site=alas-kaki&day=2026-11-20&last=2027-11-20": 422,
    "/machines/shifts?site=alas-kaki&shift=subuh": 404,
    "/machines/stops?device=press-9": 404,
    "/machines/stops?start=2026-11-18T00:00:00Z&stop=2026-11-20T00:00:00Z": 422,
    f"/machines/{PRESS}/timeline?start=2026-11-20T00:00:00Z&stop=2026-11-19T00:00:00Z": 422,
}


@pytest.mark.parametrize("path", WRONG)
def test_what_makes_no_sense_is_a_problem(operator: httpx.Client, path: str) -> None:
    answer = operator.get(f"/api/v1{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (WRONG[path], "application/problem+json")
