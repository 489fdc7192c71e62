"""What every page needs: the services, the templates, who is looking, and how a page is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard import formats, names, watchdog, wording
from dashboard.machines import DayBook
from dashboard.part_words import details, part_word
from dashboard.plan import Plan, PlanBook
from dashboard.trial_runs import TrialRuns
from domain.account import Action, Identity, Session, may
from domain.alert import AlertState
from domain.errors import PantauError
from domain.figures import symbol
from domain.reading import Millis
from domain.registry import Site
from domain.services import Services
from domain.text import Language

HERE: Final = Path(__file__).parent
LANGUAGE_COOKIE: Final = "pantau_language"
HOME_ZONE: Final = "Asia/Jakarta"  # where a page speaks of no one site
OPEN_SHOWN: Final = 100  # open alerts of one state are counted up to here
WAITING: Final = (AlertState.UNACKNOWLEDGED, AlertState.RETURNED)  # for somebody's acknowledgement
POLICY: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Dashboard:
    """One per application, at `app.state.dashboard`."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.plans = PlanBook(services)
        self.phrases = {language: wording.load(language) for language in Language}
        self.templates = environment()
        self.machine_days = DayBook()
        self.trials = TrialRuns(services.trials)
        self.kiosk_streams = 0  # open now


def environment() -> Environment:
    """The templates: escaped always, and an unknown name is an error, never an empty place."""
    loader = FileSystemLoader(HERE / "templates")
    found = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.globals |= {"NOTHING": formats.NOTHING, "part_word": part_word, "part_details": details}
    return found


@dataclass(frozen=True)
class Visit:
    """One request by somebody, or by nobody yet (the login page)."""

    dashboard: Dashboard
    language: Language
    now: Millis
    path: str
    url: str = "/"  # the path with its query
    identity: Identity | None = None
    session: Session | None = None

    @property
    def services(self) -> Services:
        """The ports."""
        return self.dashboard.services

    @cached_property
    def plan(self) -> Plan:
        """The installation as it is at this request."""
        return self.dashboard.plans.current()

    @cached_property
    def words(self) -> wording.Words:
        """The phrases of this person's language."""
        return wording.Words(self.language, self.dashboard.phrases[self.language])

    def formats(self, zone: str = HOME_ZONE) -> formats.Formats:
        """Figures and times as written at a place."""
        return formats.Formats(self.language, ZoneInfo(zone))

    @cached_property
    def watch(self) -> watchdog.Watch:
        """Whether somebody watches; only for those who have logged in."""
        return watchdog.watch(self.services, self.now) if self.identity else watchdog.Watch(None)

    @property
    def who(self) -> str:
        """The name under which an act is recorded."""
        return self.identity.name if self.identity else ""

    def person(self, who: str | None) -> str:
        """Somebody in a record, by the name people know."""
        return names.name_of(who, self.plan.installation.contacts, self.words)

    def may(self, action: str) -> bool:
        """Whether this person may do something (an `Action`)."""
        return self.identity is not None and may(self.identity.role, Action(action))

    def page(
        self,
        template: str,
        *,
        zone: str = HOME_ZONE,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: object,
    ) -> HTMLResponse:
        """A whole page, with the headers that keep it safe."""
        frame = {"visit": self, "t": self.words, "f": self.formats(zone), "now": self.now, "live": ""} | context
        sites = self._sites()
        training = self.may(Action.ACKNOWLEDGE) and any(site.training for site in sites)  # a drill is for who acts
        frame |= {"bell": self._bell(), "sites": sites, "training": training, "watch": self.watch}
        body = self.dashboard.templates.get_template(template).render(frame)
        return HTMLResponse(body, status, {**HEADERS, **(headers or {})})

    def symbol(self, unit: str) -> str:
        """A unit as it is printed."""
        return symbol(unit, self.language)

    def _sites(self) -> list[Site]:
        """For the navigation; none while the registry is away."""
        try:
            return list(self.plan.sites.values()) if self.identity else []
        except PantauError:
            return []

    def _bell(self) -> str:
        """How many alerts nobody has acknowledged, for the navigation; empty when none or not known."""
        if self.identity is None:
            return ""
        try:
            book = self.services.book
            pages = [book.page(None, OPEN_SHOWN, state, None, None, False) for state in WAITING]
        except PantauError:
            return ""
        waiting = sum(len(page.items) for page in pages)
        return f"{waiting}+" if any(page.next for page in pages) else str(waiting or "")


def dashboard_of(request: Request) -> Dashboard:
    """The application's dashboard."""
    found = request.app.state.dashboard
    assert isinstance(found, Dashboard)
    return found


def language_of(request: Request) -> Language:
    """The language chosen before login, Indonesian unless English was."""
    return Language.EN if request.cookies.get(LANGUAGE_COOKIE) == Language.EN else Language.ID
