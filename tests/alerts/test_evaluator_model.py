"""Two evaluators, their people, their devices and their clock, in whatever order things happen.

The real engine, causes, desk, book and journal on SQLite files. Two evaluators fight for the lease; each may be
killed, started anew, stand still and go on in the belief that it still leads. Whatever happens, the lives of alerts
hang together, and what limits found is what a single evaluator finds who reads the whole journal at once.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from contextlib import suppress
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.desk import Desk
from alerts.state_diagram import PUT_ASIDE, over
from domain.alert import Alert, AlertEvent, AlertState, RuleStatus, Transition
from domain.counters import Tally
from domain.errors import Conflict
from domain.pause import Pause
from domain.reading import Millis, Reading, Series
from domain.registry import Hours, Installation, Schedule
from domain.text import Text
from storage.audit import SqlAuditLog
from storage.journal import SqliteJournal
from storage.pauses import SqlPauses
from support.alerts_stage import T0, UNITS, any_rule, installation, limit_rule, no_data_rule
from support.evaluators import TTL, Evaluator, Versions, all_alerts, decided, new_folder, rings, term_of
from support.plant_stage import ROUTE

DEVICES = ("outlet", "inlet")
WORK = Schedule(id="kerja", name=Text(id="Jam kerja", en="Working hours"), hours=(Hours(start="08:00", end="16:00"),))
SPOKEN = ("ph", "cod", "flow")
UNTOUCHED = ("cod-now", "cod-lasting", "flow-any-order")  # no person touches their alerts
DEEDS = ("acknowledge", "comment", "shelve", "unshelve", "take_out", "put_back")
HOLDING = (RuleStatus.ACTIVE, RuleStatus.RETURNING)


def plant(latching: bool, realarm: float | None) -> Installation:
    """Two devices, and rules of every nature: at once, with delays, silent, stuck, within hours, of others."""

    def of(metric: str) -> dict[str, str]:
        return {"metric": metric}

    given = installation(
        limit_rule(scope=of("ph"), deadband=0.5, latching=latching, realarm=realarm),
        limit_rule(id="ph-lasting", scope=of("ph"), on_delay=10, off_delay=10),
        limit_rule(id="cod-now", scope=of("cod"), deadband=0.5),
        limit_rule(id="cod-lasting", scope=of("cod"), on_delay=10, off_delay=5),
        limit_rule(id="flow-any-order", scope=of("flow")),
        no_data_rule(scope=of("*"), realarm=realarm),
        any_rule(kind="stuck", after=30, scope=of("ph")),
        any_rule(kind="state", equals=[0], on_delay=5, schedule="kerja", scope=of("run")),
        any_rule(id="stopped", kind="state", equals=[0], on_delay=15, off_delay=15, scope=of("run")),
        any_rule(kind="composite", of=["ph-outlet", "cod-now"], scope=of("*"), place="device"),
        devices=DEVICES,
        routes=[ROUTE],
    )
    return given.model_copy(update={"schedules": (WORK,)})


class TwoEvaluators(RuleBasedStateMachine):
    """`now` is everybody's clock; `written` the whole journal, as nothing was ever purged from it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder, self.reference = new_folder(), new_folder()
        versions = Versions()
        self.pair = [Evaluator(name, self.folder, versions) for name in ("satu", "dua")]
        first = self.pair[0]
        self.book, self.desk = first.book, Desk(first.book, first.registry, SqlAuditLog(first.db))
        self.pauses = SqlPauses(first.db)
        self.written = SqliteJournal(self.reference / "journal.sqlite")
        self.now: Millis = T0
        self.clock_was_set_back = False
        self.term = self.cursor = 0

    @initialize(latching=st.booleans(), realarm=st.sampled_from([None, 90.0]))
    def begin(self, latching: bool, realarm: float | None) -> None:
        """The plant is known; nobody has ticked yet."""
        self.given = plant(latching, realarm)
        self.pair[0].registry.apply(self.given, "test", T0)

    # ── devices ─────────────────────────────────────────────────────────────────────────────────

    @rule(
        device=st.sampled_from(DEVICES),
        metric=st.sampled_from(["ph", "cod"]),
        values=st.lists(st.sampled_from([7.0, 8.7, 9.5]), min_size=1, max_size=12),
        every=st.sampled_from([1, 4, 15]),
    )
    def speaks(self, device: str, metric: str, values: list[float], every: int) -> None:
        """Values one after the other, in time."""
        readings = []
        for value in values:
            self.now += every * 1000
            readings.append(self._reading(device, metric, value))
        self._arrive(readings)

    @rule(device=st.sampled_from(DEVICES), running=st.sampled_from([0.0, 1.0]))
    def turns(self, device: str, running: float) -> None:
        """The machine starts or stands still."""
        self.now += 1000
        self._arrive([self._reading(device, "run", running)])

    @rule(
        device=st.sampled_from(DEVICES),
        metric=st.sampled_from(["ph", "flow"]),
        ago=st.lists(st.integers(-5, 900), min_size=1, max_size=8, unique=True),
        value=st.sampled_from([7.0, 9.5]),
    )
    def speaks_late(self, device: str, metric: str, ago: list[int], value: float) -> None:
        """A buffer is emptied, in no order at all; a clock may be ahead by seconds."""
        self.now += 1000
        self._arrive([self._reading(device, metric, value, seconds) for seconds in ago])

    @rule(device=st.sampled_from(DEVICES))
    def speaks_nonsense(self, device: str) -> None:
        """A value nobody may trust."""
        self.now += 1000
        self._arrive([self._reading(device, "cod", 99.0, quality=4)])

    # ── evaluators ──────────────────────────────────────────────────────────────────────────────

    @rule(which=st.sampled_from([0, 1]))
    def takes_its_turn(self, which: int) -> None:
        """It leads, or follows."""
        self.pair[which].turn(self.now)

    @rule()
    def both_go_on(self) -> None:
        """A while in which all is well."""
        for _ in range(3):
            self.now += 2000
            for evaluator in self.pair:
                evaluator.turn(self.now)

    @rule(
        first=st.sampled_from([0, 1]), seconds=st.sampled_from([11, 20, 70]), device=st.sampled_from([None, *DEVICES])
    )
    def one_relieves_the_other(self, first: int, seconds: int, device: str | None) -> None:
        """And is relieved in turn, while nothing arrives; meanwhile a machine may stand still."""
        if device is not None:
            self.turns(device, 0.0)
        for which in (first, 1 - first, first):
            self.pair[which].turn(self.now)
            self.now += seconds * 1000
        if device is not None:
            self.turns(device, 1.0)
            self.pair[first].turn(self.now)

    @rule(which=st.sampled_from([0, 1]))
    def goes_on_after_a_standstill(self, which: int) -> None:
        """It ticks without asking; when another has taken over meanwhile, it changes nothing."""
        evaluator = self.pair[which]
        if evaluator.term is None:
            return
        before = decided(self.folder) if evaluator.term != self._term() else None
        evaluator.tick(self.now)
        assert before is None or decided(self.folder) == before

    @rule(which=st.sampled_from([0, 1]))
    def is_overtaken_in_the_middle(self, which: int) -> None:
        """Right before it commits it stands still for so long that the other takes over."""
        evaluator, other = self.pair[which], self.pair[1 - which]
        if not evaluator.lead(self.now):
            return

        def overtake() -> None:
            self.now += TTL + 1000
            other.turn(self.now)

        commits, evaluator.book.before_commit = evaluator.book.commits, overtake
        evaluator.tick(self.now)
        unused, evaluator.book.before_commit = evaluator.book.before_commit, None
        assert unused is not None or evaluator.book.commits == commits

    @rule(which=st.sampled_from([0, 1]))
    def is_killed_after_its_commit(self, which: int) -> None:
        """Before the journal hears of it."""
        self.pair[which].journal.killed = True
        self.pair[which].turn(self.now)
        self.pair[which].journal.killed = False

    @rule(which=st.sampled_from([0, 1]))
    def is_started_again(self, which: int) -> None:
        """With nothing in memory, and no lease."""
        self.pair[which].start()

    @rule(which=st.sampled_from([0, 1]))
    def resigns(self, which: int) -> None:
        """It is stopped in an orderly way."""
        self.book.resign("alerts", self.pair[which].holder)
        self.pair[which].start()

    @rule()
    def the_journal_is_tidied(self) -> None:
        """What everybody has read and is old goes."""
        self.pair[0].journal.purge(self.now)

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    @rule(deed=st.sampled_from(DEEDS), number=st.integers(0, 3))
    def somebody(self, deed: str, number: int) -> None:
        """Does something to an open alert."""
        self._deed(deed, number)

    @rule(which=st.sampled_from([0, 1]), deed=st.sampled_from(DEEDS), number=st.integers(0, 3))
    def somebody_in_the_middle_of_a_tick(self, which: int, deed: str, number: int) -> None:
        """What was decided is decided again, from what the person made of it."""
        evaluator = self.pair[which]
        evaluator.book.before_commit = lambda: self._deed(deed, number)
        evaluator.turn(self.now)
        evaluator.book.before_commit = None

    def _deed(self, deed: str, number: int) -> None:
        found = [alert for alert in all_alerts(self.book) if not over(alert) and alert.rule not in UNTOUCHED]
        if not found:
            return
        given: tuple[object, ...] = (self.now + 120_000, "kalibrasi") if deed == "shelve" else ("catatan",)
        alert = found[number % len(found)]
        with suppress(Conflict):
            getattr(self.desk, deed)(alert.id, "sari", *given, self.now)

    @rule(device=st.sampled_from([None, *DEVICES]), seconds=st.sampled_from([None, 60]))
    def a_place_is_paused(self, device: str | None, seconds: int | None) -> None:
        """For a minute, or until somebody ends it."""
        stop = None if seconds is None else self.now + seconds * 1000
        self.pauses.pause(Pause("batik", self.now, "kuras bak", "sari", device=device, stop=stop))

    @precondition(lambda self: self.pauses.now(self.now))
    @rule()
    def a_pause_ends(self) -> None:
        """The place is in operation again."""
        self._end(self.pauses.now(self.now)[0])

    def _end(self, pause: Pause) -> None:
        with suppress(Conflict):  # one that was ended holds once more where the clock was set back since
            self.pauses.end(pause.id, "sari", self.now)

    # ── the clock ───────────────────────────────────────────────────────────────────────────────

    @rule(seconds=st.sampled_from([3, 31, 70, 700, 9_000, 30_000]))
    def time_passes(self, seconds: int) -> None:
        """Seconds or hours, in which nobody ticks."""
        self.now += seconds * 1000

    @rule(seconds=st.sampled_from([20, 400, 7_200]))
    def the_clock_is_set_back(self, seconds: int) -> None:
        """By somebody, or by the network."""
        self.now -= seconds * 1000
        self.clock_was_set_back = True

    # ── what must hold after every step ─────────────────────────────────────────────────────────

    @invariant()
    def lives_hang_together(self) -> None:
        """Each step begins where the one before ended; one beginning; as many returns as rings, or one fewer."""
        for alert, life in self._lives():
            assert life[0].from_state is AlertState.NORMAL
            assert all(before.to_state is after.from_state for before, after in pairwise(life)), life
            assert life[-1].to_state is alert.state
            events = Counter(step.event for step in life)
            assert events[AlertEvent.RAISED] + events[AlertEvent.FOUND_LATE] == 1, life
            assert events[AlertEvent.REOCCURRED] + 1 == alert.occurrences, life
            rang = events[AlertEvent.RAISED] + events[AlertEvent.REOCCURRED]
            assert 0 <= rang - events[AlertEvent.RETURNED] <= 1, life

    @invariant()
    def at_most_one_is_open(self) -> None:
        """Of one rule about one thing."""
        found = Counter((a.rule, a.device, a.metric, a.site) for a in all_alerts(self.book) if not over(a))
        assert not [key for key, count in found.items() if count > 1]

    @invariant()
    def an_alert_is_active_as_long_as_its_rule_says_so(self) -> None:
        """Whoever decided it, nobody forgot it."""
        alerts = {alert.id: alert for alert in all_alerts(self.book)}
        series = sorted({(alert.device, alert.metric) for alert in alerts.values()})
        holding = {state.alert for state in self.book.states(series) if state.status in HOLDING}
        for alert in alerts.values():
            assert not (alert.active and not over(alert)) or alert.id in holding or _about_pantau(alert), alert

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """Of one step; and not at all of what is put aside."""
        told = Counter[tuple[object, ...]]()
        for alert, life in self._lives():
            steps = {step.id: step for step in life}
            for note in self.book.notifications(alert.id):
                told[note.transition, note.route, note.contact, note.purpose, note.round] += 1
                assert steps[note.transition].to_state not in PUT_ASIDE
        assert not [note for note, times in told.items() if times > 1]

    @invariant()
    def nothing_goes_back(self) -> None:
        """Neither the term of the lease nor how far the journal was judged."""
        term, cursor = self._term(), self.book.cursor()
        assert term >= self.term
        assert cursor >= self.cursor
        self.term, self.cursor = term, cursor

    # ── what must hold at the end ───────────────────────────────────────────────────────────────

    def teardown(self) -> None:
        """Everybody speaks once more; then nobody is silent, and the limits found what there was to find."""
        try:
            if hasattr(self, "given"):
                self._all_speak()
                self._compare()
        finally:
            self._close()

    def _all_speak(self) -> None:
        for pause in self.pauses.now(self.now):
            self._end(pause)
        for _ in range(6):
            self.now += TTL + 1000
            self._arrive([self._reading(device, metric, 7.0) for device in DEVICES for metric in SPOKEN])
            for evaluator in self.pair:
                evaluator.turn(self.now)
        for alert in all_alerts(self.book):
            out = alert.state is AlertState.OUT_OF_SERVICE
            assert out or over(alert) or not (alert.active and alert.kind in ("no_data", "limit")), alert

    def _compare(self) -> None:
        """A single evaluator reads it all at once, without causes and people."""
        alone = Evaluator("acuan", self.reference, Versions(), causes=False)
        alone.registry.apply(self.given, "test", T0)
        alone.engine.tick(self.now)
        found = {rule: rings(alone.book, rule) for rule in UNTOUCHED}
        alone.close()
        if not self.clock_was_set_back:
            assert {rule: rings(self.book, rule) for rule in UNTOUCHED} == found

    def _close(self) -> None:
        for evaluator in self.pair:
            evaluator.close()
        self.written.close()
        shutil.rmtree(self.folder)
        shutil.rmtree(self.reference)

    # ── the stage ───────────────────────────────────────────────────────────────────────────────

    def _reading(self, device: str, metric: str, value: float, ago: int = 0, *, quality: int = 1) -> Reading:
        series = Series("batik", device, metric, UNITS[metric], "outlet")
        return Reading(series, self.now - ago * 1000, value, quality, None, self.now)

    def _arrive(self, readings: list[Reading]) -> None:
        self.pair[0].journal.append(readings, Tally())
        self.written.append(readings, Tally())

    def _lives(self) -> list[tuple[Alert, list[Transition]]]:
        alerts = all_alerts(self.book)
        lives = self.book.lives([alert.id for alert in alerts])
        return [(alert, lives[alert.id]) for alert in alerts]

    def _term(self) -> int:
        return term_of(self.folder)


def _about_pantau(alert: Alert) -> bool:
    """Its rule's state goes by another name."""
    return alert.kind == "system"


TestTwoEvaluators = TwoEvaluators.TestCase
TestTwoEvaluators.settings = settings(
    max_examples=int(os.environ.get("PANTAU_MODEL_EXAMPLES", "20")),
    stateful_step_count=int(os.environ.get("PANTAU_MODEL_STEPS", "40")),
    derandomize="CI" in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
