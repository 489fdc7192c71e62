"""The company's page: filled in on a phone, blanks and permits that run out said, nobody's change lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import httpx
import pytest
from playwright.sync_api import Browser

from domain.account import Role
from domain.company import Company, CompanyOf, OwnLine, Permit, PermitKind, Signature, SignatureRole
from domain.ports_readings import Page
from domain.services import Services
from domain.text import Language
from support.app import MovedClock, client_of, serving
from support.pages import csrf_of, log_in, text_of, with_pages

LogIn = Callable[..., httpx.Client]
SITE = "batik"
TYPED = {
    "site": SITE, "revision": "0", "name": "UPT Contoh", "address": "Jl. Contoh 1\r\nMojokerto",
    "permits.1.kind": "technical_approval", "permits.1.number": "1/CONTOH", "permits.1.valid_until": "2026-12-20",
    "signatories.0.role": "approved", "signatories.0.name": "Budi", "signatories.0.at": "2",
    "signatories.1.role": "prepared", "signatories.1.name": "Siti", "signatories.1.at": "1",
}  # fmt: skip


def posted(client: httpx.Client, **more: str) -> httpx.Response:
    """The form as it was typed."""
    return client.post("/company", data={"csrf": csrf_of(client), **TYPED, **more})


def kept(services: Services) -> CompanyOf:
    """What stands."""
    return services.evidence.company_of.get(SITE).record


def test_what_was_typed_is_kept_without_its_empty_rows(enter: LogIn, services: Services) -> None:
    client = enter(Role.OFFICER)
    assert posted(client).status_code == 303
    company = kept(services).company
    assert (company.name, company.address) == ("UPT Contoh", "Jl. Contoh 1\nMojokerto")
    assert company.permits == (Permit(PermitKind.TECHNICAL_APPROVAL, "1/CONTOH", valid_until=date(2026, 12, 20)),)


def test_signatories_stand_in_the_order_of_their_numbers(enter: LogIn, services: Services) -> None:
    posted(enter(Role.OFFICER))
    assert [one.name for one in kept(services).signatories] == ["Siti", "Budi"]


def test_the_page_shows_what_is_kept(enter: LogIn, services: Services) -> None:
    client = enter(Role.OFFICER)
    posted(client)
    page = client.get("/company").text
    assert 'value="UPT Contoh"' in page
    assert 'value="1/CONTOH"' in page


def test_what_is_missing_is_named_on_the_page_and_beside_the_permit_that_runs_out(enter: LogIn) -> None:
    client = enter(Role.OFFICER)
    posted(client)
    said = text_of(client.get("/company"))
    assert "jenis kegiatan" in said
    assert "nama usaha," not in said
    assert "habis masa berlakunya pada 20/12/2026, 29 hari lagi" in said


def test_a_permit_that_ran_out_is_said(enter: LogIn, clock: MovedClock) -> None:
    client = enter(Role.OFFICER)
    posted(client)
    posted(client, revision="1", note="x", **{"permits.1.valid_until": "2026-11-20"})
    assert "sudah habis masa berlakunya pada 20/11/2026" in text_of(client.get("/company"))


WRONG = [
    ({"email": "siti"}, "Bukan alamat surel."),
    ({"name": "UPT \u202egnotaB"}, "Ada huruf yang tidak terlihat (U+202E)"),
    ({"permits.1.kind": ""}, "Pilih salah satu."),
    ({"permits.1.issued_on": "2027-01-01"}, "Izin berakhir sebelum terbit"),
    ({"lines.0.text": "tanpa judul"}, "Isi judulnya."),
]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    enter: LogIn, services: Services, typed: dict[str, str], said: str
) -> None:
    answer = posted(enter(Role.OFFICER), **typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="Siti"' in answer.text
    assert services.evidence.company_of.page(None, None, 5).items == []


def test_a_change_says_why(enter: LogIn) -> None:
    client = enter(Role.OFFICER)
    posted(client)
    assert "Tulis alasan perubahan." in text_of(posted(client, revision="1"))


def test_a_change_of_what_somebody_else_changed_shows_both(enter: LogIn, services: Services) -> None:
    client = enter(Role.OFFICER)
    posted(client)
    services.evidence.company_of.correct(SITE, 1, CompanyOf(SITE, Company("UPT Lain")), "siti", "x", services.clock())
    answer = posted(client, revision="1", note="y")
    assert answer.status_code == 409
    assert "siti mengubahnya" in text_of(answer)
    assert "Sekarang: UPT Lain Isian Anda: UPT Contoh" in " ".join(text_of(answer).split())
    assert kept(services).company.name == "UPT Lain"


def test_saving_again_from_there_replaces_it_knowingly(enter: LogIn, services: Services) -> None:
    client = enter(Role.OFFICER)
    posted(client)
    services.evidence.company_of.correct(SITE, 1, CompanyOf(SITE, Company("UPT Lain")), "siti", "x", services.clock())
    assert 'name="revision" value="2"' in posted(client, revision="1", note="y").text
    posted(client, revision="2", note="y")
    assert kept(services).company.name == "UPT Contoh"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.TECHNICIAN])
def test_others_read_it_and_change_nothing(enter: LogIn, role: Role) -> None:
    client = enter(role)
    assert '<fieldset class="plain" disabled>' in client.get("/company").text
    assert posted(client).status_code == 403


def test_one_report_gets_others_and_gives_them_back(enter: LogIn, services: Services) -> None:
    client = enter(Role.OFFICER)
    posted(client)
    point = services.registry.installation().compliance_points[0].id
    own = {"csrf": csrf_of(client), "point": point, "period": "2026-10", "revision": "0", "act": "save"}
    row = {"signatories.0.role": "approved", "signatories.0.name": "Pengganti"}
    assert client.post("/company/signatories", data=own | row).status_code == 303
    signs = services.evidence.companies.signatures
    assert [[one.name for one in signs(point, period)] for period in ("2026-10", "2026-11")] == [
        ["Pengganti"],
        ["Siti", "Budi"],
    ]
    client.post("/company/signatories", data=own | row | {"revision": "1", "act": "remove", "note": "kembali"})
    assert [one.name for one in signs(point, "2026-10")] == ["Siti", "Budi"]


class Drawer:
    """A desk on which no report was made."""

    def open(self, now: int) -> list[object]:
        """None waits."""
        return []

    def page(self, after: str | None, limit: int) -> Page[object]:
        """Empty."""
        return Page([], None)


def test_the_list_of_reports_hints_at_what_is_not_filled_in(services: Services) -> None:
    with client_of(with_pages(replace(services, reports=Drawer()))) as client:  # type: ignore[arg-type]
        log_in(client, Role.OFFICER.value)
        assert "Belum diisi: nama usaha, alamat," in text_of(client.get("/reports"))
        posted(client)
        said = text_of(client.get("/reports"))
    assert "Belum diisi: jenis kegiatan, titik koordinat" in said
    assert "habis masa berlakunya pada 20/12/2026" in said


LONG = CompanyOf(
    SITE,
    Company(
        "PT " + "Batik" * 39, "Jl. Panjang " * 40,
        permits=(Permit(PermitKind.OTHER, "9" * 200, "Izin " + "x" * 150),),
        lines=(OwnLine("l" * 200, "t" * 500),),
    ),
    tuple(Signature(SignatureRole.APPROVED, "n" * 200, "j" * 200) for _ in range(10)),
)  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("state", ["empty", "long"])
def test_nothing_runs_over_and_every_field_can_be_tapped(
    browser: Browser, services: Services, state: str, language: Language
) -> None:
    if state == "long":
        services.evidence.company_of.add(LONG, "siti", services.clock())
    services.authenticator.set_language(Role.ADMIN.value, language)
    point = services.registry.installation().compliance_points[0].id
    with serving(with_pages(services)) as url, httpx.Client(base_url=url) as client:
        assert log_in(client, Role.ADMIN.value).status_code == 303
        for width in (390, 1440):
            context = browser.new_context(viewport={"width": width, "height": 844})
            cookies = client.cookies.items()
            context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies])
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda line, said=said: said.append(line.text) if line.type == "error" else None)
            for path in ("/company", f"/company/signatories?point={point}&period=2026-10"):
                page.goto(url + path)
                for part in page.locator("details summary").all():
                    part.click()
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                heights = page.evaluate(
                    "[...document.querySelectorAll('main input:not([type=hidden]),main select,main button')]"
                    ".map(one => one.getBoundingClientRect().height)"
                )
                assert min(heights) >= 44
            assert said == []
            context.close()
