"""What the reports of each site would leave blank, and which permits run out."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.frame import Visit
from domain.company import Blank, Company, CompanyOf, Ending, blanks, endings
from domain.evidence_books import standing
from domain.registry import Site


@dataclass(frozen=True)
class Unfilled:
    """One site that owes reports."""

    site: Site
    blanks: tuple[Blank, ...]
    endings: list[Ending]


def unfilled(visit: Visit) -> list[Unfilled]:
    """The sites with a compliance point of which something is missing or runs out."""
    points: dict[str, list[str]] = {}
    for point in visit.plan.installation.compliance_points:
        points.setdefault(point.site, []).append(point.id)
    found = [_of(visit, visit.plan.site(site), ids) for site, ids in points.items()]
    return [one for one in found if one.blanks or one.endings]


def _of(visit: Visit, site: Site, points: list[str]) -> Unfilled:
    kept = standing(visit.services.evidence.company_of, site.id)
    record = CompanyOf(site.id, Company()) if kept is None else kept.record
    today = visit.formats(site.timezone).local(visit.now).date()
    return Unfilled(site, blanks(record, points), endings(record.company, today))
