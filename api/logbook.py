"""Routes: the daily logbook and its signature."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.access import Commenter, Reader, ServicesOf, SigningPerson
from api.evidence_bodies import EntryBody
from api.evidence_schemas import AtRevision, Corrected, History, RevisionOut, Shelf, Why
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit
from api.schemas import SLUG, Given, ListOf, SlugPath, Wire
from api.times import Day, WireTime
from domain.evidence import Revision
from domain.instants import utc_text
from domain.logbook import LogbookEntry, SignedDay

router = APIRouter(prefix="/logbook", tags=["evidence"])
SHELF = Shelf("logbook", LogbookEntry, EntryBody, lambda services: services.evidence.entries, ("operator",))
Place = Annotated[str | None, Query(alias="site", pattern=SLUG, max_length=64, description="Only this site.")]
DayPath = Annotated[Day, Path()]


class NewSignature(Given):
    """What the officer read: the id and revision of every entry of the day, and what he adds to the signature."""

    entries: list[tuple[Annotated[str, Field(max_length=200)], Annotated[int, Field(ge=1)]]] = Field(max_length=100)
    note: str = Field("", max_length=4000)


class SignatureOut(Wire):
    """An officer's signature: over which revisions, their SHA-256. `stands`: nothing was changed since."""

    officer: str
    at: WireTime
    note: str
    entries: list[tuple[str, int]]
    sha256: str
    stands: bool

    @classmethod
    def of(cls, one: Revision[SignedDay], *, stands: bool) -> Self:
        return cls(
            officer=one.record.officer,
            at=utc_text(one.at),
            note=one.record.note,
            entries=list(one.record.entries),
            sha256=one.record.sha256,
            stands=stands,
        )


class SignaturesOut(Wire):
    """Every signature of a day, oldest first."""

    items: list[SignatureOut]


@router.get("", responses=READS, summary="Entries of the logbook")
def list_entries(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[EntryBody]]:
    """One for each site, day and shift; newest day first."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Write a shift")
def create_entry(caller: Commenter, services: ServicesOf, body: EntryBody) -> RevisionOut[EntryBody]:
    """409 when that shift was written already: correct it."""
    return SHELF.add(services, caller, body)


@router.get("/{site}/{day}/signatures", responses=READS, summary="Who signed a day")
def list_signatures(caller: Reader, services: ServicesOf, site: SlugPath, day: DayPath) -> SignaturesOut:
    """Oldest first. One that no longer `stands` was given before a correction."""
    book = services.evidence.logbook
    found = book.signatures(site, day)
    stands = not book.corrected_since(site, day)
    return SignaturesOut(
        items=[SignatureOut.of(one, stands=stands and at == len(found)) for at, one in enumerate(found, 1)]
    )


@router.post("/{site}/{day}/signatures", status_code=201, responses=CHANGES, summary="Sign a day")
def create_signature(
    caller: SigningPerson, services: ServicesOf, site: SlugPath, day: DayPath, body: NewSignature
) -> SignatureOut:
    """Over the entries that were read. 409 when they stand otherwise by now, or are signed already; 422 when nothing
    was written, or the day (its last shift) is not over. A person signs, with a session: a program's token is
    refused (403), whatever its role.
    """
    made = services.evidence.logbook.sign(site, day, body.entries, caller.name, body.note, services.clock())
    return SignatureOut.of(made, stands=True)


@router.get("/{site}/{day}/{shift}", responses=READS_ONE, summary="A shift with its revisions")
def get_entry(
    caller: Reader, services: ServicesOf, site: SlugPath, day: DayPath, shift: SlugPath
) -> History[EntryBody]:
    """Oldest first."""
    return SHELF.history(services, f"{site}/{day}/{shift}")


@router.put("/{site}/{day}/{shift}", responses=CHANGES, summary="Correct a shift")
def correct_entry(
    caller: Commenter, services: ServicesOf, site: SlugPath, day: DayPath, shift: SlugPath, body: Corrected[EntryBody]
) -> RevisionOut[EntryBody]:
    """A new revision; a signature stays one of the earlier revision."""
    return SHELF.correct(services, caller, f"{site}/{day}/{shift}", body)


@router.delete("/{site}/{day}/{shift}", responses=CHANGES, summary="Remove a shift")
def remove_entry(
    caller: Commenter,
    services: ServicesOf,
    site: SlugPath,
    day: DayPath,
    shift: SlugPath,
    revision: AtRevision,
    note: Why,
) -> RevisionOut[EntryBody]:
    """It no longer counts; what it said is kept."""
    return SHELF.remove(services, caller, f"{site}/{day}/{shift}", revision, note)
