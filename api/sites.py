"""Routes: sites, limit sets."""

from __future__ import annotations

from fastapi import APIRouter

from api.access import InstalledOf, Reader
from api.openapi import READS, READS_ONE
from api.paging import Cursor, Limit, opened, page_of, sealed
from api.schemas import LimitSetOut, ListOf, SiteOut, SlugPath

router = APIRouter(tags=["installation"])


@router.get("/sites", responses=READS, summary="Sites with their stages")
def list_sites(caller: Reader, installed: InstalledOf, limit: Limit = 100, cursor: Cursor = None) -> ListOf[SiteOut]:
    """All sites by id, each with its stages in order and its compliance points."""
    page = page_of(installed.sites(), lambda site: site.id, opened("sites", cursor), limit)
    points = installed.installation().compliance_points
    return ListOf(items=[SiteOut.of(site, points) for site in page.items], next=sealed("sites", page.next))


@router.get("/sites/{site_id}", responses=READS_ONE, summary="One site")
def get_site(caller: Reader, installed: InstalledOf, site_id: SlugPath) -> SiteOut:
    """One site with its stages in order and its compliance points."""
    return SiteOut.of(installed.site(site_id), installed.installation().compliance_points)


@router.get("/limit-sets", responses=READS, summary="Limit sets (baku mutu)")
def list_limit_sets(
    caller: Reader, installed: InstalledOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[LimitSetOut]:
    """All limit sets by id, with their legal source and validity."""
    page = page_of(installed.limit_sets(), lambda limits: limits.id, opened("limit-sets", cursor), limit)
    return ListOf(items=[LimitSetOut.of(one) for one in page.items], next=sealed("limit-sets", page.next))
