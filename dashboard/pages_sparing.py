"""Sending to SPARING: how each point stands, what was sent, what the ministry said, and the missing-data form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard.formats import DAY
from dashboard.frame import HEADERS, HOME_ZONE, Visit
from dashboard.visits import PageRoute, Refused, Visiting
from domain.account import Action
from domain.errors import NotFound
from domain.sparing import Package, PackageState
from domain.sparing_desk import SparingDesk, SparingPointStatus

RECEIPTS: Final = 30
PACKAGES: Final = 24  # of each point
GIVEN_UP_DAYS: Final = 31
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class PointLine:
    """One point with its newest packages, and those of the last month that were given up."""

    status: SparingPointStatus
    name: str
    packages: list[Package]
    given_up: list[Package]


@router.get("/sparing")
def sparing_page(visit: Visiting, point: str = "", after: str = "") -> Response:
    """For officers and admins: the page shows what a regulator will ask for."""
    desk = _desk(visit)
    found = desk.status()
    page = desk.receipts(after or None, RECEIPTS, point or None)
    return visit.page(
        "sparing.html",
        found=found,
        points=[_line(visit, desk, one) for one in found.points],
        receipts=page.items,
        next=page.next,
        point=point,
        months=_months(visit),
    )


@router.get("/sparing/missing")
def missing_form(visit: Visiting, point: str = "", month: str = "", complete: bool = False) -> Response:
    """The portal's form of a month as a file."""
    content = _desk(visit).form(point, month, complete=complete)
    name = f"sparing-{point}-{month}.xlsx"
    return Response(
        content, media_type=XLSX, headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    )


def _desk(visit: Visit) -> SparingDesk:
    """Raises Refused for who neither signs nor configures, NotFound where there is no connector."""
    if not (visit.may(Action.SIGN) or visit.may(Action.CONFIGURE)):
        raise Refused("refused.role")
    if visit.services.sparing is None:
        raise NotFound("sparing")
    return visit.services.sparing


def _line(visit: Visit, desk: SparingDesk, one: SparingPointStatus) -> PointLine:
    packages = desk.packages(one.point, visit.now - GIVEN_UP_DAYS * DAY, visit.now)
    given_up = [package for package in packages if package.state is PackageState.GIVEN_UP]
    names = {point.id: visit.words.text(point.name) for point in visit.plan.installation.compliance_points}
    return PointLine(one, names.get(one.point, one.point), packages[:PACKAGES], given_up[:PACKAGES])


def _months(visit: Visit) -> list[str]:
    """This month and the five before it, as 2026-10."""
    local = visit.formats(HOME_ZONE).local(visit.now)
    index = local.year * 12 + local.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(index, index - 6, -1)]
