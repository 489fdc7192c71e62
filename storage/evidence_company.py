"""Who owes the report and who signs it (`domain.ports_evidence.CompanyBook`)."""

from __future__ import annotations

from msgspec import Struct

from domain.errors import NotFound
from domain.evidence import EvidenceKind, require_text
from domain.places import Places
from domain.reading import Millis
from domain.report_records import Company, Signature
from storage.database import Database
from storage.evidence_book import Shape, SqlBook


class CompanyOf(Struct, frozen=True):
    """The company behind a site."""

    site: str
    company: Company


class SignatoriesOf(Struct, frozen=True):
    """The signature block of one report: of a compliance point and a period such as `2026-10`."""

    point: str
    period: str
    signatures: tuple[Signature, ...]


class SqlCompanyOf(SqlBook[CompanyOf]):
    """One for each site."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(one: CompanyOf, _now: Millis) -> None:
            places.zone_of_site(one.site)
            for field in ("name", "address", "permit", "phone"):
                require_text(getattr(one.company, field), field)

        super().__init__(
            db,
            Shape(
                EvidenceKind.COMPANY, CompanyOf, lambda one: (one.site, "", 0, None), check, key=lambda one: one.site
            ),
        )


class SqlSignatories(SqlBook[SignatoriesOf]):
    """One for each compliance point and period."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(one: SignatoriesOf, _now: Millis) -> None:
            places.point(one.point)
            require_text(one.period, "period", empty=False)

        super().__init__(
            db,
            Shape(
                EvidenceKind.SIGNATORIES,
                SignatoriesOf,
                lambda one: (one.point, one.period, 0, None),
                check,
                key=lambda one: f"{one.point}/{one.period}",
            ),
        )


class SqlCompanies:
    """What the report reads of both."""

    def __init__(self, companies: SqlCompanyOf, signatories: SqlSignatories) -> None:
        self._companies = companies
        self._signatories = signatories

    def company(self, site: str) -> Company:
        """With empty fields where nothing was filled in."""
        try:
            found = self._companies.get(site)
        except NotFound:
            return Company()
        return Company() if found.removed else found.record.company

    def signatures(self, point: str, period: str) -> list[Signature]:
        """The places of the signature block, in the order they are printed; empty where none were filled in."""
        try:
            found = self._signatories.get(f"{point}/{period}")
        except NotFound:
            return []
        return [] if found.removed else list(found.record.signatures)
