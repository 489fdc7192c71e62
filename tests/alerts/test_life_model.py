"""The life of alerts against a model: whatever people, conditions, causes and clocks do, in whatever order.

A real book on SQLite; everything else is the same pure code that the evaluator runs. Nothing is kept in memory
between two steps but what the model itself remembers, so every step is also a restart.
"""

from __future__ import annotations

import shutil
from collections import Counter
from itertools import pairwise
from typing import cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from alerts.causeless import NoCauses
from alerts.causes import Causes
from alerts.causes.waiting import alerts_due
from alerts.desk import Desk
from alerts.lifecycle import Step, suppress
from alerts.raising import Cause, raise_alert, ready, return_alert
from alerts.rulebook import Compiled, CompiledRuleBook
from alerts.state_diagram import PUT_ASIDE, over
from alerts.work import TickReport, Work
from domain.alert import Alert, AlertEvent, AlertState, RuleState, RuleStatus, Target, Transition
from domain.errors import Conflict
from domain.ports import TickChange
from storage.alert_book import SqlAlertBook
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.registry import SqlRegistry
from support.alerts_stage import T0, Probes, installation, limit_rule
from support.folders import new_folder, with_database
from support.plant_stage import ROUTE

SERIES = ("outlet", "ph")
WAIT = 60_000


