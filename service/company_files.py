"""Companies in the installation's files: checked, taken into the evidence, and written back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.company import CompanyOf, SignatureRole
from domain.company_entry import CompanyEntry, SignatoryEntry
from domain.errors import NotFound, Problem
from domain.evidence import Revision
from domain.evidence_books import PlacedBook, standing
from domain.reading import Millis
from domain.reference_names import missing
from domain.registry import Changes, Installation

NOTE: Final = "pantau apply"
EXAMPLE: Final = CompanyEntry(
    site="batik",
    name="UPT Sentra Batik CONTOH (perusahaan contoh / example company)",
    address="Jl. Contoh 1, Mojokerto (alamat contoh / example address)",
    activity="Industri batik (contoh / example)",
    signatories=tuple(SignatoryEntry(role=role) for role in SignatureRole),
)
"""Whom the demo's reports name: marked as an example, and without any permit, number or person."""


@dataclass(frozen=True)
class Filed:
    """What taking in did: sites that are new, changed or as they were, and the revisions that were replaced."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    replaced: tuple[Revision[CompanyOf], ...]

    def with_others(self, changes: Changes) -> Changes:
        """Together with what the registry says it did."""
        return Changes(
            added=(*changes.added, *(f"companies/{site}" for site in self.added)),
            changed=(*changes.changed, *(f"companies/{site}" for site in self.changed)),
            unchanged=changes.unchanged + self.unchanged,
        )


def company_problems(companies: Sequence[CompanyEntry], whole: Installation) -> Iterator[Problem]:
    """Sites and compliance points that do not exist, and points of another site."""
    sites = [site.id for site in whole.sites]
    points = {point.id: point.site for point in whole.compliance_points}
    for index, one in enumerate(companies):
        if one.site not in sites:
            yield Problem("", f"companies[{index}].site", missing("site", one.site, sites))
        for at, outlet in enumerate(one.outlets):
            key = f"companies[{index}].outlets[{at}].point"
            if outlet.point not in points:
                yield Problem("", key, missing("compliance point", outlet.point, points))
            elif points[outlet.point] != one.site:
                yield Problem("", key, f"the compliance point {outlet.point} is of site {points[outlet.point]}")


def file_companies(companies: Sequence[CompanyEntry], book: PlacedBook[CompanyOf], who: str, now: Millis) -> Filed:
    """Take in what the files say; what is there already is not written again. Raises Invalid, Conflict."""
    added, changed, replaced = [], [], []
    for one in companies:
        before = standing(book, one.site)
        if before is None:
            book.add(one.record(), who, now)
            added.append(one.site)
        elif before.record != one.record():
            book.correct(one.site, before.number, one.record(), who, NOTE, now)
            changed.append(one.site)
            replaced.append(before)
    return Filed(tuple(added), tuple(changed), len(companies) - len(added) - len(changed), tuple(replaced))


def filed_companies(sites: Sequence[str], book: PlacedBook[CompanyOf]) -> tuple[CompanyEntry, ...]:
    """What stands of each site, as the files would say it."""
    found = [standing(book, site) for site in sites]
    return tuple(CompanyEntry.of(one.record) for one in found if one is not None)


def file_example_company(book: PlacedBook[CompanyOf], now: Millis) -> None:
    """Give the demo its example company, unless somebody wrote another one."""
    try:
        book.get(EXAMPLE.site)
    except NotFound:
        book.add(EXAMPLE.record(), "demo", now)
