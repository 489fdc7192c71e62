"""Finished reports on pages and over the API: made, downloaded, signed, revised; honest about months without data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from domain.account import Role
from domain.report_period import PeriodKind
from domain.report_records import LabResult, Operator
from domain.services import Services
from domain.text import Language
from reports.config import ReportsConfig
from service.report_desk import Compliance
from service.reporting import sources_of
from storage.database import Database
from storage.finished_reports import SqlFinishedReports
from storage.report_files import ReportFolder
from support.app import PASSWORD, MovedClock, add_readings, add_token, client_of, serving
from support.mojokerto import all_well, mojokerto_services
from support.pages import add_people, csrf_of, log_in, text_of, with_pages

MONTH = {"kind": "month", "period": "2026-10"}


class Desk:
    """Pages over the example's installation, with its reports."""

    def __init__(self, folder: Path, database: Database) -> None:
        services = mojokerto_services(folder, MovedClock())
        add_people(services)
        self.lab: list[LabResult] = []
        sources = replace(sources_of(services), laboratory=self)
        self.desk = Compliance(
            lambda: sources,
            SqlFinishedReports(database),
            ReportFolder(folder / "reports"),
            ReportsConfig(),
            services.accounts,
        )
        self.services: Services = replace(services, reports=self.desk)
        self.app = with_pages(self.services)
        self.point = services.registry.installation().compliance_points[0].id
        self.clients: list[httpx.Client] = []

    def results(self, point: str, first: date, last: date) -> list[LabResult]:
        """The laboratory's book."""
        return self.lab

    def result(self, number: float) -> None:
        """One result of October, the earlier one corrected."""
        one = LabResult("1", self.point, "bod", Operator.EQUAL, number, "mg/L", date(2026, 10, 7))
        self.lab[:] = [one]

    def client(self, role: Role = Role.OFFICER, language: Language = Language.ID) -> httpx.Client:
        """Somebody of a role."""
        self.services.authenticator.set_language(role.value, language)
        client = client_of(self.app)
        self.clients.append(client)
        log_in(client, role.value)
        return client

    def made(self) -> None:
        """October, by the schedule."""
        self.desk.make(PeriodKind.MONTH, self.point, "2026-10", "pantau", "", self.services.clock())

    @property
    def path(self) -> str:
        """October's page."""
        return f"/reports/month/{self.point}/2026-10"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Nothing was made."""
    with closing(Database(f"sqlite:///{tmp_path / 'pantau.db'}")) as database:
        found = Desk(tmp_path, database)
        yield found
        for client in found.clients:
            client.close()


def post(desk: Desk, client: httpx.Client, path: str, **form: str) -> httpx.Response:
    """A form of ours, followed to the page it leads to."""
    return client.post(path, data={**form, "csrf": csrf_of(client)}, follow_redirects=True)


def test_the_list_says_what_is_still_to_be_made(desk: Desk) -> None:
    assert "belum dibuat" in text_of(desk.client().get("/reports"))


def test_an_officer_makes_a_month(desk: Desk) -> None:
    answer = post(desk, desk.client(), "/reports", place=desk.point, **MONTH)
    assert "Laporan sudah dibuat." in text_of(answer)


def test_a_month_that_runs_is_refused_in_words(desk: Desk) -> None:
    answer = post(desk, desk.client(), "/reports", place=desk.point, kind="month", period="2026-11")
    assert "belum selesai, atau penulisannya salah" in text_of(answer)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.TECHNICIAN])
def test_others_read_and_do_not_sign(desk: Desk, role: Role) -> None:
    desk.made()
    client = desk.client(role)
    assert "Tanda tangani" not in text_of(client.get(desk.path))
    assert post(desk, client, f"{desk.path}/sign", revision="1", no_data="yes").status_code == 403


@pytest.mark.parametrize(
    ("form", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("json", b"{"), ("csv", b"\xef\xbb\xbf")]
)
def test_every_format_is_downloaded(desk: Desk, form: str, begins: bytes) -> None:
    desk.made()
    assert desk.client().get(f"{desk.path}/1/{form}").content.startswith(begins)


def test_a_file_comes_in_the_other_language(desk: Desk) -> None:
    desk.made()
    answer = desk.client().get(f"{desk.path}/1/csv?language=en")
    assert "Monthly effluent" in answer.text


def test_the_officer_signs_what_is_on_the_screen(desk: Desk) -> None:
    desk.made()
    assert "ditandatangani officer" in text_of(
        post(desk, desk.client(), f"{desk.path}/sign", revision="1", no_data="yes")
    ) + text_of(desk.client().get("/reports"))


def test_a_month_without_data_is_signed_with_a_tick_only(desk: Desk) -> None:
    desk.made()
    client = desk.client()
    assert "Saya menyatakan bahwa pada periode ini tidak ada data." in text_of(client.get(desk.path))
    assert "centang dahulu" in text_of(post(desk, client, f"{desk.path}/sign", revision="1"))


def test_a_revision_tells_what_changed(desk: Desk) -> None:
    desk.result(41.5)
    desk.made()
    client = desk.client()
    post(desk, client, f"{desk.path}/sign", revision="1", no_data="yes")
    desk.result(43)
    answer = text_of(post(desk, client, "/reports", place=desk.point, reason="LHU dikoreksi", **MONTH))
    assert "LHU dikoreksi" in answer
    assert "41,5 mg/L 43 mg/L" in answer


def test_what_the_data_no_longer_give_is_not_signed_and_the_page_says_what_changed(desk: Desk) -> None:
    desk.result(41.5)
    desk.made()
    desk.result(43)
    answer = post(desk, desk.client(), f"{desk.path}/sign", revision="1", no_data="yes")
    assert answer.status_code == 409
    assert "datanya sudah berubah sejak laporan ini dibuat" in text_of(answer)
    assert "41,5 mg/L 43 mg/L" in text_of(answer)


def test_a_signature_on_the_page_says_by_what_way(desk: Desk) -> None:
    desk.made()
    post(desk, desk.client(), f"{desk.path}/sign", revision="1", no_data="yes")
    (signed,) = (one for one in desk.services.audit.page(None, 5).items if one.action == "sign")
    assert '"through":"page"' in (signed.after or "")


def test_what_was_typed_stands_while_another_report_is_made(desk: Desk) -> None:
    with desk.desk._alone():
        answer = post(desk, desk.client(), "/reports", place=desk.point, reason="LHU <baru>", **MONTH)
    assert (answer.status_code, "Laporan lain sedang dibuat" in text_of(answer)) == (409, True)
    assert 'value="2026-10"' in answer.text
    assert 'value="LHU &lt;baru&gt;"' in answer.text


def test_the_reason_stands_on_the_page_of_a_report_too(desk: Desk) -> None:
    desk.made()
    with desk.desk._alone():
        answer = post(desk, desk.client(), "/reports", place=desk.point, reason="LHU baru", **MONTH)
    assert 'value="LHU baru"' in answer.text


def test_a_wrong_period_stands_to_be_corrected(desk: Desk) -> None:
    answer = post(desk, desk.client(), "/reports", place=desk.point, kind="month", period="2026-13", reason="x")
    assert (answer.status_code, 'value="2026-13"' in answer.text) == (422, True)


def test_without_a_reason_a_signed_report_stands(desk: Desk) -> None:
    desk.made()
    client = desk.client()
    post(desk, client, f"{desk.path}/sign", revision="1", no_data="yes")
    desk.result(43)
    assert "tulis alasan dibuat ulang" in text_of(post(desk, client, "/reports", place=desk.point, **MONTH))


def test_changed_data_are_said_on_the_page(desk: Desk) -> None:
    desk.made()
    report = desk.desk.revisions(PeriodKind.MONTH, desk.point, "2026-10")[0]
    desk.desk.book.outdated(report, desk.services.clock())
    assert "Datanya sudah berubah." in text_of(desk.client().get(desk.path))


def test_the_page_speaks_english(desk: Desk) -> None:
    desk.made()
    assert "not signed" in text_of(desk.client(language=Language.EN).get("/reports"))


def test_a_report_that_was_never_made_is_not_found(desk: Desk) -> None:
    assert desk.client().get(desk.path).status_code == 404


def test_a_correction_that_reaches_into_a_signed_report_says_so(desk: Desk) -> None:
    desk.made()
    october = desk.desk.revisions(PeriodKind.MONTH, desk.point, "2026-10")[0]
    desk.desk.sign(october, "officer", desk.services.clock(), no_data=True)
    form = {"from": "2026-10-21T11:30", "offset_from": "-0,15", "reason": "buffer 7"}
    address = "/calibrations/ipal-outlet/ph/corrections"
    assert "akan mendapat revisi baru: " in text_of(post(desk, desk.client(Role.TECHNICIAN), address, **form))
    later = form | {"from": "2026-11-01T00:00"}
    assert "revisi baru" not in text_of(post(desk, desk.client(Role.TECHNICIAN), address, **later))


def test_without_reports_there_is_no_page(desk: Desk, tmp_path: Path) -> None:
    bare = with_pages(replace(desk.services, reports=None))
    with client_of(bare, add_token(desk.services, Role.VIEWER)) as client:
        assert client.get("/api/v1/reports").status_code == 404


# ── over the API ────────────────────────────────────────────────────────────────────────────────


def person(desk: Desk, name: str) -> tuple[httpx.Client, dict[str, str]]:
    """Somebody logged in over the API, and the header of a change."""
    client = client_of(desk.app)
    desk.clients.append(client)
    client.post("/api/v1/login", json={"name": name, "password": PASSWORD})
    return client, {"X-CSRF-Token": client.get("/api/v1/me").json()["csrf"]}


@pytest.fixture
def api(desk: Desk) -> httpx.Client:
    """A program of an officer's rights."""
    client = client_of(desk.app, add_token(desk.services, Role.OFFICER))
    desk.clients.append(client)
    return client


