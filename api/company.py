"""Routes: who owes the reports and who signs them."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter, Header, Path, Query, Response

from api.access import Reader, ServicesOf, Signer
from api.evidence_schemas import Why
from api.openapi import CHANGES, READS_ONE
from api.schemas import ListOf, SlugPath, Wire
from api.times import WireTime
from domain.company import Blank, Company, CompanyOf, SignatoriesOf, blanks
from domain.company_entry import CompanyEntry, Period, SignatoriesEntry
from domain.errors import Invalid, NotFound
from domain.evidence import Revision
from domain.evidence_books import standing
from domain.instants import utc_text
from domain.services import Services

router = APIRouter(tags=["evidence"])
PeriodPath = Annotated[Period, Path(examples=["2026-10"])]
Match = Annotated[
    str | None,
    Header(alias="If-Match", pattern=r'^(W/)?"?\d{1,9}"?$', description="The `ETag` of what was read."),
]
Note = Annotated[str, Query(max_length=4000, description="Why it is changed; needed where something stands already.")]


class CompanyOut(Wire):
    """What stands of a site's company; revision 0: nobody entered anything. `blanks`: what reports leave blank."""

    revision: int
    who: str | None
    at: WireTime | None
    note: str
    record: CompanyEntry
    blanks: list[Blank]


class CompanyRevision(Wire):
    """One revision."""

    revision: int
    who: str
    at: WireTime
    note: str
    removed: bool
    record: CompanyEntry

    @classmethod
    def of(cls, one: Revision[CompanyOf]) -> Self:
        return cls(
            revision=one.number,
            who=one.who,
            at=utc_text(one.at),
            note=one.note,
            removed=one.removed,
            record=CompanyEntry.of(one.record),
        )


class SignatoriesOut(Wire):
    """The block that the report of a point and period prints. `own`: entered for it alone, else the site's."""

    revision: int
    own: bool
    record: SignatoriesEntry


@router.get("/company/{site}", responses=READS_ONE, summary="The company behind a site")
def get_company(caller: Reader, services: ServicesOf, response: Response, site: SlugPath) -> CompanyOut:
    """With empty fields where nobody filled them in. Its revision stands in `ETag` too."""
    return _company(services, response, site)


@router.put("/company/{site}", responses=CHANGES, summary="Enter or change a site's company")
def put_company(
    caller: Signer,
    services: ServicesOf,
    response: Response,
    site: SlugPath,
    body: CompanyEntry,
    if_match: Match = None,
    note: Note = "",
) -> CompanyOut:
    """Replaces all of it at the revision named in `If-Match`; without it there must be none yet. 409 with the present
    revision when somebody else changed it meanwhile. A report made before keeps what it says.
    """
    if body.site != site:
        raise Invalid(f"the company is of site {body.site}, the path says {site}", "site")
    _require_site(services, site)
    book, now = services.evidence.company_of, services.clock()
    seen = _seen(if_match)
    if seen:
        book.correct(site, seen, body.record(), caller.name, note, now)
    else:
        book.add(body.record(), caller.name, now)
    return _company(services, response, site)


@router.get("/company/{site}/revisions", responses=READS_ONE, summary="What was said of a company before")
def list_company_revisions(caller: Reader, services: ServicesOf, site: SlugPath) -> ListOf[CompanyRevision]:
    """Oldest first, each with who and when."""
    history = services.evidence.company_of.history(site)
    return ListOf(items=[CompanyRevision.of(one) for one in history])


@router.get("/signatories/{point}/{period}", responses=READS_ONE, summary="Who signs one report")
def get_signatories(
    caller: Reader, services: ServicesOf, response: Response, point: SlugPath, period: PeriodPath
) -> SignatoriesOut:
    """The block of its own, else the site's. The revision of its own stands in `ETag` too; 0: it has none."""
    return _signatories(services, response, point, period)


@router.put("/signatories/{point}/{period}", responses=CHANGES, summary="Give one report a block of its own")
def put_signatories(
    caller: Signer,
    services: ServicesOf,
    response: Response,
    point: SlugPath,
    period: PeriodPath,
    body: SignatoriesEntry,
    if_match: Match = None,
    note: Note = "",
) -> SignatoriesOut:
    """As `PUT /company/{site}`."""
    if (body.point, body.period) != (point, period):
        raise Invalid(f"the block is of {body.point}/{body.period}, the path says {point}/{period}", "point")
    _require_point(services, point)
    book, now = services.evidence.signatories, services.clock()
    seen = _seen(if_match)
    if seen:
        book.correct(f"{point}/{period}", seen, body.record(), caller.name, note, now)
    else:
        book.add(body.record(), caller.name, now)
    return _signatories(services, response, point, period)


@router.delete("/signatories/{point}/{period}", responses=CHANGES, summary="Take back a report's own block")
def remove_signatories(
    caller: Signer,
    services: ServicesOf,
    response: Response,
    point: SlugPath,
    period: PeriodPath,
    note: Why,
    if_match: Match = None,
) -> SignatoriesOut:
    """The report is signed by the site's block again; what was entered is kept."""
    key = f"{point}/{period}"
    services.evidence.signatories.remove(key, _seen(if_match), caller.name, note, services.clock())
    return _signatories(services, response, point, period)


def _company(services: Services, response: Response, site: str) -> CompanyOut:
    _require_site(services, site)
    points = [one.id for one in services.registry.installation().compliance_points if one.site == site]
    found = standing(services.evidence.company_of, site)
    record = CompanyOf(site, Company()) if found is None else found.record
    response.headers["ETag"] = f'"{found.number if found else 0}"'
    return CompanyOut(
        revision=found.number if found else 0,
        who=found.who if found else None,
        at=utc_text(found.at) if found else None,
        note=found.note if found else "",
        record=CompanyEntry.of(record),
        blanks=list(blanks(record, points)),
    )


def _signatories(services: Services, response: Response, point: str, period: str) -> SignatoriesOut:
    _require_point(services, point)
    own = standing(services.evidence.signatories, f"{point}/{period}")
    block = tuple(services.evidence.companies.signatures(point, period))
    number = own.number if own else 0
    response.headers["ETag"] = f'"{number}"'
    record = SignatoriesEntry.of(SignatoriesOf(point, period, block))
    return SignatoriesOut(revision=number, own=own is not None, record=record)


def _seen(if_match: str | None) -> int:
    """The revision that was read; 0: there was none."""
    return 0 if if_match is None else int(if_match.removeprefix("W/").strip('"'))


def _require_site(services: Services, site: str) -> None:
    if all(one.id != site for one in services.registry.installation().sites):
        raise NotFound(f"there is no site {site}")


def _require_point(services: Services, point: str) -> None:
    if all(one.id != point for one in services.registry.installation().compliance_points):
        raise NotFound(f"there is no compliance point {point}")
