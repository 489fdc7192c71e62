"""Rules over the API: read, written with versions, tried on history, told stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.account import Role
from domain.services import Services
from support.app import MovedClock, add_readings, add_token, client_of

TEXT = {"id": "pH tinggi", "en": "pH high"}
RULE = {
    "id": "ph-tinggi", "kind": "limit", "name": TEXT, "action": TEXT, "above": 8.5,
    "scope": {"device": "ipal-outlet", "metric": "ph"},
}  # fmt: skip
STEPS = [{"at": 0, "value": 7}, {"at": 10, "value": 9.5}]


@pytest.fixture
def viewer(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    with client_of(app, add_token(services, Role.VIEWER)) as client:
        yield client


def put(client: httpx.Client, version: str | None = None, **changes: Any) -> httpx.Response:
    headers = {} if version is None else {"If-Match": version}
    return client.put("/api/v1/rules/ph-tinggi", json={**RULE, **changes}, headers=headers)


def test_a_rule_is_added_with_its_version(admin: httpx.Client) -> None:
    answer = admin.post("/api/v1/rules", json=RULE)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    body = answer.json()
    assert (body["version"], body["derived"], body["definition"]["above"]) == (1, False, 8.5)


def test_the_definition_of_a_rule_can_be_sent_back(admin: httpx.Client) -> None:
    admin.post("/api/v1/rules", json=RULE)
    found = admin.get("/api/v1/rules/ph-tinggi")
    answer = admin.put(
        "/api/v1/rules/ph-tinggi", json=found.json()["definition"], headers={"If-Match": found.headers["etag"]}
    )
    assert answer.status_code == 200


def test_a_rule_is_changed_at_the_version_it_was_read_at(admin: httpx.Client) -> None:
    admin.post("/api/v1/rules", json=RULE)
    assert put(admin, '"1"', above=8.8).json()["version"] == 2
    assert admin.get("/api/v1/rules/ph-tinggi").json()["above"] == 8.8


@pytest.mark.parametrize("version", [None, '"1"'])
def test_a_rule_that_somebody_else_changed_is_a_conflict_with_its_version(
    admin: httpx.Client, version: str | None
) -> None:
    admin.post("/api/v1/rules", json=RULE)
    put(admin, '"1"', above=8.8)
    answer = put(admin, version, above=8.9)
    assert (answer.status_code, answer.json()["present"]) == (409, "2")


def test_versions_say_who_changed_what(admin: httpx.Client) -> None:
    admin.post("/api/v1/rules", json=RULE)
    put(admin, '"1"', above=8.8)
    items = admin.get("/api/v1/rules/ph-tinggi/versions").json()["items"]
    assert [(one["version"], one["rule"]["above"], one["who"]) for one in items] == [
        (2, 8.8, "admin-program"),
        (1, 8.5, "admin-program"),
    ]


def test_a_derived_rule_that_was_replaced_holds_again_when_the_replacement_is_removed(admin: httpx.Client) -> None:
    derived = "no-data.ipal-outlet"
    rule = {**admin.get(f"/api/v1/rules/{derived}").json()["definition"], "after": 9999}
    assert admin.put(f"/api/v1/rules/{derived}", json=rule).status_code == 200
    assert admin.get(f"/api/v1/rules/{derived}").json()["derived"] is False
    assert admin.delete(f"/api/v1/rules/{derived}").status_code == 204
    body = admin.get(f"/api/v1/rules/{derived}").json()
    assert (body["derived"], body["version"], body["after"] != 9999) == (True, None, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": {"device": "ipal-outlet", "metric": "phh"}}, "scope.metric"),
        ({"scope": {"device": "nobody", "metric": "ph"}}, "scope.device"),
        ({"schedule": "malam"}, "schedule"),
        ({"above": None}, "body"),
        ({"abov": 1}, "abov"),
        ({"on_delay": "soon"}, "on_delay"),
        ({"kind": "limits"}, "kind"),
        ({"kind": None}, "kind"),
        ({"name": {"id": "x"}}, "name.en"),
    ],
)
def test_a_rule_that_refers_to_nothing_is_refused_with_its_field(
    admin: httpx.Client, changes: dict[str, Any], field: str
) -> None:
    answer = admin.post("/api/v1/rules", json={**RULE, **changes})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("what-if", {"rule": {**RULE, "abov": 1}}, "rule.abov"),
        ("what-if", {"rule": {key: RULE[key] for key in RULE if key != "kind"}}, "rule.kind"),
        ("what-if", {}, "rule"),
        ("test", {"timelines": [{"rule": {**RULE, "deadband": -1}}]}, "timelines.0.rule.deadband"),
    ],
)
def test_a_wrong_field_is_named_as_it_was_sent(
    admin: httpx.Client, path: str, body: dict[str, Any], field: str
) -> None:
    answer = admin.post(f"/api/v1/rules/{path}", json=body)
    assert (answer.status_code, field in [one["field"] for one in answer.json()["errors"]]) == (422, True), (
        answer.text
    )


def test_a_rule_that_a_composite_names_stays_and_says_which(admin: httpx.Client) -> None:
    other = {**RULE, "id": "ph-sangat-tinggi", "above": 9.5}
    both = {
        "id": "dua-duanya", "kind": "composite", "name": TEXT, "action": TEXT, "of": ["ph-tinggi", other["id"]],
        "scope": {"site": "batik", "metric": "*"},
    }  # fmt: skip
    for rule in (RULE, other, both):
        assert admin.post("/api/v1/rules", json=rule).status_code == 201, rule
    answer = admin.delete("/api/v1/rules/ph-tinggi")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "rule_id")
    assert answer.json()["detail"] == "dua-duanya names rule ph-tinggi: change or remove that first"


def test_a_rule_goes_where_its_id_says(admin: httpx.Client) -> None:
    answer = admin.put("/api/v1/rules/another", json=RULE)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "id")


def test_a_viewer_reads_rules_and_changes_none(viewer: httpx.Client) -> None:
    assert viewer.get("/api/v1/rules/no-data.ipal-outlet").status_code == 200
    assert viewer.post("/api/v1/rules", json=RULE).status_code == 403
    assert viewer.post("/api/v1/rules/what-if", json={"rule": RULE}).status_code == 403


def test_what_a_rule_would_have_done_is_told_before_it_is_saved(
    admin: httpx.Client, services: Services, clock: MovedClock
) -> None:
    add_readings(services, "ipal-outlet", "ph", [7.0, 9.5, 9.8, 7.0])
    clock.move(60)
    body = admin.post("/api/v1/rules/what-if", json={"rule": RULE}).json()
    assert (body["readings"], body["total"], body["episodes"][0]["peak"]) == (4, 1, 9.8)
    assert body["episodes"][0]["start"] == "2026-11-21T04:58:00.000Z"
    assert admin.get("/api/v1/rules/ph-tinggi").status_code == 404


def test_a_system_rule_has_no_history(admin: httpx.Client) -> None:
    rule = {"id": "disk", "kind": "system", "name": TEXT, "action": TEXT, "condition": "disk_low"}
    answer = admin.post("/api/v1/rules/what-if", json={"rule": rule})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "kind")


def test_a_story_is_told_and_compared(admin: httpx.Client) -> None:
    story = {"rule": RULE, "steps": STEPS, "transitions": ["10 raised normal>unacknowledged"]}
    wrong = {**story, "transitions": []}
    items = admin.post("/api/v1/rules/test", json={"timelines": [story, wrong]}).json()["items"]
    assert [one["passed"] for one in items] == [True, False]
    assert items[1]["differences"] == [
        {"place": "transitions[0]", "expected": None, "found": "10 raised normal>unacknowledged"}
    ]