def test_a_program_makes_and_downloads(desk: Desk, api: httpx.Client) -> None:
    all_well(desk.services, 3)
    made = api.post("/api/v1/reports", json={**MONTH, "point": desk.point})
    assert (made.status_code, made.json()["made"]) == (201, True)
    assert api.get(f"/api/v1{desk.path}/1/file").content.startswith(b"%PDF")


def test_a_program_does_not_sign(desk: Desk, api: httpx.Client) -> None:
    desk.made()
    assert api.post(f"/api/v1{desk.path}/1/sign", json={"no_data": True}).status_code == 403


def test_an_officer_signs_over_the_api(desk: Desk) -> None:
    desk.made()
    officer, csrf = person(desk, "officer")
    answer = officer.post(f"/api/v1{desk.path}/1/sign", json={"no_data": True}, headers=csrf).json()
    assert (answer["state"], answer["signed_by"], answer["empty"]) == ("signed", "officer", True)


def test_over_the_api_too_an_empty_month_is_signed_as_such_only(desk: Desk) -> None:
    desk.made()
    officer, csrf = person(desk, "officer")
    answer = officer.post(f"/api/v1{desk.path}/1/sign", headers=csrf)
    assert (answer.status_code, answer.json()["present"]) == (409, "no_data")


@pytest.mark.parametrize("role", ["viewer", "operator", "technician"])
def test_others_do_not_sign_over_the_api(desk: Desk, role: str) -> None:
    desk.made()
    client, csrf = person(desk, role)
    assert client.post(f"/api/v1{desk.path}/1/sign", json={"no_data": True}, headers=csrf).status_code == 403


