"""Who owes the report and who signs it: company, permits, where it discharges, people in charge, signature block.

What is asked for follows the report forms that officials use; a field nobody filled in is printed as a blank to be
filled in by hand, never made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from domain.reading import Millis

SOON: Final = 60  # days before its end from which a permit is warned of


class PermitKind(StrEnum):
    """What the authority gave. Anything else is `other`, with its own name."""

    TECHNICAL_APPROVAL = "technical_approval"  # Persetujuan Teknis (Pertek)
    OPERATION_LETTER = "operation_letter"  # Surat Kelayakan Operasional (SLO)
    DISCHARGE_PERMIT = "discharge_permit"  # Izin Pembuangan Limbah Cair (IPLC)
    OTHER = "other"


class Permit(Struct, frozen=True):
    """One permit; `valid_until` is its last day, None where it has no end or nobody said."""

    kind: PermitKind
    number: str = ""
    name: str = ""  # of one that is `other`
    publisher: str = ""
    issued_on: date | None = None
    valid_until: date | None = None


class Outlet(Struct, frozen=True):
    """Where a compliance point discharges: its coordinates as the permit writes them, and the receiving water."""

    point: str
    coordinates: str = ""
    water_body: str = ""


class OwnLine(Struct, frozen=True):
    """A line of the report's head that the company words itself."""

    label: str
    text: str = ""


class Company(Struct, frozen=True):
    """Who owes the report. `name` as it is spelt in SIMPEL.

    `officer` is in charge of water pollution control (PPPA), `operator` of running the plant (POPAL), each with the
    number of the certificate of competence.
    """

    name: str = ""
    address: str = ""
    activity: str = ""
    permits: tuple[Permit, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    officer: str = ""
    officer_certificate: str = ""
    operator: str = ""
    operator_certificate: str = ""
    phone: str = ""
    email: str = ""
    lines: tuple[OwnLine, ...] = ()

    def outlet(self, point: str) -> Outlet:
        """What is known of one compliance point."""
        return next((one for one in self.outlets if one.point == point), Outlet(point))

    def at(self, point: str) -> Company:
        """Without what is said of other compliance points, which the report of this one does not say."""
        return msgspec.structs.replace(self, outlets=tuple(one for one in self.outlets if one.point == point))


class SignatureRole(StrEnum):
    """What somebody signs for."""

    PREPARED = "prepared"
    CHECKED = "checked"
    APPROVED = "approved"


class Signature(Struct, frozen=True):
    """One place of the signature block. An empty `name` is signed by hand on a dotted line.

    `identity`: NIP or another number by which the person is known.
    """

    role: SignatureRole
    name: str = ""
    position: str = ""
    signed_at: Millis | None = None
    identity: str = ""


class CompanyOf(Struct, frozen=True):
    """The company behind a site. `signatories` sign every report of its compliance points that has no own block."""

    site: str
    company: Company
    signatories: tuple[Signature, ...] = ()


class SignatoriesOf(Struct, frozen=True):
    """The signature block of one report: of a compliance point and a period such as `2026-10`."""

    point: str
    period: str
    signatures: tuple[Signature, ...]


class Ending(Struct, frozen=True):
    """A permit that has run out on a day, or does within `SOON` days of it; `left` days, below 0 since it ended."""

    permit: Permit
    until: date
    left: int


class Blank(StrEnum):
    """What a report of the company would print as a blank."""

    NAME = "name"
    ADDRESS = "address"
    ACTIVITY = "activity"
    PERMIT = "permit"
    COORDINATES = "coordinates"
    WATER_BODY = "water_body"
    OFFICER = "officer"
    CERTIFICATE = "certificate"
    CONTACT = "contact"
    SIGNATORIES = "signatories"


def endings(company: Company, day: date) -> list[Ending]:
    """The permits to warn of on a day, in the order they are listed; not those that another one follows."""
    return [
        Ending(one, one.valid_until, (one.valid_until - day).days)
        for one in company.permits
        if one.valid_until is not None
        and one.valid_until < day + timedelta(days=SOON + 1)
        and not any(_follows(other, one, one.valid_until, day) for other in company.permits)
    ]


def _follows(other: Permit, one: Permit, until: date, day: date) -> bool:
    """Whether a permit of the same kind holds on from the end of this one, or from the day that is asked about."""
    same = (other.kind, other.name) == (one.kind, one.name)
    longer = other.valid_until is None or other.valid_until > until
    return same and other is not one and longer and (other.issued_on is None or other.issued_on <= max(day, until))


def blanks(one: CompanyOf, points: Sequence[str]) -> tuple[Blank, ...]:
    """What nobody filled in yet, of a site with these compliance points."""
    return tuple(_blanks(one, points))


def _blanks(one: CompanyOf, points: Sequence[str]) -> Iterator[Blank]:
    company, outlets = one.company, [one.company.outlet(point) for point in points]
    filled = {
        Blank.NAME: company.name,
        Blank.ADDRESS: company.address,
        Blank.ACTIVITY: company.activity,
        Blank.PERMIT: any(permit.number for permit in company.permits),
        Blank.COORDINATES: all(outlet.coordinates for outlet in outlets),
        Blank.WATER_BODY: all(outlet.water_body for outlet in outlets),
        Blank.OFFICER: company.officer,
        Blank.CERTIFICATE: company.officer_certificate,
        Blank.CONTACT: company.phone or company.email,
        Blank.SIGNATORIES: any(signature.name for signature in one.signatories),
    }
    yield from (blank for blank, said in filled.items() if not said)
