"""Every error has one shape: a problem document (RFC 9457) with the status that was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.routing import Route

from api.errors import _STATUS, from_domain
from api.hardening import MAX_BODY, MAX_FILE, ROOMY
from domain.account import Role
from domain.errors import PantauError, Unavailable
from domain.services import Services
from support.app import PASSWORD, add_user, client_of, raise_alert

PUBLIC = {"/health/live", "/health/ready", "/metrics", "/openapi.json", "/api/v1/login", "/api/v1/links/acknowledge"}


def assert_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["type"].startswith("urn:pantau:problem:")
    assert body["title"]
    assert body["detail"]
    return body


def operations(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every operation in the document, ids filled in."""
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            filled = path.replace("{name}", "siti").replace("{alert_id}", "a1")
            filled = filled.replace("{rule_id}", "r").replace("{pause_id}", "1")
            yield method.upper(), filled.replace("{device_id}", "pompa-9").replace("{site_id}", "nowhere")


def test_every_route_that_is_not_public_refuses_a_stranger(app: FastAPI, stranger: httpx.Client) -> None:
    guarded = [one for one in operations(app) if one[1] not in PUBLIC]
    assert len(guarded) > 25
    for method, path in guarded:
        answer = stranger.request(method, path)
        assert_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_every_route_refuses_a_method_it_does_not_have(app: FastAPI, admin: httpx.Client) -> None:
    for path in {path for _, path in operations(app)}:
        answer = admin.request("TRACE", path)
        assert_problem(answer, 405)
        assert answer.headers["allow"]


def test_every_route_refuses_a_body_above_one_mebibyte(app: FastAPI, admin: httpx.Client) -> None:
    for method, path in operations(app):
        if path not in ROOMY:
            assert_problem(admin.request(method, path, content=b" " * (MAX_BODY + 1)), 413)


def test_a_route_that_takes_files_refuses_one_that_is_too_large(admin: httpx.Client) -> None:
    assert_problem(admin.post("/api/v1/files", content=b" " * (MAX_FILE + 1)), 413)


def test_a_chunked_body_is_counted_as_it_comes(admin: httpx.Client) -> None:
    chunks = (b"x" * 65_536 for _ in range(17))
    answer = admin.post("/api/v1/login", content=chunks, headers={"Content-Type": "application/json"})
    assert_problem(answer, 413)


def test_every_route_that_names_something_says_when_there_is_none(admin: httpx.Client) -> None:
    for path in (
        "/api/v1/sites/nowhere",
        "/api/v1/devices/pompa-9",
        "/api/v1/alerts/a1",
        "/api/v1/users/nobody",
        "/api/v1/readings?device=pompa-9&metric=ph",
        "/api/v1/readings/daily?device=pompa-9&metric=ph&from=2026-11-01&to=2026-11-02",
        "/api/v1/readings/states?device=pompa-9",
    ):
        assert_problem(admin.get(path), 404)


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere", "/api/v2/sites", "/api/v1/sites/", "/%00"])
def test_an_unknown_path_is_a_problem(admin: httpx.Client, path: str) -> None:
    assert_problem(admin.get(path, follow_redirects=True), 404)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("device=ipal-outlet&metric=ph&max_points=0", "max_points"),
        ("device=ipal-outlet&metric=ph&max_points=5001", "max_points"),
        ("device=ipal-outlet&metric=ph&start=2026-11-21T05:00:00", "start"),
        ("device=ipal-outlet&metric=ph&start=1700000000", "start"),
        ("device=ipal-outlet&metric=ph&start=2026-13-01T00:00:00Z", "start"),
        ("device=ipal-outlet&metric=ph&start=0001-01-01T00:00:00Z", "start"),
        ("device=ipal-outlet&metric=ph&start=2026-11-21T05:00:00Z&stop=2026-11-21T05:00:00Z", "stop"),
        ("metric=ph", "device"),
        ("device=Ipal%00&metric=ph", "device"),
    ],
)
def test_a_wrong_field_is_named(admin: httpx.Client, query: str, field: str) -> None:
    body = assert_problem(admin.get(f"/api/v1/readings?{query}"), 422)
    assert [one["field"] for one in body["errors"]] == [field]


@pytest.mark.parametrize("limit", ["0", "1001", "ten", "-1"])
def test_a_limit_out_of_bounds_is_refused(admin: httpx.Client, limit: str) -> None:
    for noun in ("sites", "devices", "alerts", "readings/latest", "rules", "profiles", "dead-letters", "audit"):
        assert_problem(admin.get(f"/api/v1/{noun}?limit={limit}"), 422)


@pytest.mark.parametrize(
    "cursor", ["x", "%F0%9F%90%9F", "____", "YWxlcnRzOg==", "c2l0ZXM6YmF0aWs=", "YWxlcnRzOnh5eg=="]
)
def test_a_cursor_that_is_not_ours_is_refused(admin: httpx.Client, cursor: str) -> None:
    for noun in ("alerts", "dead-letters", "audit"):
        assert_problem(admin.get(f"/api/v1/{noun}?cursor={cursor}"), 422)


def test_a_body_that_is_no_json_is_refused(admin: httpx.Client, services: Services) -> None:
    raise_alert(services)
    answer = admin.post(
        "/api/v1/alerts/alert-1/comment", content=b"{nope", headers={"Content-Type": "application/json"}
    )
    assert_problem(answer, 422)


def test_what_was_sent_is_not_repeated(admin: httpx.Client) -> None:
    answer = admin.post("/api/v1/users", json={"name": "siti", "role": "viewer", "password": "rahasia"})
    assert_problem(answer, 422)
    assert "rahasia" not in answer.text


def test_a_role_that_may_not_is_refused(app: FastAPI, services: Services) -> None:
    add_user(services, "siti", Role.VIEWER)
    with client_of(app) as client:
        csrf = client.post("/api/v1/login", json={"name": "siti", "password": PASSWORD}).json()["csrf"]
        answer = client.post("/api/v1/dead-letters/replay", headers={"X-CSRF-Token": csrf})
    assert_problem(answer, 403)


def test_a_bug_shows_nothing_of_itself(app: FastAPI, stranger: httpx.Client) -> None:
    def broken(request: Request) -> None:
        raise ZeroDivisionError("the secret of the house")

    app.router.routes.append(Route("/broken", broken))
    assert "secret" not in assert_problem(stranger.get("/broken"), 500)["detail"]


def test_a_store_that_is_away_says_when_to_come_again() -> None:
    answer = from_domain(Unavailable("/var/lib/pantau/journal.db: disk I/O error"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert b"/var/lib" not in answer.body


def test_every_error_of_the_domain_has_a_status() -> None:
    internal = {"ConfigurationError", "DeliveryError", "Deposed", "DiskFull"}  # DiskFull is a kind of Unavailable
    named = {kind.__name__ for kind in PantauError.__subclasses__() if kind.__module__ == "domain.errors"}
    assert named - internal <= {kind.__name__ for kind in _STATUS}
