"""Company and signatories over the API: entered by the officer, seen by all, never overwritten unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.account import Role
from domain.services import Services
from support.app import add_token, client_of

PATH = "/api/v1/company/batik"
BLOCK = "/api/v1/signatories/titik-penaatan-outlet/2026-10"
COMPANY = {
    "site": "batik",
    "name": "UPT Contoh",
    "address": "Jl. Contoh 1\nMojokerto",
    "permits": [{"kind": "technical_approval", "number": "1/CONTOH", "valid_until": "2027-01-31"}],
    "outlets": [{"point": "titik-penaatan-outlet", "coordinates": "7°28' LS 112°26' BT"}],
    "signatories": [{"role": "prepared", "name": "Siti", "identity": "1980"}, {"role": "approved"}],
}
OWN = {"point": "titik-penaatan-outlet", "period": "2026-10", "signatories": [{"role": "checked", "name": "Budi"}]}


@pytest.fixture
def of_role(app: FastAPI, services: Services) -> Iterator[dict[Role, httpx.Client]]:
    """A program of each role."""
    with ExitStack() as stack:
        yield {
            role: stack.enter_context(client_of(app, add_token(services, role, f"{role}-program"))) for role in Role
        }


def entered(admin: httpx.Client) -> dict[str, Any]:
    """A company that stands."""
    answer = admin.put(PATH, json=COMPANY)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_company_that_nobody_entered_is_empty_and_says_what_is_blank(admin: httpx.Client) -> None:
    answer = admin.get(PATH)
    assert (answer.headers["etag"], answer.json()["record"]["name"]) == ('"0"', "")
    assert answer.json()["blanks"][:4] == ["name", "address", "activity", "permit"]


def test_what_was_entered_is_read_back_with_who_and_its_revision(admin: httpx.Client) -> None:
    made = entered(admin)
    answer = admin.get(PATH)
    assert answer.json() == made
    assert (answer.headers["etag"], made["who"]) == ('"1"', "admin-program")
    assert {key: made["record"][key] for key in ("name", "address")} == {
        key: COMPANY[key] for key in ("name", "address")
    }


def test_a_change_at_the_revision_that_was_read_is_a_further_one(admin: httpx.Client) -> None:
    entered(admin)
    body = COMPANY | {"name": "UPT Contoh Baru"}
    answer = admin.put(PATH, json=body, headers={"If-Match": '"1"'}, params={"note": "SIMPEL"})
    assert (answer.headers["etag"], answer.json()["note"]) == ('"2"', "SIMPEL")
    names = [one["record"]["name"] for one in admin.get(f"{PATH}/revisions").json()["items"]]
    assert names == ["UPT Contoh", "UPT Contoh Baru"]


@pytest.mark.parametrize("headers", [{}, {"If-Match": '"1"'}])
def test_a_change_of_what_somebody_else_changed_is_refused_with_where_it_stands(
    admin: httpx.Client, headers: dict[str, str]
) -> None:
    entered(admin)
    admin.put(PATH, json=COMPANY, headers={"If-Match": '"1"'}, params={"note": "x"})
    answer = admin.put(PATH, json=COMPANY, headers=headers, params={"note": "y"})
    assert (answer.status_code, answer.json()["present"]) == (409, "2")


def test_a_change_says_why(admin: httpx.Client) -> None:
    entered(admin)
    answer = admin.put(PATH, json=COMPANY, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "note")


@pytest.mark.parametrize("role", list(Role))
def test_officers_and_admins_enter_and_everybody_reads(of_role: dict[Role, httpx.Client], role: Role) -> None:
    allowed = role in (Role.OFFICER, Role.ADMIN)
    assert of_role[role].get(PATH).status_code == 200
    assert of_role[role].put(PATH, json=COMPANY).status_code == (200 if allowed else 403)
    assert of_role[role].put(BLOCK, json=OWN).status_code == (200 if allowed else 403)


def test_strangers_read_nothing(stranger: httpx.Client) -> None:
    assert stranger.get(PATH).status_code == 401


def test_every_change_is_audited(admin: httpx.Client, services: Services) -> None:
    entered(admin)
    newest = services.audit.page(None, 1).items[0]
    assert (newest.who, newest.action, newest.target) == ("admin-program", "add", "company/batik")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "A\u202eB"}, "name"),
    ({"name": "A\nB"}, "name"),
    ({"name": "A\x07"}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"email": "nobody"}, "email"),
    ({"permits": [{"kind": "pertek"}]}, "permits.0.kind"),
    ({"permits": [{"kind": "other", "issued_on": 20261005}]}, "permits.0.issued_on"),
    ({"permits": [{"kind": "other", "issued_on": "2026-10-05", "valid_until": "2026-10-04"}]}, "permits.0"),
    ({"outlets": [{"point": "nowhere"}]}, "outlets.0.point"),
    ({"signatories": [{"role": "chief"}]}, "signatories.0.role"),
    ({"nib": "1"}, "nib"),
    ({"site": "alas-kaki"}, "site"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_what_cannot_be_is_refused_at_its_field(admin: httpx.Client, wrong: dict[str, Any], field: str) -> None:
    answer = admin.put(PATH, json=COMPANY | wrong)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("path", ["/api/v1/company/nowhere", "/api/v1/signatories/nowhere/2026-10"])
def test_a_place_that_does_not_exist_is_not_found(admin: httpx.Client, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_a_report_without_a_block_of_its_own_is_signed_by_the_site(admin: httpx.Client) -> None:
    entered(admin)
    found = admin.get(BLOCK).json()
    assert (found["own"], found["revision"]) == (False, 0)
    assert [one["name"] for one in found["record"]["signatories"]] == ["Siti", ""]


def test_a_block_of_its_own_holds_until_it_is_taken_back(admin: httpx.Client) -> None:
    entered(admin)
    own = admin.put(BLOCK, json=OWN).json()
    assert (own["own"], [one["name"] for one in own["record"]["signatories"]]) == (True, ["Budi"])
    back = admin.delete(BLOCK, headers={"If-Match": '"1"'}, params={"note": "keliru"}).json()
    assert (back["own"], [one["name"] for one in back["record"]["signatories"]]) == (False, ["Siti", ""])


def test_a_block_is_of_a_period(admin: httpx.Client) -> None:
    assert admin.get("/api/v1/signatories/titik-penaatan-outlet/october").status_code == 422
