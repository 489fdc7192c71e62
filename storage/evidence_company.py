"""Who owes the report and who signs it (`domain.ports_evidence.CompanyBook`)."""

from __future__ import annotations

from domain.company import Company, CompanyOf, SignatoriesOf, Signature
from domain.company_entry import CompanyEntry, SignatoriesEntry
from domain.errors import Invalid
from domain.evidence import EvidenceKind
from domain.evidence_books import standing
from domain.places import Places
from domain.reading import Millis
from storage.database import Database
from storage.evidence_book import Shape, SqlBook


class SqlCompanyOf(SqlBook[CompanyOf]):
    """One for each site."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(one: CompanyOf, _now: Millis) -> None:
            places.zone_of_site(one.site)
            CompanyEntry.of(one)
            for at, outlet in enumerate(one.company.outlets):
                _require_point(places, outlet.point, one.site, f"outlets.{at}.point")

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
            SignatoriesEntry.of(one)

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

    def __init__(self, companies: SqlCompanyOf, signatories: SqlSignatories, places: Places) -> None:
        self._companies = companies
        self._signatories = signatories
        self._places = places

    def company(self, site: str) -> Company:
        """With empty fields where nothing was filled in."""
        return self._of(site).company

    def signatures(self, point: str, period: str) -> list[Signature]:
        """The places of the signature block, in the order they are printed; empty where none were filled in."""
        own = standing(self._signatories, f"{point}/{period}")
        if own is None:
            return list(self._of(self._places.point(point).site).signatories)
        return list(own.record.signatures)

    def _of(self, site: str) -> CompanyOf:
        found = standing(self._companies, site)
        return CompanyOf(site, Company()) if found is None else found.record


def _require_point(places: Places, point: str, site: str, field: str) -> None:
    """Raises Invalid for a compliance point that does not exist, or belongs to another site."""
    try:
        found = places.point(point)
    except Invalid as unknown:
        raise Invalid(str(unknown), field) from None
    if found.site != site:
        raise Invalid(f"the compliance point {point} is of site {found.site}, not of {site}", field)
