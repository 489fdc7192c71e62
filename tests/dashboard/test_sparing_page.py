"""The SPARING page: for officers and admins; what was sent, what was given up, the form as a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from domain.account import Role
from domain.services import Services
from domain.sparing import HOUR, PackageState, Verdict
from reports.sparing.config import SparingConfig
from service.sparing import Sparing
from support.app import MovedClock, add_token, client_of
from support.mojokerto import mojokerto_services
from support.pages import add_people, log_in, text_of, with_pages
from support.sparing_desk import HELD, POINT, connection_tested, sent, with_sparing


class Place:
    """Pages over a connector."""

    def __init__(self, folder: Path, stack: ExitStack, config: SparingConfig = HELD) -> None:
        services = mojokerto_services(folder, MovedClock())
        add_people(services)
        self.services: Services
        self.sparing: Sparing
        self.services, self.sparing = with_sparing(services, folder, stack, config)
        self._stack = stack
        self.app = with_pages(self.services)
        self.hour = self.services.clock() // HOUR * HOUR

    def client(self, role: Role) -> httpx.Client:
        """Somebody of a role."""
        client = self._stack.enter_context(client_of(self.app))
        log_in(client, role.value)
        return client

    def page(self, role: Role = Role.OFFICER) -> str:
        """What somebody of a role reads."""
        return text_of(self.client(role).get("/sparing"))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is closed at the end."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def place(tmp_path: Path, stack: ExitStack) -> Place:
    """Sending is on; nothing was sent."""
    return Place(tmp_path, stack)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMIN])
def test_officers_and_admins_see_that_a_test_is_due(place: Place, role: Role) -> None:
    assert "belum diuji" in place.page(role)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.TECHNICIAN])
def test_others_do_not_see_it(place: Place, role: Role) -> None:
    assert place.client(role).get("/sparing").status_code == 403


def test_an_installation_that_sends_nothing_says_so(tmp_path: Path, stack: ExitStack) -> None:
    off = Place(tmp_path, stack, SparingConfig())
    assert "Pengiriman mati." in off.page()


def test_a_receipt_says_what_the_ministry_said(place: Place) -> None:
    connection_tested(place.sparing, place.hour - 3 * HOUR)
    sent(place.sparing, place.hour - HOUR, Verdict.ACCEPTED, "Data Berhasil Ditambahkan", PackageState.DELIVERED)
    assert "Data Berhasil Ditambahkan" in place.page()


def test_packages_given_up_lead_to_the_form(place: Place) -> None:
    connection_tested(place.sparing, place.hour - 3 * HOUR)
    sent(place.sparing, place.hour - HOUR, Verdict.GIVEN_UP, None, PackageState.GIVEN_UP)
    assert "Laporkan dengan formulir data kosong" in place.page()


def test_the_form_of_a_month_is_a_workbook(place: Place) -> None:
    answer = place.client(Role.OFFICER).get("/sparing/missing", params={"point": POINT, "month": "2026-11"})
    assert load_workbook(BytesIO(answer.content)).active is not None


@pytest.mark.parametrize(("point", "month", "status"), [(POINT, "2026-13", 422), ("nowhere", "2026-11", 404)])
def test_a_form_that_cannot_be_is_refused(place: Place, point: str, month: str, status: int) -> None:
    answer = place.client(Role.OFFICER).get("/sparing/missing", params={"point": point, "month": month})
    assert answer.status_code == status


@pytest.mark.parametrize("on", [True, False])
def test_its_sign_of_life_shows_only_while_it_is_on(tmp_path: Path, stack: ExitStack, on: bool) -> None:
    place = Place(tmp_path, stack, HELD if on else SparingConfig())
    place.services.heartbeats.beat("sparing", place.services.clock(), {"state": "ok"})
    assert ("Pengirim SPARING" in place.client(Role.ADMIN).get("/health").text) is on


def test_programs_read_status_and_receipts(place: Place) -> None:
    connection_tested(place.sparing, place.hour - 3 * HOUR)
    client = client_of(place.app, add_token(place.services, Role.VIEWER))
    with client:
        status = client.get("/api/v1/sparing/status").json()
        receipts = client.get("/api/v1/sparing/receipts").json()
    assert (status["items"][0]["skipped"], receipts["items"][0]["verdict"]) == (None, "accepted")


def test_without_a_connector_the_route_is_not_there(place: Place) -> None:
    bare = with_pages(replace(place.services, sparing=None))
    with client_of(bare, add_token(place.services, Role.VIEWER)) as client:
        assert client.get("/api/v1/sparing/status").status_code == 404
