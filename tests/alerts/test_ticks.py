"""What a tick owes to others: the lease, the journal's identity, a bound on its time, memory written in time."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from alerts.memory import MEMORY_READER
from domain.errors import Deposed
from domain.registry import Schedule
from domain.rule import Rule
from storage.journal import SqliteJournal
from support.alerts_stage import NAME, T0, AlertStage, any_rule, installation, limit_rule, no_data_rule, reading

STUCK = any_rule(kind="stuck", after=300)


def hours(*spans: tuple[str, str]) -> Schedule:
    """A schedule of these stretches on all days."""
    return Schedule.model_validate(
        {"id": "shift", "name": NAME, "hours": [{"start": start, "end": end} for start, end in spans]}
    )


def test_an_evaluator_that_was_deposed_decides_nothing(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    term = stage.book.lead("alerts", "a", T0, 10_000)
    stage.engine.tick(T0, term)
    stage.book.lead("alerts", "b", T0 + 20_000, 10_000)
    stage.arrive(reading(20, 9.5))
    with pytest.raises(Deposed):
        stage.engine.tick(T0 + 21_000, term)
    assert stage.alerts() == []


def test_who_leads_again_goes_on_from_what_the_other_decided(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    first = stage.engine
    first.tick(T0, stage.book.lead("alerts", "a", T0, 10_000))
    stage.arrive(reading(1, 9.5))
    stage.rebuild()
    stage.engine.tick(T0 + 20_000, stage.book.lead("alerts", "b", T0 + 20_000, 10_000))
    stage.arrive(reading(30, 7.0))
    report = first.tick(T0 + 40_000, stage.book.lead("alerts", "a", T0 + 40_000, 10_000))
    assert (report.raised, report.returned) == (0, 1)


def test_a_longer_journal_in_place_of_the_old_one_is_noticed(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(reading(1, 7.0))
    stage.tick(2)
    stage.journal.close()
    for file in stage.folder.glob("journal.sqlite*"):
        file.unlink()
    stage.journal = SqliteJournal(stage.folder / "journal.sqlite")
    stage.rebuild()
    stage.arrive(reading(10, 9.5), reading(11, 9.6), reading(12, 9.7))
    assert stage.tick(13).judged == 3
    stage.rebuild()
    assert stage.tick(15).judged == 0


class Watch:
    """A stopwatch on which every look takes a second."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Once more."""
        self.seconds += 1
        return self.seconds


def test_a_tick_out_of_time_leaves_the_rest_to_the_next(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    stage.rebuild(slice_rows=10, budget=0.5, stopwatch=Watch())
    stage.arrive(*(reading(at, 7.0) for at in range(25)))
    reports = [stage.tick(at) for at in (30, 32, 34)]
    assert [report.judged for report in reports] == [10, 10, 5]
    assert [report.caught_up for report in reports] == [False, False, True]


def test_many_silent_devices_are_told_part_by_part_and_all_of_them(stage: AlertStage) -> None:
    names = [f"d{number}" for number in range(5_000)]
    stage.apply(installation(no_data_rule(scope={"metric": "*"}), devices=names))
    stage.rebuild(budget=0.0)
    raised = [stage.tick(at).raised for at in range(0, 200, 10)]
    assert max(raised) == 2_000
    assert sum(raised) == 5_000


def test_memory_is_written_down_within_some_minutes(stage: AlertStage) -> None:
    stage.apply(installation(STUCK))
    for at in range(0, 130, 10):
        stage.arrive(reading(at, 7.0 + at))
        stage.tick(at + 1)
    (state,) = stage.states(("outlet", "ph"))
    assert state.memo_seq > 6
    assert stage.journal.cursor(MEMORY_READER) == 0 or stage.journal.cursor(MEMORY_READER) <= state.memo_seq


def test_the_journal_keeps_what_memory_would_need_again(stage: AlertStage) -> None:
    stage.apply(installation(STUCK))
    stage.arrive(reading(0, 7.0), reading(100, 7.0))
    stage.tick(101)
    stage.journal.purge(T0 + 10**9)
    stage.rebuild(recall_rows=1)
    stage.arrive(reading(300, 7.0))
    assert stage.tick(301).raised == 1


def test_a_memory_that_cannot_be_read_begins_anew(stage: AlertStage) -> None:
    stage.apply(installation(STUCK))
    for at in range(0, 130, 10):
        stage.arrive(reading(at, 7.0))
        stage.tick(at + 1)
    (state,) = stage.states(("outlet", "ph"))
    stage.spoil(replace(state, memo="0.0|{nonsense"))
    stage.rebuild()
    stage.arrive(reading(140, 7.0), reading(300, 7.0), reading(450, 7.0))
    report = stage.tick(451)
    assert (report.bad, report.raised) == ({}, 1)


@pytest.mark.parametrize(
    "rule",
    [
        any_rule(kind="volume", above=1.0),
        limit_rule().model_copy(update={"schedule": "unknown"}),
    ],
    ids=["a volume of pH", "an unknown schedule"],
)
def test_a_rule_that_cannot_be_judged_is_named_and_the_others_go_on(stage: AlertStage, rule: Rule) -> None:
    given = installation(rule, limit_rule(id="good"))
    stage.compile(given)
    stage.arrive(reading(0, 9.5))
    report = stage.tick(1)
    assert (list(report.bad), report.raised) == ([rule.id], 1)


def test_a_new_threshold_takes_up_what_was_remembered(stage: AlertStage) -> None:
    stage.apply(installation(STUCK))
    stage.arrive(*(reading(at, 7.0) for at in range(0, 200, 10)))
    stage.tick(200)
    stage.apply(installation(STUCK.model_copy(update={"after": 100.0})))
    stage.arrive(reading(210, 7.0))
    stage.tick(211)
    assert [alert.since for alert in stage.alerts()] == [T0]


def test_a_schedule_that_is_changed_holds_from_the_next_tick(stage: AlertStage) -> None:
    rule = limit_rule(schedule="shift")
    stage.apply(installation(rule).model_copy(update={"schedules": (hours(("20:00", "21:00")),)}))
    stage.arrive(reading(0, 9.5))
    stage.tick(1)
    stage.apply(installation(rule).model_copy(update={"schedules": (hours(("06:00", "21:00")),)}))
    stage.arrive(reading(10, 9.5))
    assert stage.tick(11).raised == 1
