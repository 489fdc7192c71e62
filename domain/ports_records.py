"""Contracts of the registry and of the records beside it. What holds of all: `domain.ports`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from domain.account import AuditEntry, Session, Token, User
from domain.metrics import ProfileInfo
from domain.ports_readings import Page
from domain.quality import QualityChange, QualityInterval
from domain.reading import Millis
from domain.registry import Changes, Device, Installation
from domain.rule import Rule
from domain.rule_record import RuleVersion


class Registry(Protocol):
    """Sites, devices, limits, rules and routes. Every change is audited and grows `revision`."""

    def revision(self) -> int:
        """Changes whenever anything in the registry changes. Cheap."""
        ...

    def installation(self) -> Installation:
        """All of it, in the order of the files (for compiling, exporting; not for pages)."""
        ...

    def apply(self, installation: Installation, who: str, now: Millis) -> Changes:
        """Add and change what is given, in one transaction; never removes. Raises Invalid naming what
        refers to something that does not exist.
        """
        ...

    def devices(self, site: str | None, after: str | None, limit: int) -> Page[Device]:
        """Devices by id."""
        ...

    def device(self, device: str) -> Device:
        """One device. Raises NotFound."""
        ...

    def rule_versions(self, rule: str) -> list[RuleVersion]:
        """Every version a rule of the installation ever had, newest first; empty for derived or unknown ones."""
        ...

    def put_rule(self, rule: Rule, who: str, now: Millis, version: int | None) -> RuleVersion:
        """Add a rule, or change it as it stands at `version` (None: it must be new). Raises Conflict with the
        version it is at, Invalid for what refers to nothing.
        """
        ...

    def drop_rule(self, rule: str, who: str, now: Millis, version: int | None = None) -> None:
        """Remove a rule as it stands at `version` (None: whatever it says); its versions stay. A derived rule it
        replaced holds again. Raises NotFound, Conflict with the version it is at.
        """
        ...


class ProfileBook(Protocol):
    """The device profiles there are. Kept in memory; never blocks."""

    def profiles(self) -> list[ProfileInfo]:
        """All, by name."""
        ...

    def profile(self, name: str) -> ProfileInfo:
        """One. Raises NotFound."""
        ...


class RuleBook(Protocol):
    """The rules in force: those of the installation, and those derived from limit sets and profiles."""

    def rules(self) -> list[Rule]:
        """All enabled rules, by id. Compiled again only when the registry's revision changed."""
        ...

    def rules_for(self, device: Device) -> list[Rule]:
        """The rules that watch one of the device's metrics, by id."""
        ...

    def rule(self, rule: str) -> Rule:
        """One, also a disabled one. Raises NotFound."""
        ...


class QualityIntervals(Protocol):
    """What was judged of readings later. Intervals stand beside the readings and never change one."""

    def overlapping(self, device: str, metric: str, start: Millis, stop: Millis) -> list[QualityInterval]:
        """Those of one series that share a moment with [start, stop), by start."""
        ...

    def since(self, at: Millis) -> list[QualityInterval]:
        """Those of all series that end after `at` (for the newest readings)."""
        ...

    def page(
        self,
        after: str | None,
        limit: int,
        device: str | None,
        metric: str | None,
        start: Millis | None,
        stop: Millis | None,
    ) -> Page[QualityInterval]:
        """Newest first by start; every filter given must match."""
        ...


class QualityBook(QualityIntervals, Protocol):
    """The same as the checks write it, with their own memory and cursors, moved in one transaction."""

    def cursors(self) -> tuple[int, int]:
        """Up to which journal row, and which dead letter, everything was judged."""
        ...

    def memory(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """What the checks remember of these (device, metric); metric "" for the device as a whole."""
        ...

    def commit(self, change: QualityChange) -> None:
        """One transaction. Doing the same again changes nothing."""
        ...


class Accounts(Protocol):
    """Users, sessions, tokens."""

    def user(self, name: str) -> User:
        """Raises NotFound."""
        ...

    def users(self) -> list[User]:
        """All, by name."""
        ...

    def save_user(self, user: User) -> None:
        """Add or replace."""
        ...

    def add_session(self, session: Session) -> None:
        """Remember a session."""
        ...

    def session(self, digest: str, now: Millis) -> Session | None:
        """None when unknown or expired."""
        ...

    def end_session(self, digest: str) -> None:
        """Forget it; unknown is fine."""
        ...

    def add_token(self, token: Token) -> None:
        """Raises Conflict when the name is taken."""
        ...

    def token(self, digest: str) -> Token | None:
        """None when unknown or revoked."""
        ...

    def tokens(self) -> list[Token]:
        """All, by name."""
        ...

    def revoke_token(self, name: str, now: Millis) -> None:
        """Raises NotFound."""
        ...


class AuditLog(Protocol):
    """Who changed what, when. Rows are only ever added."""

    def add(self, entry: AuditEntry) -> None:
        """Durable on return."""
        ...

    def page(self, after: str | None, limit: int) -> Page[AuditEntry]:
        """Newest first."""
        ...


class Heartbeat(Struct, frozen=True):
    """The last sign of life of one part of the system. `detail` are plain JSON values."""

    part: str
    at: Millis
    detail: dict[str, str | int | float | bool | None]


class Heartbeats(Protocol):
    """Signs of life, shared between processes."""

    def beat(self, part: str, at: Millis, detail: Mapping[str, str | int | float | bool | None]) -> None:
        """Replace the part's last sign."""
        ...

    def all(self) -> list[Heartbeat]:
        """The last sign of each part."""
        ...
