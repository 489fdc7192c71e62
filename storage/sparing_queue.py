"""SPARING's queue and send log in the relational database (`domain.sparing.SparingQueue`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Select, and_, delete, func, insert, literal_column, or_, select, union_all, update

from domain.errors import Conflict, NotFound
from domain.ports_readings import Page
from domain.reading import Millis
from domain.sparing import LONGEST_PAUSE, Outcome, Package, PackageKind, PackageState, Receipt, Verdict
from storage.database import Database
from storage.models import EMPTY_STATE, GIVEN_UP, QUEUED, sparing_package, sparing_receipt
from storage.paging import cursor_of, key_of, limited, page_of

_PACKAGE: Final = tuple(sparing_package.c[name] for name in Package.__struct_fields__)
_RECEIPT: Final = tuple(sparing_receipt.c[name] for name in Receipt.__struct_fields__)
_LISTS: Final = ("missing", "duplicates")
_TEST: Final = sparing_receipt.c.kind == literal_column("'test'")
_p: Final = sparing_package.c

T = TypeVar("T", Package, Receipt)


class SqlSparingQueue:
    """Every change is one transaction, durable on return."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, package: Package) -> bool:
        """Queue it. False where the point already has one of this kind and start, unless that one was empty."""
        same = (_p.point == package.point, _p.kind == package.kind, _p.start == package.start)
        try:
            with self._db.writing() as connection:
                connection.execute(delete(sparing_package).where(*same, _p.state == PackageState.EMPTY))
                connection.execute(insert(sparing_package), [_values(package)])
        except Conflict:
            return False
        return True

    def package(self, package: int) -> Package:
        """One. Raises NotFound."""
        found = self._packages(select(*_PACKAGE).where(_p.id == package))
        if not found:
            raise NotFound(f"there is no package {package}")
        return found[0]

    def periods(self, point: str, start: Millis, stop: Millis) -> list[Package]:
        """Those that begin in [start, stop), by start, whatever became of them."""
        query = select(*_PACKAGE).where(_p.point == point, _p.start >= start, _p.start < stop)
        return self._packages(query.order_by(_p.start, _p.id))

    def settled(self, point: str, kind: PackageKind, start: Millis, stop: Millis, now: Millis) -> set[Millis]:
        """The starts in [start, stop) that need no package made now."""
        query = select(_p.start).where(_p.point == point, _p.kind == kind, _p.start >= start, _p.start < stop)
        query = query.where(or_(_p.state != PackageState.EMPTY, _p.next_attempt_at > now))
        with self._db.reading() as connection:
            return set(connection.execute(query).scalars())

    def last_stop(self, point: str, kind: PackageKind) -> Millis | None:
        """Up to when packages of this kind were ever made."""
        query = select(_p.stop).where(_p.point == point, _p.kind == kind).order_by(_p.start.desc()).limit(1)
        with self._db.reading() as connection:
            return connection.execute(query).scalar()

    def oldest_due(self, point: str, now: Millis) -> Package | None:
        """The queued one with the earliest start among those whose next attempt has come."""
        query = select(*_PACKAGE).where(_p.point == point, _p.state == QUEUED, _p.next_attempt_at <= now)
        found = self._packages(query.order_by(_p.start, _p.id).limit(1))
        return found[0] if found else None

    def begin(self, package: Package, until: Millis) -> Package | None:
        """Note that an attempt begins; None where somebody else began one meanwhile."""
        statement = update(sparing_package).where(
            _p.id == package.id, _p.state == QUEUED, _p.attempts == package.attempts
        )
        statement = statement.values(attempts=package.attempts + 1, next_attempt_at=until)
        with self._db.writing() as connection:
            if connection.execute(statement).rowcount == 0:
                return None
        return msgspec.structs.replace(package, attempts=package.attempts + 1, next_attempt_at=until)

    def note(self, receipt: Receipt, outcome: Outcome | None) -> Receipt:
        """Write what an attempt came to, and change its package, in one transaction. What was delivered counts in any
        case, anything else only of the attempt that began last.
        """
        with self._db.writing() as connection:
            written = insert(sparing_receipt).values(_values(receipt)).returning(sparing_receipt.c.id)
            number = connection.execute(written).scalar_one()
            if outcome is not None:
                values = _values(outcome)
                values["ended_at"] = None if outcome.state is PackageState.QUEUED else receipt.at
                mine = [_p.id == receipt.package, _p.state == QUEUED]
                if outcome.state is not PackageState.DELIVERED:
                    mine.append(_p.attempts == receipt.attempt)
                connection.execute(update(sparing_package).where(*mine).values(values))
        return msgspec.structs.replace(receipt, id=number)

    def set_right(self, point: str, now: Millis) -> int:
        """Undo what was noted at a time that has not come."""
        empty = and_(_p.state == EMPTY_STATE, _p.queued_at > now)
        given_up = and_(_p.state == GIVEN_UP, _p.ended_at > now)
        too_long = and_(_p.state == QUEUED, _p.next_attempt_at > now + LONGEST_PAUSE)
        ahead = [select(_p.id).where(_p.point == point, one) for one in (empty, given_up, too_long)]
        with self._db.reading() as connection:
            found = list(connection.execute(union_all(*ahead)).scalars())  # each through its own index
        if found:
            again = {"state": QUEUED, "next_attempt_at": now, "ended_at": None}
            with self._db.writing() as connection:
                connection.execute(delete(sparing_package).where(_p.id.in_(found), empty))
                late = update(sparing_package).where(_p.id.in_(found), or_(given_up, too_long))
                connection.execute(late.values(again))
        return len(found)

    def hold(self, point: str, until: Millis) -> None:
        """No queued package of the point is tried before `until`."""
        statement = update(sparing_package).where(_p.point == point, _p.state == QUEUED, _p.next_attempt_at < until)
        with self._db.writing() as connection:
            connection.execute(statement.values(next_attempt_at=until))

    def release(self, point: str, now: Millis) -> int:
        """Every queued package whose last attempt was noted may be tried now; how many.

        One whose attempt was begun and not noted is being sent, or its sender died: its lease ends by itself.
        """
        noted = select(sparing_receipt.c.id).where(
            sparing_receipt.c.package == _p.id, sparing_receipt.c.attempt == _p.attempts
        )
        mine = (_p.point == point, _p.state == QUEUED, _p.next_attempt_at > now)
        statement = update(sparing_package).where(*mine, or_(_p.attempts == 0, noted.exists()))
        with self._db.writing() as connection:
            return connection.execute(statement.values(next_attempt_at=now)).rowcount

    def waiting(self, point: str) -> tuple[int, Millis | None]:
        """How many are queued, and the start of the oldest."""
        query = select(func.count(), func.min(_p.start)).where(_p.point == point, _p.state == QUEUED)
        with self._db.reading() as connection:
            count, oldest = connection.execute(query).one()
        return int(count), oldest

    def tested(self, point: str, uid: str) -> Millis | None:
        """When the connectivity test of this point with this uid first succeeded."""
        delivered = [verdict.value for verdict in Verdict if verdict.delivered]
        c = sparing_receipt.c
        query = select(func.min(c.at)).where(_TEST, c.point == point, c.uid == uid, c.verdict.in_(delivered))
        with self._db.reading() as connection:
            return connection.execute(query).scalar()

    def receipts(self, after: str | None, limit: int, point: str | None) -> Page[Receipt]:
        """Newest first."""
        c = sparing_receipt.c
        query = select(*_RECEIPT).order_by(c.id.desc()).limit(limited(limit))
        query = query if point is None else query.where(c.point == point)
        if after is not None:
            query = query.where(c.id < key_of(after, tuple[int])[0])
        with self._db.reading() as connection:
            found = [_struct(Receipt, row) for row in connection.execute(query)]
        return page_of(found, limit, lambda receipt: cursor_of(receipt.id))

    def _packages(self, query: Select[Any]) -> list[Package]:
        with self._db.reading() as connection:
            return [_struct(Package, row) for row in connection.execute(query)]


def _values(item: Package | Receipt | Outcome) -> dict[str, Any]:
    values = msgspec.structs.asdict(item)
    values.pop("id", None)
    for name in _LISTS:
        if name in values:
            values[name] = msgspec.json.encode(values[name]).decode()
    return {name: getattr(value, "value", value) for name, value in values.items()}


def _struct(kind: type[T], row: Sequence[Any]) -> T:
    names = kind.__struct_fields__
    values = dict(zip(names, row, strict=True))
    for name in _LISTS:
        if name in values:
            values[name] = msgspec.json.decode(values[name], type=tuple[int, ...])
    return msgspec.convert(values, kind)
