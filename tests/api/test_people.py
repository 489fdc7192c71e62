"""Administrators add people and programs; what they did stands in the audit log, secrets do not."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from domain.account import Role
from domain.services import Services
from support.app import PASSWORD, add_token, add_user, client_of

NEW = {"name": "budi", "role": "technician", "password": PASSWORD}


def audit(admin: httpx.Client) -> list[tuple[str, str, str]]:
    items = admin.get("/api/v1/audit").json()["items"]
    return [(one["who"], one["action"], one["target"]) for one in items]


def test_a_person_is_added_and_can_log_in(admin: httpx.Client, stranger: httpx.Client) -> None:
    assert admin.post("/api/v1/users", json=NEW).status_code == 201
    assert stranger.post("/api/v1/login", json={"name": "budi", "password": PASSWORD}).json()["role"] == "technician"


def test_every_change_of_a_person_is_audited(admin: httpx.Client) -> None:
    admin.post("/api/v1/users", json=NEW)
    admin.patch("/api/v1/users/budi", json={"role": "officer"})
    admin.put("/api/v1/users/budi/password", json={"password": "bak aerob 2026"})
    changes = [(who, action) for who, action, target in audit(admin) if target == "user/budi"]
    assert changes == [("admin-program", step) for step in ("set_password", "change", "create")]


def test_no_secret_is_ever_shown_again(admin: httpx.Client, services: Services) -> None:
    token = admin.post("/api/v1/tokens", json={"name": "grafana", "role": "viewer"}).json()["token"]
    admin.post("/api/v1/users", json=NEW)
    shown = "".join(admin.get(f"/api/v1/{noun}").text for noun in ("users", "tokens", "audit"))
    user = services.accounts.user("budi")
    assert not any(secret in shown for secret in (token, PASSWORD, user.password_hash, "$argon2"))


def test_a_name_stands_for_one_person_or_program(admin: httpx.Client) -> None:
    admin.post("/api/v1/users", json=NEW)
    assert admin.post("/api/v1/users", json=NEW).status_code == 409
    assert admin.post("/api/v1/tokens", json={"name": "budi", "role": "viewer"}).status_code == 409
    assert admin.post("/api/v1/users", json=NEW | {"name": "admin-program"}).status_code == 409


def test_the_last_administrator_stays(admin: httpx.Client, services: Services) -> None:
    add_user(services, "kepala", Role.ADMIN)
    assert admin.patch("/api/v1/users/kepala", json={"role": "viewer"}).status_code == 409
    add_user(services, "wakil", Role.ADMIN)
    assert admin.patch("/api/v1/users/kepala", json={"active": False}).status_code == 200


def test_a_token_works_until_it_is_revoked(app: FastAPI, admin: httpx.Client) -> None:
    token = admin.post("/api/v1/tokens", json={"name": "grafana", "role": "viewer"}).json()["token"]
    with client_of(app, token) as grafana:
        assert grafana.get("/api/v1/sites").status_code == 200
        assert admin.delete("/api/v1/tokens/grafana").status_code == 204
        assert grafana.get("/api/v1/sites").status_code == 401


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_see_people_tokens_and_audit(app: FastAPI, services: Services, role: Role) -> None:
    with client_of(app, add_token(services, role)) as program:
        answers = [program.get(f"/api/v1/{noun}").status_code for noun in ("users", "tokens", "audit")]
    assert answers == [403, 403, 403]


@pytest.mark.parametrize("password", ["short", ""])
def test_a_weak_password_is_refused(admin: httpx.Client, password: str) -> None:
    assert admin.post("/api/v1/users", json=NEW | {"password": password}).status_code == 422
