"""The tick: what it costs to be quiet, what it does when the book moves on, how one bad rule stays alone."""

from __future__ import annotations

import pytest

from alerts.work import TickReport
from domain.alert import Alert, AlertState, Priority
from domain.errors import Conflict, Unavailable
from domain.ports import TickChange
from domain.registry import Route
from domain.rule import LimitRule, Scope
from storage.alert_book import SqlAlertBook
from support.alerts_stage import NAME, T0, AlertStage, installation, limit_rule, no_data_rule, reading


class CountingBook(SqlAlertBook):
    """The real book; counts commits, and can be told to interfere before the next one."""

    commits = 0
    before_commit = staticmethod(lambda: None)

    def commit(self, change: TickChange, now: int) -> None:
        """As the real one."""
        self.before_commit()
        self.commits += 1
        super().commit(change, now)


def counted(stage: AlertStage) -> CountingBook:
    """Give the stage a counting book."""
    book = CountingBook(stage.db)
    stage.book = book
    stage.rebuild()
    return book


def test_a_quiet_tick_writes_nothing(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule(), no_data_rule()))
    book = counted(stage)
    stage.arrive(reading(0, 7.0))
    stage.tick(1)
    before = book.commits
    for at in range(2, 20, 2):
        stage.tick(at)

    assert book.commits == before


def test_a_calm_series_gets_no_row(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(*(reading(at, 7.0) for at in range(50)))
    stage.tick(60)

    assert stage.states(("outlet", "ph")) == []


def test_a_silent_device_costs_nothing_once_it_is_raised(stage: AlertStage) -> None:
    names = [f"d{number}" for number in range(300)]
    stage.apply(installation(no_data_rule(scope={"metric": "*"}), devices=names))
    stage.tick(0)
    assert stage.tick(61).raised == 300
    book = counted(stage)
    stage.tick(63)  # a new engine looks once at the registry
    before = book.commits
    stage.tick(65)

    assert book.commits == before
    assert book.due(T0 + 10**9, 10) == []


def test_an_acknowledgement_in_the_middle_of_a_tick_is_kept(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    book = counted(stage)
    stage.arrive(reading(0, 9.5))
    stage.tick(1)
    (alert,) = stage.alerts()

    def acknowledge_once() -> None:
        book.before_commit = lambda: None
        stage.desk.acknowledge(alert.id, "sari", None, T0 + 2500)

    book.before_commit = acknowledge_once
    stage.arrive(reading(2, 7.0))
    report = stage.tick(3)

    assert (report.conflicts, report.judged, report.returned) == (1, 1, 1)
    (after,) = stage.alerts()
    assert (after.state, after.acknowledged_by) == (AlertState.NORMAL, "sari")


def test_a_book_that_keeps_moving_ends_the_tick_without_harm(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    book = counted(stage)
    stage.arrive(reading(0, 9.5))

    def refuse() -> None:
        raise Conflict("moved", "acknowledged")

    book.before_commit = refuse
    with pytest.raises(Conflict):
        stage.tick(1)
    book.before_commit = lambda: None

    assert stage.tick(3).raised == 1


def test_a_database_away_loses_nothing(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    book = counted(stage)
    stage.arrive(reading(0, 7.0), reading(1, 9.5))

    def away() -> None:
        raise Unavailable("database is away")

    book.before_commit = away
    with pytest.raises(Unavailable):
        stage.tick(2)
    book.before_commit = lambda: None
    stage.arrive(reading(3, 7.0))

    assert [t.event for t in _lives(stage, stage.tick(4))] == ["raised", "returned"]


def _lives(stage: AlertStage, report: TickReport) -> list[object]:
    assert report.caught_up
    return [t for alert in stage.alerts() for t in stage.life(alert)]


def test_a_bad_rule_is_named_and_the_others_go_on(stage: AlertStage) -> None:
    good = limit_rule(id="good")
    bad = LimitRule.model_construct(
        id="bad", name=NAME, scope=Scope(metric="ph"), priority=Priority.HIGH, action=good.action, source=None,
        enabled=True, kind="limit", above="nine", below=None, deadband=0.0, on_delay=0.0, off_delay=0.0,
    )  # fmt: skip
    stage.compile(installation(good).model_copy(update={"rules": (bad, good)}))
    stage.arrive(reading(0, 9.5))
    report = stage.tick(1)

    assert list(report.bad) == ["bad"]
    assert report.raised == 1


def test_slices_follow_each_other_to_the_head(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    stage.rebuild(slice_rows=10, slices=3)
    stage.arrive(*(reading(at, 7.0) for at in range(45)))

    reports = [stage.tick(60), stage.tick(62)]
    assert [(r.judged, r.caught_up) for r in reports] == [(30, False), (15, True)]


def test_silence_waits_until_the_backlog_is_judged(stage: AlertStage) -> None:
    stage.apply(installation(no_data_rule()))
    stage.rebuild(slice_rows=10, slices=1)
    stage.tick(0)
    stage.arrive(*(reading(at, 7.0) for at in range(100, 125)))

    assert [stage.tick(at).raised for at in (126, 128, 130)] == [0, 0, 0]


def test_forgotten_series_stay_judged(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule(scope={"metric": "ph"}), devices=("outlet", "inlet", "aerasi")))
    stage.rebuild(series_kept=1, recall_rows=1)
    stage.arrive(reading(100, 7.0))
    stage.tick(101)
    for at, device in ((110, "inlet"), (120, "aerasi")):
        stage.arrive(reading(at, 7.0, device=device))
        stage.tick(at)
    stage.arrive(reading(50, 9.5, received=130))
    stage.tick(131)

    assert [alert.found_late for alert in stage.alerts()] == [True]


def test_routes_are_chosen_by_site_and_priority(stage: AlertStage) -> None:
    routes = [
        Route(id="semua", notifier="log"),
        Route(id="mesin", notifier="log", sites=("alas-kaki",)),
        Route(id="kritis", notifier="log", priorities=(Priority.CRITICAL,)),
        Route(id="tinggi", notifier="log", priorities=(Priority.HIGH,)),
    ]
    given = installation(limit_rule(priority="high"), routes=routes)
    other = given.sites[0].model_copy(update={"id": "alas-kaki"})
    stage.apply(given.model_copy(update={"sites": (*given.sites, other)}))
    stage.arrive(reading(0, 9.5))
    stage.tick(1)
    (alert,) = stage.alerts()

    assert [n.route for n in stage.book.notifications(alert.id)] == ["semua", "tinggi"]


def test_a_late_exceedance_is_told_to_nobody(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule(), routes=[Route(id="semua", notifier="log")]))
    stage.arrive(reading(100, 7.0), reading(50, 9.5, received=101))
    report = stage.tick(102)
    (alert,) = stage.alerts()

    assert report.late == 1
    assert stage.book.notifications(alert.id) == []


def test_an_alert_carries_where_and_what(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule(priority="critical")))
    stage.arrive(reading(0, 9.5))
    stage.tick(1)
    (alert,) = stage.alerts()

    expected = Alert(
        alert.id, "batik", "outlet", "ph", "pH", "ph-outlet", "limit", Priority.CRITICAL,
        AlertState.UNACKNOWLEDGED, True, T0, 9.5, 9.0, peak=9.5, version=1,
    )  # fmt: skip
    assert alert == expected
