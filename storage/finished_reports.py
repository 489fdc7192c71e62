"""The table of made reports (`domain.finished_report.FinishedReports`)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Select, and_, insert, select, tuple_, update

from domain.account import AuditEntry
from domain.errors import Conflict, NotFound
from domain.finished_report import FinishedReport
from domain.ports_readings import Page
from domain.reading import Millis
from domain.report_period import PeriodKind
from storage.audit import write_entries
from storage.database import Database
from storage.models import audit
from storage.models import finished_report as table
from storage.paging import cursor_of, key_of, limited, page_of

_DECODER: Final = msgspec.json.Decoder(FinishedReport)
c: Final = table.c


class SqlFinishedReports:
    """In one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, report: FinishedReport, before: FinishedReport | None) -> FinishedReport:
        """See the port. Two processes that make the same revision: the second is told so."""
        with self._db.writing() as connection:
            _require_newest(_newest(connection, report), before)
            connection.execute(update(table).where(_same(report), c.newest).values(newest=False))
            connection.execute(insert(table), [_row(report)])
            write_entries(connection, [_audited("make", report, report.made_by, report.made_at)])
        return report

    def sign(self, report: FinishedReport, who: str, now: Millis, through: str) -> FinishedReport:
        """See the port."""
        with self._db.writing() as connection:
            newest = _newest(connection, report)
            if newest is None:
                raise NotFound(f"there is no report {_name(report)}")
            if newest.revision != report.revision:
                raise Conflict(f"{_name(report)} has a newer revision", "moved_on")
            if newest.signed_at is not None or newest.outdated_at is not None:
                raise Conflict(f"{_name(report)} is {newest.state}", newest.state)
            signed = replace(newest, signed_by=who, signed_at=now)
            _save(connection, signed)
            write_entries(connection, [_audited("sign", signed, who, now, through)])
        return signed

    def outdated(self, report: FinishedReport, since: Millis | None) -> None:
        """See the port. The first moment stays."""
        with self._db.writing() as connection:
            newest = _newest(connection, report)
            if newest is None or newest.revision != report.revision:
                return
            if (newest.outdated_at is None) != (since is None):
                _save(connection, replace(newest, outdated_at=since))

    def revisions(self, kind: PeriodKind, place: str, period: str) -> list[FinishedReport]:
        """See the port."""
        of = and_(c.kind == kind.value, c.place == place, c.period == period)
        return self._all(select(c.document).where(of).order_by(c.revision))

    def made_since(self, since: Millis) -> list[FinishedReport]:
        """See the port."""
        query = select(c.document).where(c.newest, c.made_at >= since)
        return self._all(query.order_by(c.made_at, c.kind, c.place, c.period))

    def newest(self, kind: PeriodKind, place: str) -> FinishedReport | None:
        """See the port."""
        of = and_(c.kind == kind.value, c.place == place, c.newest)
        found = self._all(select(c.document).where(of).order_by(c.first.desc()).limit(1))
        return found[0] if found else None

    def periods(self, kind: PeriodKind, place: str) -> frozenset[str]:
        """See the port."""
        query = select(c.period).where(c.kind == kind.value, c.place == place, c.newest)
        with self._db.reading() as connection:
            return frozenset(connection.scalars(query))

    def began(self) -> Millis | None:
        """See the port."""
        query = select(audit.c.at).order_by(audit.c.id).limit(1)
        with self._db.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def page(self, after: str | None, limit: int) -> Page[FinishedReport]:
        """See the port."""
        key = (c.first, c.kind, c.place)
        query = select(c.document).where(c.newest).order_by(*(one.desc() for one in key)).limit(limited(limit))
        if after is not None:
            query = query.where(tuple_(*key) < key_of(after, tuple[str, str, str]))
        found = self._all(query)
        return page_of(found, limit, lambda one: cursor_of(one.first.isoformat(), one.kind.value, one.place))

    def _all(self, query: Select[Any]) -> list[FinishedReport]:
        with self._db.reading() as connection:
            return [_DECODER.decode(document) for document in connection.scalars(query)]


def _same(report: FinishedReport) -> ColumnElement[bool]:
    return and_(c.kind == report.kind.value, c.place == report.place, c.period == report.period)


def _newest(connection: Connection, report: FinishedReport) -> FinishedReport | None:
    query = select(c.document).where(_same(report), c.newest).with_for_update()
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else _DECODER.decode(found)


def _require_newest(found: FinishedReport | None, before: FinishedReport | None) -> None:
    """Raise Conflict where the newest revision is not, or is not any more as unsigned as, the one that was read."""
    if (found.revision if found else 0) != (before.revision if before else 0):
        raise Conflict("another revision was made meanwhile", "moved_on")
    if found and before and found.signed_at != before.signed_at:
        raise Conflict(f"{_name(found)} was signed meanwhile", "signed")


def _save(connection: Connection, report: FinishedReport) -> None:
    document = msgspec.json.encode(report).decode()
    of = and_(_same(report), c.revision == report.revision)
    connection.execute(update(table).where(of).values(document=document))


def _row(report: FinishedReport) -> dict[str, Any]:
    return {
        "kind": report.kind.value,
        "place": report.place,
        "period": report.period,
        "revision": report.revision,
        "first": report.first.isoformat(),
        "newest": True,
        "made_at": report.made_at,
        "document": msgspec.json.encode(report).decode(),
    }


def _name(report: FinishedReport) -> str:
    return f"{report.kind} {report.place} {report.period}"


def _audited(action: str, report: FinishedReport, who: str, at: Millis, through: str = "") -> AuditEntry:
    said: dict[str, str | int | bool] = {
        "revision": report.revision,
        "sha256": report.sha256,
        "reason": report.reason,
    }
    if report.empty:
        said["no_data"] = True
    if through:
        said["through"] = through
    target = f"report/{report.kind}/{report.place}/{report.period}"
    return AuditEntry(at, who, action, target, after=msgspec.json.encode(said).decode())
