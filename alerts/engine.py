"""The alerts tick: judge what the journal received since the last one, exactly once.

Every slice of work ends in one transaction of the book, which moves the rule states, the alerts, their
transitions, the notifications and the cursor together; only then is the journal told. Killed anywhere, the
next tick reads the same rows and decides the same. When a person changed an alert in between, the book
refuses the commit (Conflict), memory is dropped and the slice is judged again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog

from alerts.attention import Attention
from alerts.coverage import cover
from alerts.due import fall_due
from alerts.judge import SliceJudge
from alerts.lifecycle import expire_shelf
from alerts.memory import Memory
from alerts.rulebook import Compiled, CompiledRuleBook
from alerts.work import TickReport, Work
from domain.alert import Alert, AlertState
from domain.errors import Conflict
from domain.ports import AlertBook, Entry, Journal, ProfileBook, Registry, TickChange
from domain.reading import Millis

READER: Final = "alerts"
TRIES: Final = 5
PAGE: Final = 500

log = structlog.get_logger()


class AlertEngine:
    """One evaluator. Not for several threads; only one may run for a book (the service holds a lock)."""

    def __init__(
        self,
        journal: Journal,
        book: AlertBook,
        registry: Registry,
        catalogue: ProfileBook,
        *,
        slice_rows: int = 20_000,
        slices: int = 50,
        series_kept: int = 200_000,
        recall_rows: int = 200_000,
    ) -> None:
        """It needs journal and book only, so it goes on while the reading store is away."""
        self._journal = journal
        self._book = book
        self._rules = CompiledRuleBook(registry, catalogue)
        self._slice_rows = slice_rows
        self._slices = slices
        self._series_kept = series_kept
        self._recall_rows = recall_rows
        self._memory: Memory | None = None
        self._attention: Attention | None = None
        self._covered: Compiled | None = None
        self._bad: dict[str, str] = {}

    def tick(self, now: Millis) -> TickReport:
        """Judge all that arrived and all that fell due. Raises Unavailable when journal or book are away,
        Conflict when somebody else kept changing the same alerts; nothing is half done then.
        """
        report = TickReport()
        try:
            while not self._try(now, report):
                self._forget()
                report.conflicts += 1
                if report.conflicts == TRIES:
                    raise Conflict("alerts kept changing while they were judged", "moved")
        except BaseException:
            self._forget()
            raise
        self._tell_bad(report)
        return report

    def _try(self, now: Millis, report: TickReport) -> bool:
        try:
            self._run(now, report)
        except Conflict:
            return False
        return True

    def _run(self, now: Millis, report: TickReport) -> None:
        memory = self._remember(now)
        if self._attention is not None and self._attention.set_back(now):
            log.warning("clock_set_back")
            self._forget()  # with the times it remembers; deadlines are looked at again
            self._covered = None
            memory = self._remember(now)
        report.cursor = memory.cursor
        if self._covered is not memory.rules:
            self._cover(memory, now, report)
        last_receipt = self._read_on(memory, now, report)
        if report.caught_up:
            self._wait(memory, now, last_receipt, report)
        report.bad = dict(memory.bad)

    def _remember(self, now: Millis) -> Memory:
        """Memory as it is, or new where the rules or the cursor are not those it was made for."""
        rules, cursor = self._rules.current(now), self._cursor(now)
        if self._memory is None or self._memory.rules is not rules or self._memory.cursor != cursor:
            self._forget()
            self._memory = Memory(self._book, rules, cursor, self._series_kept)
            self._memory.recall(self._journal, self._recall_rows)
            self._attention = Attention(self._book)
            self._journal.advance(READER, cursor)  # a kill between commit and advance
        return self._memory

    def _cursor(self, now: Millis) -> int:
        """How far everything was judged. A journal that ends before is another one, or an older copy of it: it
        knows itself how far it was read.
        """
        cursor, head = self._book.cursor(), self._journal.head()
        if cursor <= head:
            return cursor
        log.error("journal_replaced", judged=cursor, head=head)
        cursor = min(self._journal.cursor(READER), head)
        self._book.commit(TickChange(cursor, [], [], [], {}), now)
        return cursor

    def _forget(self) -> None:
        self._memory = self._attention = None

    def _cover(self, memory: Memory, now: Millis, report: TickReport) -> None:
        work = Work(self._book, memory.rules, memory.cursor)
        cover(self._book, memory.rules, work, now)
        self._commit(work, now, report)
        self._covered = memory.rules

    def _read_on(self, memory: Memory, now: Millis, report: TickReport) -> Millis | None:
        """Judge slice after slice up to the journal's head; returns when the last row was received."""
        last: Millis | None = None
        for _ in range(self._slices):
            entries = self._journal.read(memory.cursor, self._slice_rows)
            if not entries:
                report.caught_up = True
                return last
            last = entries[-1].reading.received_at
            self._judge(memory, entries, now, report)
            report.caught_up = len(entries) < self._slice_rows
            if report.caught_up:
                return last
        return last

    def _judge(self, memory: Memory, entries: Sequence[Entry], now: Millis, report: TickReport) -> None:
        work = Work(self._book, memory.rules, entries[-1].seq)
        SliceJudge(memory, work, self._journal, self._book).judge(entries, now)
        work.commit(now, report)
        memory.cursor = work.cursor
        self._journal.advance(READER, work.cursor)
        report.judged += len(entries)

    def _wait(self, memory: Memory, now: Millis, last_receipt: Millis | None, report: TickReport) -> None:
        """What time alone changes: shelves that end, silence that lasted too long."""
        assert self._attention is not None
        work = Work(self._book, memory.rules, memory.cursor)
        mark = self._attention.notice(now, last_receipt)
        if mark is not None:
            work.write(mark)
        for alert in self._shelved():
            work.adopt([alert])
            done = expire_shelf(alert, now)
            if done is not None:
                work.change(*done)
        self._commit(work, now, report)
        while True:
            work = Work(self._book, memory.rules, memory.cursor)
            more = fall_due(memory, work, self._journal, self._book, self._attention.since, now)
            self._commit(work, now, report)
            if not more:
                return

    def _shelved(self) -> list[Alert]:
        """All shelved alerts (the book finds them by state; there are few)."""
        found: list[Alert] = []
        after: str | None = None
        while True:
            page = self._book.page(after, PAGE, AlertState.SHELVED, None, None, True)
            found += page.items
            after = page.next
            if after is None:
                return found

    def _commit(self, work: Work, now: Millis, report: TickReport) -> None:
        if not work.empty:
            work.commit(now, report)

    def _tell_bad(self, report: TickReport) -> None:
        """Say once when a rule turns bad."""
        for rule, error in report.bad.items():
            if self._bad.get(rule) != error:
                log.error("rule_bad", rule=rule, error=error)
        self._bad = report.bad
