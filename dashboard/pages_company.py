"""Who owes the reports and who signs them: filled in by the officer, with what is missing and what runs out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dashboard import company_form
from dashboard.company_form import Difference, Wrong
from dashboard.frame import Visit
from dashboard.record_forms import Fields
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.company import Company, CompanyOf, PermitKind, SignatureRole, blanks, endings
from domain.company_entry import CompanyEntry
from domain.errors import Conflict, Invalid
from domain.evidence import Revision
from domain.evidence_books import standing
from domain.registry import CompliancePoint, Site

REVISIONS: Final = 20  # shown of what was said before

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Moved:
    """Somebody else changed it while the form was open: who, when, and where the two differ."""

    one: Revision[CompanyOf]
    differences: list[Difference]


@router.get("/company")
def company_page(visit: Visiting, site: str = "", said: str = "") -> Response:
    """One site's company; the first with a compliance point unless told."""
    return _page(visit, _site(visit, site), said=said if said == "saved" else "")


@router.post("/company")
def write(visit: Posting, form: Fields) -> Response:
    """Enter it, or change it as it stood when the form was opened."""
    permit(visit, Action.SIGN)
    site = _site(visit, form.get("site", ""))
    typed = company_form.compacted(form)
    try:
        _save(visit, company_form.company_in(typed, site.id), typed)
    except Invalid as refused:
        return _page(visit, site, typed, wrong=company_form.wrong_of(visit, refused))
    except Conflict:
        return _moved_on(visit, site, typed)
    return RedirectResponse(f"/company?site={site.id}&said=saved", 303)


def _save(visit: Visit, entry: CompanyEntry, form: Mapping[str, str]) -> None:
    book, seen = visit.services.evidence.company_of, form.get("revision", "")
    if seen.isdecimal() and int(seen):
        book.correct(entry.site, int(seen), entry.record(), visit.who, form.get("note", ""), visit.now)
    else:
        book.add(entry.record(), visit.who, visit.now)


def _moved_on(visit: Visit, site: Site, typed: dict[str, str]) -> Response:
    """What stands beside what was typed; saving again from here replaces it knowingly."""
    now = standing(visit.services.evidence.company_of, site.id)
    if now is None:
        return _page(visit, site, typed | {"revision": "0"})
    there = company_form.fields_of(CompanyEntry.of(now.record))
    moved = Moved(now, company_form.differences(there, typed))
    return _page(visit, site, typed | {"revision": str(now.number)}, moved=moved)


def _page(
    visit: Visit,
    site: Site,
    form: dict[str, str] | None = None,
    *,
    wrong: Wrong | None = None,
    moved: Moved | None = None,
    said: str = "",
) -> Response:
    points = points_of(visit, site)
    found = standing(visit.services.evidence.company_of, site.id)
    one = CompanyOf(site.id, Company()) if found is None else found.record
    opened = company_form.fields_of(CompanyEntry.of(one)) | {"revision": str(found.number if found else 0)}
    typed = _with_points(opened if form is None else form, points)
    today = visit.formats(site.timezone).local(visit.now).date()
    return visit.page(
        "company.html",
        status=422 if wrong else 409 if moved else 200,
        zone=site.timezone,
        site=site,
        places=_places(visit),
        points={point.id: visit.words.text(point.name) for point in points},
        form=typed,
        rows={group: company_form.shown_rows(typed, group) for group in company_form.SPARE},
        kinds=list(PermitKind),
        roles=list(SignatureRole),
        wrong=wrong,
        moved=moved,
        said=said,
        found=found,
        blanks=blanks(one, [point.id for point in points]),
        endings=endings(one.company, today),
        before=_before(visit, found),
        field_name=lambda field: company_form.field_name(visit, field),
        told=lambda field, text: company_form.said(visit, field, text),
        may_write=visit.may(Action.SIGN),
    )


def _with_points(form: dict[str, str], points: list[CompliancePoint]) -> dict[str, str]:
    """A row for each compliance point, in their order, with what is known of it."""
    at = {form.get(f"outlets.{n}.point"): n for n in range(company_form.MOST)}
    rest = {name: text for name, text in form.items() if not name.startswith("outlets.")}
    for row, point in enumerate(points):
        known = at.get(point.id)
        rest[f"outlets.{row}.point"] = point.id
        for name in ("coordinates", "water_body"):
            rest[f"outlets.{row}.{name}"] = "" if known is None else form.get(f"outlets.{known}.{name}", "")
    return rest


def _before(visit: Visit, found: Revision[CompanyOf] | None) -> list[tuple[Revision[CompanyOf], list[Difference]]]:
    """Each revision, newest first, with what it changed."""
    if found is None:
        return []
    history = visit.services.evidence.company_of.history(found.id)
    states = [company_form.fields_of(CompanyEntry.of(one.record)) for one in history]
    changes = [company_form.differences(states[n - 1] if n else {}, state) for n, state in enumerate(states)]
    return list(zip(history, changes, strict=True))[::-1][:REVISIONS]


def points_of(visit: Visit, site: Site) -> list[CompliancePoint]:
    """The compliance points of a site, in the order of the files."""
    return [one for one in visit.plan.installation.compliance_points if one.site == site.id]


def _places(visit: Visit) -> list[Site]:
    """Sites that owe reports; all where none does."""
    owing = {one.site for one in visit.plan.installation.compliance_points}
    return [one for one in visit.plan.sites.values() if one.id in owing] or list(visit.plan.sites.values())


def _site(visit: Visit, site: str) -> Site:
    return visit.plan.site(site) if site else _places(visit)[0]
