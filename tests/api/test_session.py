"""People log in, programs send tokens, and nobody else gets anywhere."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from api.auth import TRIES_PER_NAME
from api.passwords import digest
from domain.account import Role
from domain.services import SESSION_COOKIE, Services
from support.app import PASSWORD, MovedClock, add_token, add_user, client_of, raise_alert

ACKNOWLEDGE = "/api/v1/alerts/alert-1/acknowledge"


@pytest.fixture
def siti(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    """An operator who has logged in."""
    add_user(services, "siti", Role.OPERATOR)
    with client_of(app) as client:
        log_in(client)
        yield client


def log_in(client: httpx.Client, password: str = PASSWORD, name: str = "siti") -> httpx.Response:
    return client.post("/api/v1/login", json={"name": name, "password": password})


def test_the_cookie_is_for_the_browser_alone(app: FastAPI, services: Services) -> None:
    add_user(services, "siti", Role.OPERATOR)
    with client_of(app) as client:
        cookie = log_in(client).headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/", "max-age=43200"))


def test_only_the_digest_of_the_cookie_is_kept(siti: httpx.Client, services: Services) -> None:
    secret = siti.cookies[SESSION_COOKIE]
    assert services.accounts.session(secret, services.clock()) is None
    assert services.accounts.session(digest(secret), services.clock()) is not None


def test_a_person_is_told_who_they_are(siti: httpx.Client) -> None:
    me = siti.get("/api/v1/me").json()
    assert (me["name"], me["role"], me["language"], me["program"]) == ("siti", "operator", "id", False)


def test_a_wrong_password_and_an_unknown_name_are_told_alike(app: FastAPI, services: Services) -> None:
    add_user(services, "siti", Role.OPERATOR)
    with client_of(app) as client:
        wrong, unknown = log_in(client, "x"), log_in(client, name="nobody")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.json() == unknown.json()


def test_guessing_is_held_back_by_name_until_time_has_passed(
    app: FastAPI, services: Services, clock: MovedClock
) -> None:
    add_user(services, "siti", Role.OPERATOR)
    with client_of(app) as client:
        for _ in range(TRIES_PER_NAME):
            assert log_in(client, "x").status_code == 422
        held = log_in(client)
        assert held.status_code == 429
        clock.move(float(held.headers["retry-after"]))
        assert log_in(client).status_code == 200


def test_a_session_ends_by_itself(siti: httpx.Client, clock: MovedClock) -> None:
    clock.move(12 * 3600)
    assert siti.get("/api/v1/me").status_code == 401


def test_logging_out_ends_the_session(siti: httpx.Client) -> None:
    kept = siti.cookies[SESSION_COOKIE]
    csrf = siti.get("/api/v1/me").json()["csrf"]
    assert siti.post("/api/v1/logout", headers={"X-CSRF-Token": csrf}).status_code == 204
    assert siti.get("/api/v1/me", headers={"Cookie": f"{SESSION_COOKIE}={kept}"}).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "guessed"}])
def test_a_change_by_cookie_needs_its_csrf_token(
    siti: httpx.Client, services: Services, headers: dict[str, str]
) -> None:
    raise_alert(services)
    assert siti.post(ACKNOWLEDGE, headers=headers).status_code == 403
    assert services.book.alert("alert-1").acknowledged_by is None


def test_a_change_by_cookie_with_its_csrf_token_is_made(siti: httpx.Client, services: Services) -> None:
    raise_alert(services)
    csrf = siti.get("/api/v1/me").json()["csrf"]
    assert siti.post(ACKNOWLEDGE, headers={"X-CSRF-Token": csrf}).json()["acknowledged_by"] == "siti"


def test_another_site_cannot_log_somebody_in(app: FastAPI, services: Services) -> None:
    add_user(services, "siti", Role.OPERATOR)
    body = f'{{"name": "siti", "password": "{PASSWORD}"}}'
    with client_of(app) as client:
        as_form = client.post("/api/v1/login", content=body, headers={"Content-Type": "text/plain"})
        across = client.post("/api/v1/login", content=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert as_form.status_code == 422
    assert across.status_code in (403, 422)


def test_a_new_password_ends_every_session(siti: httpx.Client, admin: httpx.Client) -> None:
    answer = admin.put("/api/v1/users/siti/password", json={"password": "bak aerob 2026"})
    assert answer.status_code == 200
    assert siti.get("/api/v1/me").status_code == 401
    assert log_in(siti, "bak aerob 2026").status_code == 200


def test_a_person_switched_off_is_out_at_once(siti: httpx.Client, admin: httpx.Client) -> None:
    admin.patch("/api/v1/users/siti", json={"active": False})
    assert siti.get("/api/v1/me").status_code == 401
    assert log_in(siti).status_code == 422


def test_a_person_chooses_a_language(siti: httpx.Client) -> None:
    csrf = siti.get("/api/v1/me").json()["csrf"]
    siti.post("/api/v1/me/language", json={"language": "en"}, headers={"X-CSRF-Token": csrf})
    assert siti.get("/api/v1/me").json()["language"] == "en"


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer x", "Basic c2l0aTp4", "Bearer pantau_" + "x" * 43])
def test_a_key_that_is_none_is_refused_even_beside_a_session(siti: httpx.Client, sent: str) -> None:
    assert siti.get("/api/v1/me", headers={"Authorization": sent}).status_code == 401


def test_a_revoked_token_stops_at_once(app: FastAPI, services: Services) -> None:
    with client_of(app, add_token(services, Role.VIEWER, "grafana")) as grafana:
        assert grafana.get("/api/v1/me").json()["program"] is True
        services.accounts.revoke_token("grafana", services.clock())
        assert grafana.get("/api/v1/me").status_code == 401


def test_every_answer_keeps_scripts_of_others_out(stranger: httpx.Client) -> None:
    for path in ("/health/live", "/nowhere", "/api/v1/sites"):
        headers = stranger.get(path).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
