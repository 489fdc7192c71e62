"""Evaluators that share one book and one journal as processes do: each with its own connections and memory.

They can be killed between any two of their writes, and overtaken by another in the middle of a tick.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from alerts.causes import Causes
from alerts.engine import READER, AlertEngine
from domain.alert import Alert, AlertEvent, Target, Transition
from domain.counters import Tally
from domain.errors import Deposed
from domain.ports import TickChange
from domain.reading import Reading
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.journal import SqliteJournal
from storage.maintenance import SqlMaintenance
from storage.pauses import SqlPauses
from storage.registry import SqlRegistry
from support.alerts_stage import Probes

LEASE = "alerts"
TTL = 10_000
DECIDED = ("counter", "rule_state", "alert", "transition", "notification")
Rows = list[tuple[object, ...]]


class Killed(Exception):
    """kill -9."""


class Versions:
    """The versions of all alerts, by whom they were written notwithstanding: each grows by one."""

    def __init__(self) -> None:
        self._last: Counter[str] = Counter()

    def saw(self, alert: Alert) -> None:
        """An alert was written."""
        assert alert.version == self._last[alert.id] + 1
        self._last[alert.id] = alert.version


class WatchedBook(SqlAlertBook):
    """The real book. `before_commit` runs once, right before the next commit's transaction."""

    def __init__(self, db: Database, versions: Versions) -> None:
        super().__init__(db)
        self._versions = versions
        self.before_commit: Callable[[], None] | None = None
        self.commits = 0

    def commit(self, change: TickChange, now: int) -> None:
        """As the real one."""
        interrupt, self.before_commit = self.before_commit, None
        if interrupt is not None:
            interrupt()
        super().commit(change, now)
        self.commits += 1
        for alert in change.alerts:
            self._versions.saw(alert)

    def save(self, alert: Alert, transition: Transition, told: Sequence[Target], now: int) -> Transition:
        """As the real one."""
        done = super().save(alert, transition, told, now)
        self._versions.saw(alert)
        return done


class MortalJournal(SqliteJournal):
    """The real journal; with `killed`, the evaluator dies before it can say how far it came."""

    killed = False

    def advance(self, reader: str, seq: int) -> None:
        """As the real one."""
        if self.killed and reader == READER:
            self.killed = False
            raise Killed
        super().advance(reader, seq)


class Evaluator:
    """One process of the alerts: what it opened, what it remembers, and the term it believes in."""

    def __init__(self, name: str, folder: Path, versions: Versions, *, causes: bool = True) -> None:
        self._name, self._lives, self._causes = name, 0, causes
        self.journal = MortalJournal(folder / "journal.sqlite")
        self.db = Database(f"sqlite:///{folder}/pantau.sqlite")
        self.book = WatchedBook(self.db, versions)
        self.registry = SqlRegistry(self.db)
        self.start()

    def start(self) -> None:
        """As a process that remembers nothing and holds nothing."""
        self._lives += 1
        self.holder = f"{self._name}:{self._lives}"
        self.term: int | None = None
        self.book.before_commit, self.journal.killed = None, False
        found = Causes(self.book, self.journal, SqlPauses(self.db), None, None, self.registry)
        self.engine = AlertEngine(
            self.journal, self.book, self.registry, Probes(), causes=found if self._causes else None,
            maintenance=SqlMaintenance(self.db), slice_rows=5, budget=60.0,
        )  # fmt: skip

    def arrive(self, readings: Sequence[Reading]) -> None:
        """Into the journal."""
        self.journal.append(readings, Tally())

    def lead(self, now: int) -> bool:
        """Ask for the lease, as before every tick."""
        self.term = self.book.lead(LEASE, self.holder, now, TTL)
        return self.term is not None

    def turn(self, now: int) -> None:
        """What the service does every two seconds."""
        if self.lead(now):
            self.tick(now)

    def tick(self, now: int) -> None:
        """Tick in the belief to lead; whoever was deposed learns it, and whoever was killed is started again."""
        try:
            self.engine.tick(now, self.term)
        except Deposed:
            self.term = None
        except Killed:
            self.start()

    def close(self) -> None:
        """Close the files."""
        self.journal.close()
        self.db.close()


@cache
def migrated() -> Path:
    """An empty, migrated database, made once."""
    folder = Path(tempfile.mkdtemp(prefix="evaluators-"))
    db = Database(f"sqlite:///{folder}/pantau.sqlite")
    db.migrate()
    db.close()
    return folder / "pantau.sqlite"


def new_folder() -> Path:
    """A folder with an empty, migrated database."""
    folder = Path(tempfile.mkdtemp(prefix="evaluators-"))
    shutil.copy(migrated(), folder / "pantau.sqlite")
    return folder


def decided(folder: Path) -> dict[str, Rows]:
    """Everything that evaluators ever decided, row by row."""
    with sqlite3.connect(folder / "pantau.sqlite") as connection:
        found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in DECIDED}
    connection.close()
    return found


def term_of(folder: Path) -> int:
    """The lease's present term."""
    with sqlite3.connect(folder / "pantau.sqlite") as connection:
        found = connection.execute("SELECT term FROM lease WHERE name = ?", (LEASE,)).fetchone()
    connection.close()
    return 0 if found is None else int(found[0])


def rings(book: SqlAlertBook, rule: str) -> list[tuple[str, str, int]]:
    """Of a rule: every ring and every return, by the time it was certain, whatever alert it belongs to."""
    alerts = [alert for alert in all_alerts(book) if alert.rule == rule]
    lives = book.lives([alert.id for alert in alerts])
    ring = {AlertEvent.RAISED: "rings", AlertEvent.REOCCURRED: "rings", AlertEvent.RETURNED: "returns"}
    steps = [(a.device, ring[s.event], s.at) for a in alerts for s in lives[a.id] if s.event in ring]
    return sorted(steps, key=lambda step: (step[0], step[2]))


def all_alerts(book: SqlAlertBook) -> list[Alert]:
    """All there are, newest first."""
    found: list[Alert] = []
    after: str | None = None
    while True:
        page = book.page(after, 500, None, None, None, False)
        found += page.items
        after = page.next
        if after is None:
            return found
