"""A day of the logbook is signed over the API: by a person, over what that person has read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.access import CSRF_HEADER
from domain.account import Role
from domain.services import Services
from support.app import PASSWORD, add_token, add_user, client_of

API = "/api/v1"
SIGNING = f"{API}/logbook/batik/2026-11-20/signatures"
PAGI = f"{API}/logbook/batik/2026-11-20/pagi"
ENTRY = {"site": "batik", "day": "2026-11-20", "shift": "pagi", "ph_inlet": {"value": 7.1}, "notes": "tenang"}
READ = {"entries": [["batik/2026-11-20/pagi", 1]]}


@pytest.fixture
def officer(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    """Somebody who has logged in."""
    add_user(services, "dewi", Role.OFFICER)
    with client_of(app) as client:
        csrf = client.post(f"{API}/login", json={"name": "dewi", "password": PASSWORD}).json()["csrf"]
        client.headers[CSRF_HEADER] = csrf
        yield client


@pytest.fixture
def entry(admin: httpx.Client) -> dict[str, Any]:
    """The morning, written."""
    made: dict[str, Any] = admin.post(f"{API}/logbook", json=ENTRY).json()
    return made


def test_an_officer_signs_a_day_over_what_was_written(officer: httpx.Client, entry: dict[str, Any]) -> None:
    made = officer.post(SIGNING, json=READ).json()
    assert (made["officer"], made["entries"], made["stands"]) == ("dewi", READ["entries"], True)
    assert len(made["sha256"]) == 64


def test_what_was_corrected_since_it_was_read_is_not_signed(
    officer: httpx.Client, admin: httpx.Client, entry: dict[str, Any]
) -> None:
    admin.put(PAGI, json={"revision": 1, "note": "lupa", "record": {**ENTRY, "notes": "ada keluhan"}})
    answer = officer.post(SIGNING, json=READ)
    assert (answer.status_code, "batik/2026-11-20/pagi" in answer.json()["detail"]) == (409, True)


def test_a_signature_says_what_was_read(officer: httpx.Client, entry: dict[str, Any]) -> None:
    assert officer.post(SIGNING, json={}).status_code == 422


def test_a_later_change_leaves_the_signature_with_the_earlier_revision(
    officer: httpx.Client, admin: httpx.Client, entry: dict[str, Any]
) -> None:
    before = officer.post(SIGNING, json=READ).json()
    admin.put(PAGI, json={"revision": 1, "note": "lupa", "record": {**ENTRY, "notes": "ada keluhan"}})
    assert [one["stands"] for one in officer.get(SIGNING).json()["items"]] == [False]
    again = officer.post(SIGNING, json={"entries": [["batik/2026-11-20/pagi", 2]], "note": "setelah koreksi"}).json()
    assert again["sha256"] != before["sha256"]
    assert [one["stands"] for one in officer.get(SIGNING).json()["items"]] == [False, True]


def test_a_signed_day_is_not_signed_again_as_it_stands(officer: httpx.Client, entry: dict[str, Any]) -> None:
    assert [officer.post(SIGNING, json=READ).status_code for _ in range(2)] == [201, 409]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.TECHNICIAN, Role.OFFICER, Role.ADMIN])
def test_a_program_does_not_sign_whatever_its_role(app: FastAPI, services: Services, role: Role) -> None:
    with client_of(app, add_token(services, role)) as client:
        assert client.post(SIGNING, json=READ).status_code == 403


def test_a_day_is_not_signed_before_its_last_shift_has_ended(officer: httpx.Client, admin: httpx.Client) -> None:
    admin.post(f"{API}/logbook", json={**ENTRY, "day": "2026-11-21"})
    answer = officer.post(
        f"{API}/logbook/batik/2026-11-21/signatures", json={"entries": [["batik/2026-11-21/pagi", 1]]}
    )
    assert (answer.status_code, "2026-11-21T23:00:00" in answer.text) == (422, True)
