"""Who may act: a lease for each name, held until a time, with a term that grows with every change of holder.

A contender takes over when the lease has run out, or when it has itself watched it stand still for as long as a lease
lasts: so a lease made before the clock was set back, or by a host whose clock is ahead, does not outlive its holder.

A process that is stopped inside its transaction goes on holding the row. Nobody waits for it longer than `LOCK_WAIT`,
and PostgreSQL ends its session after `STOPPED_AFTER`: what it had not committed is not, and another takes over.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, select, text, update

from domain.errors import Deposed
from domain.reading import Millis
from storage.database import Database
from storage.models import lease as table
from storage.upserts import insert_new

EVALUATOR: Final = "alerts"  # the lease that commits of ticks are fenced by
NOBODY: Final = ""
LOCK_WAIT: Final[Millis] = 3_000  # less than a lease lasts
STOPPED_AFTER: Final[Millis] = 10_000  # between two statements: our transactions do not pause
_BOUNDS: Final = text(
    "SELECT set_config('lock_timeout', :lock, true), set_config('idle_in_transaction_session_timeout', :idle, true)"
)  # SET LOCAL: until the transaction ends


class _Held(Struct, frozen=True):
    """A lease as it stands."""

    holder: str
    until: Millis
    term: int


class Leases:
    """The leases of one database, as one process sees them. May be shared by threads."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._watched: dict[tuple[str, str], tuple[_Held, Millis]] = {}

    def lead(self, name: str, holder: str, now: Millis, ttl: Millis) -> int | None:
        """Take or keep it until `now + ttl`; its term, None while another holds it."""
        with self._db.writing() as connection:
            held = _locked(connection, name)
            if held.holder != holder and not self._is_free(name, holder, held, now, ttl):
                return None
            term = held.term + (held.holder != holder)
            _write(connection, name, _Held(holder, now + ttl, term))
        self._watched.pop((name, holder), None)
        return term

    def resign(self, name: str, holder: str) -> None:
        """Let it go; nothing when it is not held. Its term stays, so that what was decided under it still fits."""
        with self._db.writing() as connection:
            held = _locked(connection, name)
            if held.holder == holder:
                _write(connection, name, _Held(NOBODY, 0, held.term))

    def _is_free(self, name: str, holder: str, held: _Held, now: Millis, ttl: Millis) -> bool:
        if held.holder == NOBODY or held.until <= now:
            return True
        seen, since = self._watched.get((name, holder), (None, now))
        if seen != held or since > now:  # it was renewed meanwhile, or our own clock was set back
            self._watched[name, holder] = (held, now)
            return False
        return now - since >= ttl


def fence(connection: Connection, term: int | None) -> None:
    """Raise Deposed unless the evaluator of this term is still the last there was, until the transaction ends."""
    if term is None:
        return
    _bound(connection)
    query = select(table.c.term).where(table.c.name == EVALUATOR).with_for_update(read=True)
    present = connection.execute(query).scalar_one_or_none()
    if present != term:
        raise Deposed(f"the lease is at term {present}, not {term}: another evaluator has taken over")


def _locked(connection: Connection, name: str) -> _Held:
    """Nobody else changes it until the transaction ends."""
    _bound(connection)
    nobody = {"name": name, "holder": NOBODY, "until": 0, "term": 0}
    connection.execute(insert_new(connection, table), nobody)
    query = select(table.c.holder, table.c.until, table.c.term).where(table.c.name == name)
    return _Held(*connection.execute(query.with_for_update()).one())


def _bound(connection: Connection) -> None:
    """Whoever holds the row holds it for a while only. SQLite has one writer, whose waits `Database` bounds."""
    if connection.dialect.name == "postgresql":
        connection.execute(_BOUNDS, {"lock": str(LOCK_WAIT), "idle": str(STOPPED_AFTER)})  # ms


def _write(connection: Connection, name: str, held: _Held) -> None:
    statement = update(table).where(table.c.name == name)
    connection.execute(statement.values(holder=held.holder, until=held.until, term=held.term))
