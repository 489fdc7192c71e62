"""The registry's nouns as rows: one table for each kind, the whole noun as a JSON document.

A document is compared as a model, not as text, so a noun written by an older program that lacks a
field with a default is still the same noun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, delete, select

from domain.machine import ServicePlan, StopReason
from domain.registry import (
    CompliancePoint,
    Contact,
    Device,
    Installation,
    LimitSet,
    Rota,
    Route,
    Schedule,
    Site,
)
from domain.rule import Rule
from domain.shift import Shift
from storage import models
from storage.upserts import upsert

NOUNS: Final[dict[str, tuple[str, Table, TypeAdapter[Any]]]] = {
    "sites": ("site", models.site, TypeAdapter(Site)),
    "devices": ("device", models.device, TypeAdapter(Device)),
    "limit_sets": ("limit_set", models.limit_set, TypeAdapter(LimitSet)),
    "compliance_points": ("compliance_point", models.compliance_point, TypeAdapter(CompliancePoint)),
    "schedules": ("schedule", models.schedule, TypeAdapter(Schedule)),
    "contacts": ("contact", models.contact, TypeAdapter(Contact)),
    "rotas": ("rota", models.rota, TypeAdapter(Rota)),
    "routes": ("route", models.route, TypeAdapter(Route)),
    "rules": ("rule", models.rule, TypeAdapter(Rule)),
    "shifts": ("shift", models.shift, TypeAdapter(Shift)),
    "stop_reasons": ("stop_reason", models.stop_reason, TypeAdapter(StopReason)),
    "service_plans": ("service_plan", models.service_plan, TypeAdapter(ServicePlan)),
}
"""Each list of an `Installation`: what one of it is called, its table, and how it is read and written."""

_OWN_COLUMNS: Final = ("id", "position", "document")


@dataclass(frozen=True)
class Change:
    """One noun that is new or differs. `before` is None for a new one."""

    kind: str
    before: Any
    after: Any

    @property
    def name(self) -> str:
        """Such as `device/ipal-outlet`."""
        return f"{NOUNS[self.kind][0]}/{self.after.id}"

    @property
    def action(self) -> str:
        """The audit log's word for it."""
        return "add" if self.before is None else "change"

    @cached_property
    def document(self) -> str:
        """The noun as JSON text."""
        return NOUNS[self.kind][2].dump_json(self.after).decode()

    @property
    def before_shown(self) -> str | None:
        """What stood before, for the audit log."""
        return None if self.before is None else _shown(self.kind, self.before)

    @property
    def after_shown(self) -> str:
        """What stands now, for the audit log."""
        return _shown(self.kind, self.after)


@dataclass(frozen=True)
class Removal:
    """One noun that goes."""

    kind: str
    before: Any

    @property
    def name(self) -> str:
        """Such as `rule/cod-high`."""
        return f"{NOUNS[self.kind][0]}/{self.before.id}"

    @property
    def shown(self) -> str:
        """What stood, for the audit log."""
        return _shown(self.kind, self.before)


def read_all(connection: Connection, kind: str) -> tuple[Any, ...]:
    """Every noun of a kind, in the order of the files."""
    _, table, adapter = NOUNS[kind]
    query = select(table.c.document).order_by(table.c.position, table.c.id)
    return tuple(adapter.validate_json(document) for document in connection.execute(query).scalars())


def changes_of(kind: str, before: Installation, given: Installation) -> Iterator[Change]:
    """What of the given nouns is new or differs from what stands."""
    standing = {noun.id: noun for noun in getattr(before, kind)}
    for noun in getattr(given, kind):
        present = standing.get(noun.id)
        if present != noun:
            yield Change(kind, present, noun)


def write_changes(connection: Connection, changes: Sequence[Change]) -> None:
    """Write them, kind after kind in the order given; new nouns come after those that stand."""
    for kind in dict.fromkeys(change.kind for change in changes):
        _, table, _ = NOUNS[kind]
        places = _places(connection, table)
        end = max(places.values(), default=0)
        rows = []
        for change in changes:
            if change.kind == kind:
                end += change.before is None
                rows.append(_row(table, change, places.get(change.after.id, end)))
        connection.execute(upsert(connection, table), rows)


def remove(connection: Connection, gone: Removal) -> None:
    """Its place in the order stays empty."""
    table = NOUNS[gone.kind][1]
    connection.execute(delete(table).where(table.c.id == gone.before.id))


def _places(connection: Connection, table: Table) -> dict[str, int]:
    rows: Iterable[tuple[str, int]] = connection.execute(select(table.c.id, table.c.position)).all()
    return dict(rows)


def _row(table: Table, change: Change, position: int) -> dict[str, Any]:
    searched = [column.name for column in table.columns if column.name not in _OWN_COLUMNS]
    columns = {name: str(getattr(change.after, name)) for name in searched}
    return {"id": change.after.id, "position": position, "document": change.document, **columns}


def _shown(kind: str, noun: Any) -> str:
    """A noun for the audit log, without the secrets that addresses hold."""
    adapter = NOUNS[kind][2]
    hidden = _HIDDEN.get(kind, _nothing)(noun)
    if not hidden:
        return adapter.dump_json(noun).decode()
    shown = {**adapter.dump_python(noun, mode="json"), **hidden}
    return TypeAdapter(dict[str, Any]).dump_json(shown).decode()


def _nothing(_noun: Any) -> dict[str, str]:
    return {}


def _host_only(route: Route) -> dict[str, str]:
    """Of a web address the host: the rest is often a secret."""
    if route.url is None:
        return {}
    parts = urlsplit(str(route.url))
    return {"url": f"{parts.scheme}://{parts.hostname}/…"}


def _channel_only(contact: Contact) -> dict[str, str]:
    """Of an Apprise address the channel: in `tgram://` the very host is a secret."""
    if contact.address is None:
        return {}
    channel, mark, _ = contact.address.partition("://")
    return {"address": f"{channel}://…" if mark else "…"}


_HIDDEN: Final[dict[str, Callable[[Any], dict[str, str]]]] = {"routes": _host_only, "contacts": _channel_only}
