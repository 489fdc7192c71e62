"""What people do to alerts (port `AlertDesk`): each deed is a transition with who and when, and an audit entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from alerts import deeds
from domain.account import AuditEntry
from domain.alert import Alert, Transition
from domain.errors import Conflict
from domain.ports import AlertBook, AuditLog, Registry
from domain.reading import Millis

TRIES: Final = 8

Deed = Callable[[Alert], tuple[Alert, Transition]]


class Desk:
    """Safe across processes. A tick that only noted a newer value in between does not refuse a person."""

    def __init__(self, book: AlertBook, registry: Registry, audit: AuditLog) -> None:
        self._book = book
        self._registry = registry
        self._audit = audit

    def acknowledge(self, alert: str, who: str, comment: str | None, now: Millis) -> Alert:
        """Seen and taken on. Only unacknowledged or returned alerts."""
        return self._do(alert, lambda a: deeds.acknowledge(a, who, comment, now), now)

    def comment(self, alert: str, who: str, comment: str, now: Millis) -> Alert:
        """A note; the state stays."""
        return self._do(alert, lambda a: deeds.comment(a, who, comment, now), now)

    def shelve(self, alert: str, who: str, until: Millis, reason: str, now: Millis) -> Alert:
        """Put aside until a time, at most seven days ahead; comes back by itself."""
        return self._do(alert, lambda a: deeds.shelve(a, who, until, reason, now), now)

    def unshelve(self, alert: str, who: str, comment: str | None, now: Millis) -> Alert:
        """Take back by hand: it becomes acknowledged (ISA-18.2 11.7.3)."""
        return self._do(alert, lambda a: deeds.unshelve(a, who, comment, now), now)

    def take_out(self, alert: str, who: str, reason: str, now: Millis) -> Alert:
        """Out of service until put back: its condition is not judged meanwhile."""
        return self._do(alert, lambda a: deeds.take_out(a, who, reason, now), now)

    def put_back(self, alert: str, who: str, comment: str | None, now: Millis) -> Alert:
        """In service again: the old alert is over, what arrives from now on is judged afresh."""
        return self._do(alert, lambda a: deeds.put_back(a, who, comment, now), now)

    def _do(self, name: str, deed: Deed, now: Millis) -> Alert:
        for attempt in range(1, TRIES + 1):
            before = self._book.alert(name)
            after, transition = deed(before)  # refuses where the present state does not allow it
            after = msgspec.structs.replace(after, version=before.version + 1)
            try:
                self._book.save(after, transition, (), now)
            except Conflict:
                if attempt == TRIES:
                    raise
                continue
            self._note(before, after, transition)
            return after
        raise AssertionError("unreachable")

    def _note(self, before: Alert, after: Alert, transition: Transition) -> None:
        self._audit.add(
            AuditEntry(
                at=transition.at, who=transition.who, action=f"alert.{transition.event}", target=f"alert/{after.id}",
                before=_state(before, None), after=_state(after, transition.comment),
            )
        )  # fmt: skip


def _state(alert: Alert, comment: str | None) -> str:
    said = {"comment": comment} if comment else {}
    return msgspec.json.encode({"state": alert.state, **said}).decode()