class Counting(SqlAlertBook):
    """The real book; checks that an alert's version grows by one with every change."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.versions: Counter[str] = Counter()

    def commit(self, change: TickChange, now: int) -> None:
        """As the real one."""
        super().commit(change, now)
        for alert in change.alerts:
            self._count(alert)

    def save(self, alert: Alert, transition: Transition, told: object, now: int) -> Transition:
        """As the real one."""
        done = super().save(alert, transition, cast(list[Target], told), now)
        self._count(alert)
        return done

    def _count(self, alert: Alert) -> None:
        assert alert.version == self.versions[alert.id] + 1
        self.versions[alert.id] = alert.version


class Away(NoCauses):
    """A cause that is there or not; children wait a minute for a word after it."""

    def __init__(self) -> None:
        self.away = False
        self.ended = 0

    def parent_of(self, device: str) -> str | None:
        """The parent, while it is away."""
        return "parent" if self.away else None

    def quieted(self, alert: Alert, transition: Transition, now: int) -> tuple[Alert, Transition] | None:
        """Suppressed in the same breath."""
        rings = transition.to_state in (AlertState.UNACKNOWLEDGED, AlertState.ACKNOWLEDGED)
        return suppress(alert, "parent", None, now) if self.away and rings else None

    def release_at(self, alert: Alert, now: int) -> int | None:
        """A minute after it came back."""
        return None if self.away else min(self.ended + WAIT, now + WAIT)


class Life(RuleBasedStateMachine):
    """One rule on one series, its people, its cause and its clock."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = new_folder("life")
        self.db = Database(f"sqlite:///{with_database(self.folder)}")
        self.book = Counting(self.db)
        self.registry = SqlRegistry(self.db)
        self.desk = Desk(self.book, self.registry, SqlAuditLog(self.db))
        self.causes = Away()
        self.now = T0
        self.holds = False
        self.ended: dict[str, tuple[int | None, int]] = {}
        self.comments: Counter[str] = Counter()

    def teardown(self) -> None:
        """Close and remove the files."""
        self.db.close()
        shutil.rmtree(self.folder)

    @initialize(latching=st.booleans(), realarm=st.sampled_from([None, 90.0, 5000.0]))
    def begin(self, latching: bool, realarm: float | None) -> None:
        """A rule with or without latching and re-alarm."""
        given = installation(limit_rule(latching=latching, realarm=realarm), routes=[ROUTE])
        self.registry.apply(given, "test", T0)
        self.compiled: Compiled = CompiledRuleBook(self.registry, Probes()).current(T0)

    # ── what happens ────────────────────────────────────────────────────────────────────────────

    @rule(holds=st.booleans())
    def judge(self, holds: bool) -> None:
        """A reading arrives and is judged; when nothing is new it changes nothing."""
        self.holds = holds
        self.now += 1  # no two readings of a series have one time
        work = self._work()
        state = next(iter(self._states()), RuleState("ph-outlet", *SERIES))
        work.take(state, self._step(state, work.alert(state.alert)))
        self._commit(work)
        before = self._lives()
        work = self._work()
        state = next(iter(self._states()), RuleState("ph-outlet", *SERIES))
        work.take(state, self._step(state, work.alert(state.alert)))
        self._commit(work)
        assert self._lives() == before

    def _step(self, state: RuleState, alert: Alert | None) -> Step:
        fresh = ready(state, alert)
        if fresh is None:
            return Step(state, alert)
        alert = alert if fresh.alert is not None else None
        given = self.compiled.all["ph-outlet"]
        if self.holds and fresh.status is RuleStatus.NORMAL:
            cause = Cause("batik", *SERIES, "pH", self.now, self.now, 9.5, 9.0)
            raised, transition = raise_alert(alert, given, cause, self.now)
            return Step(replace(fresh, status=RuleStatus.ACTIVE, alert=raised.id), raised, transition)
        if not self.holds and fresh.status is RuleStatus.ACTIVE:
            calm = replace(fresh, status=RuleStatus.NORMAL)
            done = None if alert is None else return_alert(alert, self.now, self.now, 7.0)
            return Step(calm, alert) if done is None else Step(calm, *done)
        return Step(fresh, alert)

    @rule(seconds=st.sampled_from([1, 15, 61, 400, 700, 100_000]))
    def wait(self, seconds: int) -> None:
        """Time passes, and what time alone does is done."""
        self.now += seconds * 1000
        self._look()

    @rule(seconds=st.sampled_from([1, 90, 3600]))
    def set_back(self, seconds: int) -> None:
        """Somebody sets the clock back."""
        self.now -= seconds * 1000
        self._look()

    def _look(self) -> None:
        more = True
        while more:
            work = self._work()
            more = alerts_due(self.book, work, self.compiled, self.now, cast(Causes, self.causes))
            self._commit(work)
        before = self._lives()
        work = self._work()
        alerts_due(self.book, work, self.compiled, self.now, cast(Causes, self.causes))
        self._commit(work)
        assert self._lives() == before

    @precondition(lambda self: not self.causes.away)
    @rule()
    def cause_begins(self) -> None:
        """The device goes silent with its gateway."""
        self.causes.away = True
        work = self._work()
        for alert in self.book.open_alerts(["outlet"]):
            work.adopt([alert])
            done = suppress(alert, "parent", None, self.now)
            if done is not None:
                work.change(*done)
        self._commit(work)

    @precondition(lambda self: self.causes.away)
    @rule()
    def cause_ends(self) -> None:
        """And comes back."""
        self.causes.away, self.causes.ended = False, self.now
        work = self._work()
        for alert in self.book.open_alerts(["outlet"]):
            work.adopt([alert])
            if alert.state is AlertState.SUPPRESSED:
                work.change(replace(alert, due=self.now + WAIT), None)
        self._commit(work)

    @rule(deed=st.sampled_from(["acknowledge", "comment", "shelve", "unshelve", "take_out", "put_back"]))
    def somebody(self, deed: str) -> None:
        """A person does something, or is refused with the present state."""
        newest = self._newest()
        if newest is None:
            return
        given: tuple[object, ...] = ("note",)
        if deed == "shelve":
            given = (self.now + 300_000, "kalibrasi")
        try:
            after = getattr(self.desk, deed)(newest.id, "sari", *given, self.now)
        except Conflict as error:
            present, refused = error.present, True
            after = newest
        else:
            present, refused = newest.state, False
        assert present == newest.state
        assert after == self.book.alert(newest.id)
        assert refused == (after == newest)
        self.comments[newest.id] += deed == "comment"

    # ── what must hold ──────────────────────────────────────────────────────────────────────────

    @invariant()
    def transitions_chain(self) -> None:
        """Each step begins where the one before ended, and the last leads to where the alert is."""
        for alert, life in self._lives():
            assert life[0].from_state is AlertState.NORMAL
            for before, after in pairwise(life):
                assert before.to_state is after.from_state
            assert life[-1].to_state is alert.state

    @invariant()
    def nothing_is_doubled(self) -> None:
        """One beginning, and as many occurrences as it rang."""
        for alert, life in self._lives():
            events = Counter(step.event for step in life)
            assert events[AlertEvent.RAISED] == 1
            assert events[AlertEvent.REOCCURRED] + 1 == alert.occurrences
            assert 0 <= 1 + events[AlertEvent.REOCCURRED] - events[AlertEvent.RETURNED] <= 1

    @invariant()
    def active_says_whether_the_condition_holds(self) -> None:
        """Whatever people did; what is out of service is not judged, what ended does not claim anything."""
        states = self._states()
        for alert in self.book.open_alerts(["outlet"]):
            if alert.state is AlertState.OUT_OF_SERVICE:
                assert not alert.active
            else:
                assert alert.active == self.holds
                assert [state.alert for state in states] == [alert.id]

    @invariant()
    def at_most_one_is_open(self) -> None:
        """Of one rule on one series."""
        assert len(self.book.open_alerts(["outlet"])) <= 1

    @invariant()
    def the_dead_stay_dead(self) -> None:
        """An ended alert never moves; only notes are added."""
        for alert, _ in self._lives():
            if over(alert):
                known = self.ended.setdefault(alert.id, (alert.closed_at, alert.version - self.comments[alert.id]))
                assert known == (alert.closed_at, alert.version - self.comments[alert.id])
                assert alert.due is None
            else:
                assert alert.id not in self.ended

    @invariant()
    def nobody_is_told_of_what_is_put_aside(self) -> None:
        """Shelved, suppressed, out of service: recorded, not told."""
        for alert, life in self._lives():
            steps = {step.id: step for step in life}
            for note in self.book.notifications(alert.id):
                assert steps[note.transition].to_state not in PUT_ASIDE

    @invariant()
    def what_time_alone_moves_has_its_time(self) -> None:
        """A shelf always ends, chattering always calms, what is acknowledged rings again where that is asked for."""
        for alert in self.book.open_alerts(["outlet"]):
            if alert.state is AlertState.SHELVED or alert.chattering:
                assert alert.due is not None

    # ── the book ────────────────────────────────────────────────────────────────────────────────

    def _work(self) -> Work:
        return Work(self.book, self.compiled, self.book.cursor(), self.now, causes=self.causes)

    def _commit(self, work: Work) -> None:
        if not work.empty:
            work.commit(self.now, TickReport())

    def _states(self) -> list[RuleState]:
        return [state for state in self.book.states([SERIES]) if state.rule == "ph-outlet"]

    def _lives(self) -> list[tuple[Alert, list[Transition]]]:
        alerts = self.book.page(None, 100, None, None, None, False).items
        lives = self.book.lives([alert.id for alert in alerts])
        return [(alert, lives[alert.id]) for alert in alerts]

    def _newest(self) -> Alert | None:
        page = self.book.page(None, 100, None, None, None, False).items
        live = [alert for alert in page if not over(alert)]
        return next(iter([*live, *page]), None)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
