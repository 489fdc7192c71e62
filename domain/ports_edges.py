"""Contracts of what faces people: notifiers, replay, newcomers, log-in, the desk.

What holds of all stands in `domain.ports`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from domain.account import Identity, Session
from domain.alert import Alert, Transition
from domain.newcomer import UnknownDevice, Welcome
from domain.reading import Millis
from domain.registry import Device
from domain.rule import Rule
from domain.rule_record import WhatIf
from domain.text import Language
from domain.timeline import Timeline, TimelineReport


class Address(Struct, frozen=True):
    """Where a notice goes: a contact's, or a route's own. `url` may hold secrets: it is never logged or shown."""

    name: str  # "route" or "route/contact", for the log
    url: str | None
    language: Language


class Notice(Struct, frozen=True):
    """What a notifier is to say: already worded in the language of whoever reads it."""

    subject: str
    body: str
    alert: Alert | None  # None: a digest or a summary
    transition: Transition | None
    age: Millis  # how old the news is
    id: str = ""  # the same when it is delivered twice
    link: str | None = None  # acknowledges the alert, once
    files: tuple[str, ...] = ()  # paths of what goes with it, where the way can carry files


class Notifier(Protocol):
    """One way of telling people."""

    def notify(self, address: Address, notice: Notice) -> None:
        """Deliver, or raise DeliveryError (permanent or not; `retry_after` where the other side names one). At
        most 10 s.
        """
        ...


class Links(Protocol):
    """Signed links that acknowledge one alert, once, for a while."""

    def make(self, alert: str, who: str, now: Millis) -> str:
        """The whole address, for a message to `who`."""
        ...

    def read(self, token: str, now: Millis) -> tuple[str, str]:
        """(alert, who). Raises Invalid for one that is forged or too old, Conflict for one that was used."""
        ...

    def acknowledge(self, token: str, comment: str | None, now: Millis) -> Alert:
        """Use it. Raises as `read` and as `AlertDesk.acknowledge`; a link whose alert moved on stays unused."""
        ...


class RuleTrials(Protocol):
    """What a rule would do, before it is saved. Nothing of a trial is kept."""

    def what_if(self, rule: Rule, start: Millis, stop: Millis) -> WhatIf:
        """Judge stored readings of [start, stop) by the rule alone. Raises Invalid for a rule that refers to
        nothing, or whose kind has no history to be tried on; Conflict while another trial runs.
        """
        ...

    def play(self, timeline: Timeline) -> TimelineReport:
        """Tell a rule a story and compare what came of it. Raises Invalid, with the key, for a story that cannot
        be told.
        """
        ...


class Replayer(Protocol):
    """Sends dead letters through the decoder again."""

    def replay(self, reason: str | None, device: str | None, topics: Sequence[str] | None = None) -> tuple[int, int]:
        """Returns (became readings, still refused). Nothing is lost when it is interrupted."""
        ...


class Newcomers(Protocol):
    """Devices that speak and nobody registered, found among the dead letters."""

    def unknown(self, limit: int) -> list[UnknownDevice]:
        """Those heard last first, each with the profiles that fit, best first."""
        ...

    def register(self, device: Device, who: str, now: Millis) -> Welcome:
        """Add a device and read its kept letters. Raises Conflict when its id or its place on the broker is
        taken, Invalid for a site, stage or profile that does not exist.
        """
        ...

    def catch_up(self) -> tuple[int, int]:
        """Read the kept letters whose device is registered by now; (became readings, still refused)."""
        ...


class Authenticator(Protocol):
    """Who is asking. Implemented in `api/auth.py`, used by the pages as well."""

    def log_in(self, name: str, password: str, address: str, now: Millis) -> tuple[str, Session]:
        """The cookie's secret and the session. Raises Invalid for a wrong name or password (never saying
        which), Conflict when there were too many tries from `address` or for `name` (`present`: seconds to wait).
        """
        ...

    def log_out(self, cookie: str) -> None:
        """End the session; an unknown one is fine."""
        ...

    def session(self, cookie: str, now: Millis) -> tuple[Identity, Session] | None:
        """The person behind a cookie, None when unknown, expired or switched off."""
        ...

    def program(self, token: str, now: Millis) -> Identity | None:
        """The program behind a bearer token, None when unknown or revoked."""
        ...

    def set_language(self, name: str, language: Language) -> None:
        """Remember a person's language."""
        ...


class AlertDesk(Protocol):
    """What people do to alerts. Each raises NotFound, Conflict (with the present state) or Invalid, writes the
    transition and the audit entry, and returns the alert as it is now.
    """

    def acknowledge(self, alert: str, who: str, comment: str | None, now: Millis) -> Alert:
        """Seen and taken on. Only unacknowledged or returned alerts."""
        ...

    def comment(self, alert: str, who: str, comment: str, now: Millis) -> Alert:
        """A note; the state stays."""
        ...

    def shelve(self, alert: str, who: str, until: Millis, reason: str, now: Millis) -> Alert:
        """Put aside until a time, at most seven days ahead; comes back by itself."""
        ...

    def unshelve(self, alert: str, who: str, comment: str | None, now: Millis) -> Alert:
        """Take back by hand: it becomes acknowledged (ISA-18.2 11.7.3)."""
        ...

    def take_out(self, alert: str, who: str, reason: str, now: Millis) -> Alert:
        """Out of service until put back: its condition is not judged meanwhile."""
        ...

    def put_back(self, alert: str, who: str, comment: str | None, now: Millis) -> Alert:
        """In service again: the old alert is over, what arrives from now on is judged afresh."""
        ...
