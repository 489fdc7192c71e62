"""The alerts tick: judge what the journal received since the last one, exactly once.

Every slice of work ends in one transaction of the book, which moves the rule states, the alerts, their
transitions, the notifications and the cursor together; only then is the journal told. Killed anywhere, the
next tick reads the same rows and decides the same. When a person changed an alert in between, the book
refuses the commit (Conflict), memory is dropped and the slice is judged again.

In one tick: what the registry changed, a part at a time; slice after slice up to the journal's head; then causes,
what time does to alerts, and what fell due. A tick that takes longer than its budget leaves the rest to the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from alerts.attention import Attention
from alerts.causeless import NoCauses
from alerts.causes import Causes
from alerts.causes.waiting import alerts_due
from alerts.coverage import Coverage
from alerts.due import BATCH, DueJudge
from alerts.function_checks import FunctionChecks, Known
from alerts.hearing import hear
from alerts.judge import SliceJudge
from alerts.memory import MEMORY_READER, Memory
from alerts.rulebook import CompiledRuleBook
from alerts.work import TickReport, Work
from domain.alert import RuleStatus
from domain.errors import Conflict
from domain.ports import AlertBook, Entry, Journal, Maintenance, ProfileBook, Registry, TickChange
from domain.reading import Millis
from domain.rule import ANY_METRIC, NoDataRule

READER: Final = "alerts"
TRIES: Final = 5
SERVICES_EVERY: Final[Millis] = 30_000
HELD_BACK: Final = 10_000  # rows of the journal that need not be let go at once
BUDGET: Final = 1.5  # s of a tick

log = structlog.get_logger()


class AlertEngine:
    """One evaluator. Not for several threads; only one may run for a book (the service holds a lease)."""

    def __init__(
        self,
        journal: Journal,
        book: AlertBook,
        registry: Registry,
        catalogue: ProfileBook,
        *,
        causes: Causes | None = None,
        maintenance: Maintenance | None = None,
        checks: Known | None = None,
        slice_rows: int = 20_000,
        slices: int = 50,
        series_kept: int = 200_000,
        recall_rows: int = 200_000,
        budget: float = BUDGET,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        """It needs journal and book only, so it goes on while the reading store is away. `budget`: seconds after
        which a tick begins no further slice; `stopwatch` counts them. `checks`: see `alerts.function_checks`.
        """
        self._journal = journal
        self._book = book
        self._rules = CompiledRuleBook(registry, catalogue)
        self._causes: Causes | NoCauses = NoCauses() if causes is None else causes
        self._maintenance = maintenance
        self._checks = FunctionChecks(checks)
        self._slice_rows = slice_rows
        self._slices = slices
        self._series_kept = series_kept
        self._recall_rows = recall_rows
        self._budget = budget
        self._stopwatch = stopwatch
        self._began = 0.0
        self._term: int | None = None
        self._memory: Memory | None = None
        self._attention: Attention | None = None
        self._coverage: Coverage | None = None
        self._served: Millis | None = None
        self._freed: list[str] = []
        self._floor = -1
        self._bad: dict[str, str] = {}

    def tick(self, now: Millis, term: int | None = None) -> TickReport:
        """Judge all that arrived and all that fell due. `term` is that of the lease.

        Raises Unavailable when journal or book are away, Conflict when somebody else kept changing the same alerts,
        Deposed when another evaluator took over; nothing is half done then.
        """
        if term != self._term:  # another led meanwhile: what it decided without a reading is not in our memory
            self._forget()
        report, self._term, self._began = TickReport(), term, self._stopwatch()
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
            self._coverage = None
            memory = self._remember(now)
        report.cursor = memory.cursor
        self._cover(memory, now, report)
        last_receipt = self._read_on(memory, now, report)
        if report.caught_up:
            self._wait(memory, now, last_receipt, report)
        self._let_go(memory)
        report.bad = dict(memory.bad)

    @property
    def _late(self) -> bool:
        return self._stopwatch() - self._began > self._budget

    # ── memory ──────────────────────────────────────────────────────────────────────────────────

    def _remember(self, now: Millis) -> Memory:
        """Memory as it is, or new where the rules or the cursor are not those it was made for."""
        if self._attention is None:
            self._attention = Attention(self._book, self._journal.identity)
        rules, cursor = self._rules.current(now), self._cursor(now)
        if self._memory is None or self._memory.rules is not rules or self._memory.cursor != cursor:
            self._forget()
            self._attention = Attention(self._book, self._journal.identity)
            memory = Memory(self._book, rules, cursor, self._series_kept, self._checks)
            if self._maintenance is not None:
                memory.services = self._maintenance.last()
            memory.recall(self._journal, self._recall_rows, now)
            self._memory = memory
            self._journal.advance(READER, cursor)  # a kill between commit and advance
        return self._memory

    def _cursor(self, now: Millis) -> int:
        """How far everything was judged. Another journal than it was counted in, or an older copy of it, knows
        itself how far it was read.
        """
        assert self._attention is not None
        cursor, head = self._book.cursor(), self._journal.head()
        if cursor <= head and not self._attention.replaced:
            return cursor
        log.error("journal_replaced", judged=cursor, head=head)
        cursor = min(self._journal.cursor(READER), head)
        self._book.commit(TickChange(cursor, [self._attention.mark], [], [], {}, self._term), now)
        self._attention.replaced = False
        return cursor

    def _forget(self) -> None:
        self._memory = self._attention = self._served = None
        self._causes.forget()

    def _let_go(self, memory: Memory) -> None:
        """Tell the journal which rows nobody would have to read again."""
        floor = memory.floor()
        if self._floor < 0 or floor >= self._floor + HELD_BACK or floor == memory.cursor > self._floor:
            self._journal.advance(MEMORY_READER, floor)
            self._floor = floor

    # ── what the registry changed ───────────────────────────────────────────────────────────────

    def _cover(self, memory: Memory, now: Millis, report: TickReport) -> None:
        if self._coverage is None or self._coverage.rules is not memory.rules:
            self._coverage = Coverage(self._book, memory.rules)
        while not self._coverage.done:
            work = self._work(memory, now)
            try:
                self._coverage.part(work, now)
                self._commit(memory, work, report)
            except BaseException:
                self._coverage = None  # what was looked at is not done
                raise
            if self._late:
                return

    # ── what arrived ────────────────────────────────────────────────────────────────────────────

    def _read_on(self, memory: Memory, now: Millis, report: TickReport) -> Millis | None:
        """Judge slice after slice up to the journal's head; returns when the last row was received."""
        last: Millis | None = None
        report.caught_up = False
        for _ in range(self._slices):
            entries = self._checks.entries(self._journal.read(memory.cursor, self._slice_rows))
            if entries:
                last = entries[-1].reading.received_at
                self._judge(memory, entries, now, report)
            report.caught_up = len(entries) < self._slice_rows
            if report.caught_up or self._late:
                return last
        return last

    def _judge(self, memory: Memory, entries: Sequence[Entry], now: Millis, report: TickReport) -> None:
        work = self._work(memory, now, entries[-1].seq)
        SliceJudge(memory, work, self._journal, self._book).judge(entries, now)
        memory.checkpoint(work, now)
        hear(self._causes, memory, entries)
        memory.composites.judge(work, now)
        work.commit(now, report)
        memory.cursor = work.cursor
        self._journal.advance(READER, work.cursor)
        report.judged += len(entries)

    # ── what time alone changes ─────────────────────────────────────────────────────────────────

    def _wait(self, memory: Memory, now: Millis, last_receipt: Millis | None, report: TickReport) -> None:
        assert self._attention is not None
        work = self._work(memory, now)
        mark = self._attention.notice(now, last_receipt)
        if mark is not None:
            work.write(mark)
        self._serve(memory, work, now)
        self._causes.judge(
            work, memory.rules, memory.heard, now, listening=self._attention.since, bad=dict(memory.bad)
        )
        self._commit(memory, work, report)
        self._freed += sorted(self._causes.freed)
        self._people(memory, now, report)
        self._fall_due(memory, now, report)

    def _serve(self, memory: Memory, work: Work, now: Millis) -> None:
        """Look now and then whether machines were serviced."""
        if self._maintenance is None or (self._served is not None and 0 <= now - self._served < SERVICES_EVERY):
            return
        memory.serve(self._maintenance.last(), work)
        self._served = now

    def _people(self, memory: Memory, now: Millis, report: TickReport) -> None:
        """Shelves that end, acknowledged alerts that ring again, chattering that calms."""
        more = True
        while more and not self._late:
            work = self._work(memory, now)
            known = self._causes if isinstance(self._causes, Causes) else None
            more = alerts_due(self._book, work, memory.rules, now, known)
            self._commit(memory, work, report)

    def _fall_due(self, memory: Memory, now: Millis, report: TickReport) -> None:
        assert self._attention is not None
        judge = DueJudge(memory, self._journal, self._book, self._causes, self._attention.since)
        while self._freed:
            freed, self._freed = self._freed[:BATCH], self._freed[BATCH:]
            work = self._work(memory, now)
            self._free(memory, judge, freed, work, now)
            self._commit(memory, work, report)
            if self._late:
                return
        more = True
        while more:
            work = self._work(memory, now)
            more = judge.batch(work, now) and not work.empty
            self._commit(memory, work, report)
            if self._late:
                return

    def _free(self, memory: Memory, judge: DueJudge, devices: list[str], work: Work, now: Millis) -> None:
        """Their cause is over: they are waited for anew."""
        known = [memory.rules.devices[name] for name in devices if name in memory.rules.devices]
        rules = ((device, rule) for device in known for rule in memory.rules.of_device(device))
        series = {(device.id, rule.scope.metric) for device, rule in rules if isinstance(rule, NoDataRule)}
        states = self._book.states(sorted(series | {(name, ANY_METRIC) for name in devices}))
        judge.judge([state for state in states if state.status is RuleStatus.NOT_JUDGED], work, now)

    def _work(self, memory: Memory, now: Millis, cursor: int | None = None) -> Work:
        at = memory.cursor if cursor is None else cursor
        return Work(self._book, memory.rules, at, now, causes=self._causes, term=self._term)

    def _commit(self, memory: Memory, work: Work, report: TickReport) -> None:
        memory.composites.judge(work, work.now)
        if not work.empty:
            work.commit(work.now, report)

    def _tell_bad(self, report: TickReport) -> None:
        """Say once when a rule turns bad."""
        for rule, error in report.bad.items():
            if self._bad.get(rule) != error:
                log.error("rule_bad", rule=rule, error=error)
        self._bad = report.bad
