"""The versions of rules: every rule as it was, who made it so, and when. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select

from domain.reading import Millis
from domain.rule import Rule
from domain.rule_record import RuleVersion
from storage.models import rule as rule_table
from storage.models import rule_version as table

_RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)
_COLUMNS: Final = (table.c.id, table.c.version, table.c.at, table.c.who, table.c.document)


def versions_of(connection: Connection, rule: str) -> list[RuleVersion]:
    """Newest first; empty for a rule that was never written down."""
    query = select(*_COLUMNS).where(table.c.id == rule).order_by(table.c.version.desc())
    return [_version(row) for row in connection.execute(query)]


def present_version(connection: Connection, rule: str) -> int | None:
    """The version a rule is at; None where it does not exist."""
    stands = connection.execute(select(rule_table.c.id).where(rule_table.c.id == rule)).one_or_none()
    return None if stands is None else _newest(connection, rule)


def add_version(connection: Connection, rule: str, document: str | None, who: str, now: Millis) -> RuleVersion:
    """The next version; `document` None where the rule was removed."""
    row = {"id": rule, "version": _newest(connection, rule) + 1, "at": now, "who": who, "document": document}
    connection.execute(insert(table), row)
    return _version(tuple(row.values()))


def _newest(connection: Connection, rule: str) -> int:
    """0 for a rule without versions."""
    newest = connection.execute(select(func.max(table.c.version)).where(table.c.id == rule)).scalar()
    return int(newest or 0)


def _version(row: Sequence[Any]) -> RuleVersion:
    rule, version, at, who, document = row
    return RuleVersion(rule, version, at, who, None if document is None else _RULE.validate_json(document))
