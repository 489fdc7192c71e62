"""The water balance of a month by day, and the production that goes with it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dashboard.frame import Visit
from dashboard.record_forms import Fields, Line, day, decimal, lines, save, written
from dashboard.record_wrongs import Wrong, wrong_of
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.calendar import day_in, first_of_month
from domain.errors import Conflict, Invalid, Unavailable
from domain.evidence import Revision
from domain.metrics import name_of
from domain.plant_figures import WaterDay
from domain.production import Produced
from domain.registry import Site, SiteKind

NUMBERS = ("tons", "pieces", "raw_material", "hours")
UNITS = {"tons": "ton", "pieces": "", "raw_material": "ton", "hours": "h"}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/water")
def water_page(visit: Visiting, site: str = "", month: str = "", edit: str = "") -> Response:
    """A month of one site; `edit` names a day whose production is to be corrected."""
    place = _site(visit, site)
    form: dict[str, str] = {}
    if edit:
        kept: Revision[Produced] = visit.services.evidence.production.get(f"{place.id}/{edit}")
        form = {"edit": kept.id, "revision": str(kept.number), "day": kept.record.day.isoformat()}
        form |= {name: written(getattr(kept.record, name)) for name in NUMBERS}
        month = month or f"{kept.record.day:%Y-%m}"
    return _page(visit, place, month, form)


def _site(visit: Visit, site: str) -> Site:
    if site:
        return visit.plan.site(site)
    sites = visit.plan.sites.values()
    return next((one for one in sites if one.kind is SiteKind.IPAL), next(iter(sites)))


def _month(visit: Visit, site: Site, text: str) -> tuple[date, date]:
    """First and last day, today at most; this month for none, and for one that has not begun. Raises Invalid."""
    today = visit.formats(site.timezone).local(visit.now).date()
    this = today.replace(day=1)
    first = min(first_of_month(text), this) if text else this
    return first, min(first.replace(day=monthrange(first.year, first.month)[1]), today)


def _page(visit: Visit, site: Site, month: str, form: dict[str, str], wrong: Wrong | None = None) -> Response:
    first, last = _month(visit, site, month)
    books, today = visit.services.evidence, visit.formats(site.timezone).local(visit.now).date()
    try:
        days, away = books.figures.water(site.id, first, last), False
    except Unavailable:
        days, away = [], True
    noted = books.production.page(site.id, None, 62).items
    of_month = [one for one in noted if first <= one.record.day <= last]
    metrics = list(dict.fromkeys(one.metric for found in days for one in found.loads))
    return visit.page(
        "water.html",
        status=422 if wrong else 200,
        zone=site.timezone,
        place=site,
        first=first,
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{last + timedelta(days=1):%Y-%m}" if last < today else "",
        days=list(reversed(days)),
        totals=totals(days),
        counted=counted(days),
        metrics={one: visit.words.text(name_of(one)) for one in metrics},
        away=away,
        form={"day": today.isoformat()} | form,
        wrong=wrong,
        units=UNITS,
        lines=_lines(visit, of_month),
        can=visit.may(Action.COMMENT),
    )


def totals(days: list[WaterDay]) -> dict[str, float | None]:
    """Sums of what was measured or noted; None where nothing was."""

    def total(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return sum(known) if known else None

    return {
        "inlet": total([None if one.inlet is None else one.inlet.volume for one in days]),
        "outlet": total([None if one.outlet is None else one.outlet.volume for one in days]),
        "tons": total([one.tons for one in days]),
        "pieces": total([one.pieces for one in days]),
    }


def counted(days: list[WaterDay]) -> dict[str, tuple[int, date | None]]:
    """Of each sum of water: how many days it is of, and the first of them."""
    found: dict[str, tuple[int, date | None]] = {}
    for side in ("inlet", "outlet"):
        measured = [one.day for one in days if (part := getattr(one, side)) is not None and part.volume is not None]
        found[side] = (len(measured), min(measured, default=None))
    return found


def _lines(visit: Visit, found: list[Revision[Produced]]) -> list[Line]:
    formats = visit.formats()

    def said(one: Produced) -> str:
        parts = [f"{one.day:%d/%m/%Y}"]
        for name in NUMBERS:
            value = getattr(one, name)
            if value is not None:
                parts.append(
                    f"{visit.words('water.' + name)} {formats.brief(value)} {visit.symbol(UNITS[name])}".strip()
                )
        return " · ".join(parts)

    return lines(visit.services.evidence.production, found, said)


@router.post("/water")
def note(visit: Posting, form: Fields) -> Response:
    """A day's production, or a correction of it."""
    permit(visit, Action.COMMENT)
    site = _site(visit, form.get("site", ""))
    try:
        on = day(form, "day")
        if on is None:
            raise Invalid("must not be empty", "day")
        produced = Produced(site.id, on, **{name: decimal(form, name) for name in NUMBERS})
        save(visit.services.evidence.production, produced, form, visit)
    except (Invalid, Conflict) as refused:
        return _page(visit, site, _month_of(form.get("day", "")), form, wrong_of(visit, refused))
    return RedirectResponse(f"/water?site={site.id}&month={on:%Y-%m}", 303)


def _month_of(text: str) -> str:
    """The month of a day that was typed; none of one that is no day."""
    try:
        return f"{day_in(text):%Y-%m}"
    except Invalid:
        return ""
