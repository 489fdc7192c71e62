"""A signature block for one report alone, instead of the one of its site."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dashboard import company_form
from dashboard.company_form import Wrong
from dashboard.frame import Visit
from dashboard.record_forms import Fields
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.company import SignatoriesOf, SignatureRole
from domain.company_entry import SignatoriesEntry
from domain.errors import Conflict, Invalid
from domain.evidence_books import standing

SHOWN: Final = 50

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/company/signatories")
def signatories_page(visit: Visiting, point: str = "", period: str = "", said: str = "") -> Response:
    """The reports with a block of their own; with a point and a period that block, or the site's to begin with."""
    points = {one.id for one in visit.plan.installation.compliance_points}
    form = _opened(visit, point, period.strip()) if point in points and period.strip() else {"point": point}
    return _page(visit, form, said=said if said in ("saved", "removed") else "")


@router.post("/company/signatories")
def write(visit: Posting, form: Fields) -> Response:
    """Give a report its own block, change it, or take it back."""
    permit(visit, Action.SIGN)
    typed = company_form.compacted(form)
    try:
        said = _save(visit, typed)
    except Invalid as refused:
        return _page(visit, typed, wrong=company_form.wrong_of(visit, refused))
    except Conflict:
        return _moved_on(visit, typed)
    return RedirectResponse(f"/company/signatories?said={said}", 303)


def _save(visit: Visit, typed: dict[str, str]) -> str:
    book, seen = visit.services.evidence.signatories, typed.get("revision", "")
    number = int(seen) if seen.isdecimal() else 0
    entry = company_form.signatories_in(typed)
    key, note = f"{entry.point}/{entry.period}", typed.get("note", "")
    if typed.get("act") == "remove":
        book.remove(key, number, visit.who, note, visit.now)
        return "removed"
    if number:
        book.correct(key, number, entry.record(), visit.who, note, visit.now)
    else:
        book.add(entry.record(), visit.who, visit.now)
    return "saved"


def _moved_on(visit: Visit, typed: dict[str, str]) -> Response:
    """Somebody else was faster: who and when; saving again replaces theirs knowingly."""
    now = standing(visit.services.evidence.signatories, f"{typed.get('point', '')}/{typed.get('period', '')}")
    if now is None:
        return _page(visit, typed | {"revision": "0"}, wrong=Wrong("", visit.words("company.moved")))
    when = visit.formats().moment(now.at, visit.now)
    told = visit.words("company.moved_by", who=visit.person(now.who), when=when)
    return _page(visit, typed | {"revision": str(now.number)}, wrong=Wrong("", told))


def _opened(visit: Visit, point: str, period: str) -> dict[str, str]:
    own = standing(visit.services.evidence.signatories, f"{point}/{period}")
    block = tuple(visit.services.evidence.companies.signatures(point, period))
    try:
        entry = SignatoriesEntry.of(SignatoriesOf(point, period, block))
    except Invalid:
        return {"point": point}
    return company_form.fields_of(entry) | {"revision": str(own.number if own else 0), "open": "yes"}


def _page(visit: Visit, form: dict[str, str], *, wrong: Wrong | None = None, said: str = "") -> Response:
    names = {one.id: visit.words.text(one.name) for one in visit.plan.installation.compliance_points}
    found = visit.services.evidence.signatories.page(None, None, SHOWN).items
    opened = form.get("open") or wrong is not None
    return visit.page(
        "signatories.html",
        status=422 if wrong else 200,
        points=names,
        own=[(one.record, names.get(one.record.point, one.record.point)) for one in found],
        form=form,
        opened=bool(opened),
        rows={"signatories": company_form.shown_rows(form, "signatories")},
        roles=list(SignatureRole),
        wrong=wrong,
        said=said,
        may_write=visit.may(Action.SIGN),
    )
