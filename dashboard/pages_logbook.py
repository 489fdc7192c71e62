"""The daily logbook: each shift with the sensors' part filled in and marked as such; the officer signs the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dashboard.frame import Visit
from dashboard.record_forms import Fields, Line, decimal, lines, save, written
from dashboard.record_wrongs import Wrong, wrong_of
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.calendar import day_in
from domain.errors import Conflict, Invalid, Unavailable
from domain.evidence import Revision
from domain.logbook import Dose, LogbookEntry, Noted, SignedDay, Source, Status
from domain.logbook_day import LogbookShift, day_over, shifts_of_day
from domain.reading import Millis
from domain.registry import Site, SiteKind
from domain.text import Text

NUMBERS: Final = {
    "ph_inlet": "pH", "ph_outlet": "pH", "temperature_inlet": "Cel", "temperature_outlet": "Cel",
    "volume_inlet": "m3", "volume_outlet": "m3", "blower_hours": "h", "energy": "kWh",
}  # fmt: skip
TEXTS: Final = ("colour_inlet", "colour_outlet", "complaints", "notes")
DOSES: Final = 3
router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class ShiftPart:
    """One shift of the day: from when to when, and what was written."""

    id: str
    name: str
    start: Millis
    stop: Millis
    line: Line | None
    sensed: Mapping[str, Noted]


@router.get("/logbook")
def logbook_page(visit: Visiting, site: str = "", day: str = "", shift: str = "") -> Response:
    """One day of one site; `shift` opens that shift's form."""
    place = _site(visit, site)
    return _page(visit, place, _day(visit, place, day), shift)


def _site(visit: Visit, site: str) -> Site:
    if site:
        return visit.plan.site(site)
    return next(iter(visit.plan.sites.values()))


def _day(visit: Visit, site: Site, text: str) -> date:
    """Today where none was asked for. Raises Invalid."""
    return day_in(text) if text else visit.formats(site.timezone).local(visit.now).date()


def _page(
    visit: Visit,
    site: Site,
    day: date,
    shift: str,
    form: dict[str, str] | None = None,
    wrong: Wrong | None = None,
    status: int = 422,
) -> Response:
    parts = _parts(visit, site, day, shift)
    today = visit.formats(site.timezone).local(visit.now).date()
    chosen = next((one for one in parts if one.id == shift), None)
    return visit.page(
        "logbook.html",
        status=status if wrong else 200,
        zone=site.timezone,
        place=site,
        places=[one for one in visit.plan.sites.values() if one.kind is SiteKind.IPAL] or [site],
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
        parts=parts,
        chosen=chosen,
        devices={one.id: visit.words.text(one.name) for one in visit.plan.devices.values()},
        form=(form if form is not None else _opened(chosen)) if chosen else form or {},
        wrong=wrong,
        numbers=NUMBERS,
        doses=range(DOSES),
        statuses=[("", "–"), *((one.value, visit.words.of("logbook_status", one.value)) for one in Status)],
        can_write=visit.may(Action.COMMENT),
        **_signing(visit, site, day, parts),
    )


def _signing(visit: Visit, site: Site, day: date, parts: list[ShiftPart]) -> dict[str, Any]:
    """Who signed the day, what changed since, and whether it can be signed as it is shown."""
    book = visit.services.evidence.logbook
    signatures: list[Revision[SignedDay]] = book.signatures(site.id, day)
    names = {one.id: one.name for one in parts}
    changed = book.corrected_since(site.id, day)
    return {
        "signatures": signatures,
        "seen": seen_text(part.line.one for part in parts if part.line),
        "changed": changed,
        "changed_names": [names.get(one.rpartition("/")[2], one) for one in changed],
        "can_sign": visit.may(Action.SIGN),
        "over": day_over(_shifts(visit, site, day), ZoneInfo(site.timezone), day),
    }


def _parts(visit: Visit, site: Site, day: date, chosen: str) -> list[ShiftPart]:
    """The shifts of the day; what sensors know only of the one that is written, and not of what is to come."""
    books = visit.services.evidence
    found = {one.record.shift: one for one in books.entries.of_day(site.id, day)}
    shifts = _shifts(visit, site, day)
    known = {one.id for one in shifts}
    shifts += [LogbookShift(name, Text(id=name, en=name), 0, 0) for name in found if name not in known]
    made = []
    for one in shifts:
        entry = found.get(one.id)
        line = lines(books.entries, [entry], lambda kept: _said(visit, kept))[0] if entry else None
        sensed = _sensed(visit, site, one.start, min(one.stop, visit.now)) if one.id == chosen else {}
        made.append(ShiftPart(one.id, visit.words.text(one.name), one.start, one.stop, line, sensed))
    return made


def _shifts(visit: Visit, site: Site, day: date) -> list[LogbookShift]:
    return shifts_of_day(visit.plan.installation.shifts, site.id, ZoneInfo(site.timezone), day)


def _sensed(visit: Visit, site: Site, start: Millis, stop: Millis) -> Mapping[str, Noted]:
    try:
        return visit.services.evidence.figures.sensed(site.id, start, stop) if stop > start else {}
    except Unavailable:
        return {}


def _opened(part: ShiftPart) -> dict[str, str]:
    """What was written; else what the sensors know."""
    form: dict[str, str] = {}
    entry: LogbookEntry | None = None if part.line is None else part.line.one.record
    if entry is None or part.line is None:
        return {name: written(one.value) for name, one in part.sensed.items()}
    form |= {"edit": part.line.one.id, "revision": str(part.line.one.number)}
    for name in NUMBERS:
        noted: Noted | None = getattr(entry, name)
        form[name] = "" if noted is None else written(noted.value)
    form |= {name: getattr(entry, name) for name in TEXTS}
    form["status"] = "" if entry.status is None else entry.status.value
    for at, dose in enumerate(entry.doses):
        form |= {f"chemical_{at}": dose.chemical, f"amount_{at}": written(dose.amount), f"unit_{at}": dose.unit}
    return form


