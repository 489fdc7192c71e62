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
from domain.registry import Device, Route
from domain.text import Language


class Notice(Struct, frozen=True):
    """What a notifier is to say: already worded for the route's language."""

    subject: str
    body: str
    alert: Alert
    transition: Transition
    age: Millis  # how old the news is


class Notifier(Protocol):
    """One way of telling people."""

    def notify(self, route: Route, notice: Notice) -> None:
        """Deliver, or raise DeliveryError(permanent or not). At most 10 s."""
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