def test_signing_twice_is_a_conflict(desk: Desk) -> None:
    desk.made()
    officer, csrf = person(desk, "officer")
    sign = [officer.post(f"/api/v1{desk.path}/1/sign", json={"no_data": True}, headers=csrf).json() for _ in range(2)]
    assert sign[1]["present"] == "signed"


def test_who_asks_while_one_is_made_is_told(desk: Desk, api: httpx.Client) -> None:
    with desk.desk._alone():
        answer = api.post("/api/v1/reports", json={**MONTH, "point": desk.point})
    assert (answer.status_code, answer.json()["present"]) == (409, "busy")


def test_making_and_signing_stand_in_the_audit(desk: Desk) -> None:
    desk.made()
    officer, csrf = person(desk, "officer")
    officer.post(f"/api/v1{desk.path}/1/sign", json={"no_data": True}, headers=csrf)
    told = [(one.action, one.target) for one in desk.services.audit.page(None, 3).items]
    target = f"report{desk.path.removeprefix('/reports')}"
    assert told == [("sign", target), ("log_in", "user/officer"), ("make", target)]


def test_a_list_of_many_is_paged(desk: Desk, api: httpx.Client) -> None:
    desk.made()
    desk.desk.make(PeriodKind.MONTH, desk.point, "2026-09", "pantau", "", desk.services.clock())
    first = api.get("/api/v1/reports?limit=1").json()
    rest = api.get(f"/api/v1/reports?limit=1&cursor={first['next']}").json()
    assert [first["items"][0]["period"], rest["items"][0]["period"]] == ["2026-10", "2026-09"]