def _said(visit: Visit, one: LogbookEntry) -> str:
    words, formats = visit.words, visit.formats()
    parts = [one.operator, words.of("logbook_status", one.status.value) if one.status else ""]
    for name, unit in NUMBERS.items():
        noted: Noted | None = getattr(one, name)
        if noted is None:
            continue
        source = _source(visit, noted, one.sensed.get(name))
        figure = f"{formats.brief(noted.value)} {visit.symbol(unit)}".strip()
        parts.append(f"{words('logbook.' + name)} {figure}{source}")
    parts += [f"{words('logbook.' + name)}: {getattr(one, name)}" for name in TEXTS if getattr(one, name)]
    parts += [f"{dose.chemical} {formats.brief(dose.amount)} {dose.unit}" for dose in one.doses]
    return " · ".join(part for part in parts if part)


def _source(visit: Visit, noted: Noted, sensed: Noted | None) -> str:
    """Which sensor said it; of a person's own number what the sensor said beside it."""
    words, formats = visit.words, visit.formats()
    told = noted if noted.source is Source.SENSOR else sensed
    if told is None:
        return ""
    value = "" if told is noted else f" {formats.brief(told.value)}"
    share = "" if told.coverage is None else f", {formats.number(told.coverage * 100, 0)}%"
    return f" ({words('logbook.sensor')} {_device(visit, told)}{value}{share})"


def _device(visit: Visit, noted: Noted) -> str:
    found = visit.plan.devices.get(noted.device or "")
    return visit.words.text(found.name) if found else noted.device or ""


@router.post("/logbook")
def write(visit: Posting, form: Fields) -> Response:
    """A shift, or a correction of it. A number that is still the sensor's is kept as the sensor's."""
    permit(visit, Action.COMMENT)
    site = _site(visit, form.get("site", ""))
    day, shift = day_in(form.get("day", "")), form.get("shift", "")
    try:
        part = next((one for one in _parts(visit, site, day, shift) if one.id == shift), None)
        if part is None:
            raise Invalid("there is no such shift", "shift")
        save(visit.services.evidence.entries, _entry(form, site, day, part, visit.who), form, visit)
    except (Invalid, Conflict) as refused:
        return _page(visit, site, day, shift, form, wrong_of(visit, refused))
    return RedirectResponse(f"/logbook?site={site.id}&day={day}", 303)


def _entry(form: dict[str, str], site: Site, day: date, part: ShiftPart, who: str) -> LogbookEntry:
    before = None if part.line is None else part.line.one.record
    rest: dict[str, Any] = {name: form.get(name, "").strip() for name in TEXTS}
    rest |= {name: _noted(form, name, part.sensed.get(name), getattr(before, name, None)) for name in NUMBERS}
    status = form.get("status", "")
    doses = []
    for at in range(DOSES):
        amount, chemical = decimal(form, f"amount_{at}"), form.get(f"chemical_{at}", "").strip()
        if amount is not None and chemical:
            doses.append(Dose(chemical, amount, form.get(f"unit_{at}", "").strip() or "kg"))
        elif amount is not None or chemical:
            raise Invalid("must not be empty", f"amount_{at}" if amount is None else f"chemical_{at}")
    return LogbookEntry(
        site=site.id,
        day=day,
        shift=part.id,
        operator=who,
        doses=tuple(doses),
        status=Status(status) if status in set(Status) else None,
        sensed=dict(part.sensed) or (before.sensed if before else {}),
        **rest,
    )


def _noted(form: dict[str, str], name: str, *known: Noted | None) -> Noted | None:
    """The sensor's own number stays the sensor's; one that was typed differently is a person's."""
    value = decimal(form, name)
    if value is None:
        return None
    same = (one for one in known if one is not None and written(one.value) == written(value))
    return next(same, Noted(value))


@router.post("/logbook/sign")
def sign(visit: Posting, form: Fields) -> Response:
    """The officer signs what the page has shown; what was changed since is shown first."""
    permit(visit, Action.SIGN)
    site = _site(visit, form.get("site", ""))
    day = day_in(form.get("day", ""))
    note, seen = form.get("note", "").strip(), seen_in(form.get("seen", ""))
    try:
        visit.services.evidence.logbook.sign(site.id, day, seen, visit.who, note, visit.now)
    except Invalid as refused:
        return _page(visit, site, day, "", form, Wrong("sign", wrong_of(visit, refused).said))
    except Conflict:
        return _page(visit, site, day, "", form, Wrong("sign", visit.words("logbook.sign_changed")), 409)
    return RedirectResponse(f"/logbook?site={site.id}&day={day}", 303)


def seen_text(entries: Iterable[Revision[LogbookEntry]]) -> str:
    """What the page shows, for its form to say: `batik/2026-11-20/pagi:2 batik/2026-11-20/siang:1`."""
    return " ".join(f"{one.id}:{one.number}" for one in entries)


def seen_in(text: str) -> list[tuple[str, int]]:
    """The reverse of `seen_text`. Raises Invalid for what no page of ours has said."""
    found = [one.rpartition(":") for one in text.split()]
    if any(not (name and number.isdecimal()) for name, _, number in found):
        raise Invalid("is not what the page has shown", "seen")
    return [(name, int(number)) for name, _, number in found]