def exceeded(desk: Desk) -> None:
    """An hour of pH 3 on 5 October, noon of Jakarta on, and the month's report."""
    then = int(datetime(2026, 10, 5, 6, tzinfo=UTC).timestamp() * 1000)
    add_readings(replace(desk.services, clock=lambda: then), "ipal-outlet", "ph", [3.0] * 60)
    desk.made()


def noted(desk: Desk, client: httpx.Client, **form: str) -> httpx.Response:
    """What somebody writes of it, with the page's hidden fields."""
    path = f"{desk.path}/exceedances"
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', client.get(path).text))
    return post(desk, client, path, **{**hidden, **form, "csrf": csrf_of(client)})


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.OFFICER])
def test_cause_and_response_of_an_exceedance_are_written_from_the_report(desk: Desk, role: Role) -> None:
    exceeded(desk)
    answer = text_of(noted(desk, desk.client(role), cause="asam tumpah", response="dinetralkan"))
    assert "Penyebab: asam tumpah Tindakan: dinetralkan" in answer


def test_a_report_made_again_tells_the_cause_as_a_change(desk: Desk) -> None:
    exceeded(desk)
    client = desk.client()
    noted(desk, client, cause="asam tumpah", response="dinetralkan")
    answer = text_of(post(desk, client, "/reports", place=desk.point, **MONTH))
    assert "penyebab tidak ada asam tumpah" in answer


def test_a_corrected_cause_keeps_what_was_said(desk: Desk) -> None:
    exceeded(desk)
    client = desk.client()
    noted(desk, client, cause="asam tumpah")
    answer = text_of(noted(desk, client, cause="dosing macet", why="salah duga"))
    assert "Penyebab: dosing macet" in answer
    assert "Penyebab: asam tumpah" in answer


def test_an_empty_note_is_refused_at_its_exceedance(desk: Desk) -> None:
    exceeded(desk)
    answer = noted(desk, desk.client(), cause=" ", response="")
    assert (answer.status_code, "Belum disimpan. Harus diisi." in text_of(answer)) == (422, True)


def test_a_viewer_reads_causes_and_writes_none(desk: Desk) -> None:
    exceeded(desk)
    client = desk.client(Role.VIEWER)
    assert "belum diisi" in text_of(client.get(f"{desk.path}/exceedances"))
    assert noted(desk, client, metric="ph", start="1", stop="2", cause="x").status_code == 403


@pytest.mark.browser
def test_on_a_phone_a_revision_reads_from_top_to_bottom(desk: Desk, browser: Browser) -> None:
    desk.made()
    desk.result(88.0)
    with serving(desk.app) as url, httpx.Client(base_url=url) as client:
        log_in(client, Role.OFFICER.value)
        post(desk, client, "/reports", **MONTH, place=desk.point, reason="LHU")
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in client.cookies.items()])
        page = context.new_page()
        page.goto(url + desk.path)
        facts = page.locator(".report-facts").first.locator("div")
        lefts = {facts.nth(n).bounding_box()["x"] for n in range(facts.count())}  # type: ignore[index]
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        shown = page.locator(".changes td[data-label]").first.evaluate("one => getComputedStyle(one).display")
        context.close()

    assert (len(lefts), over, shown) == (1, 0, "grid")
