"""Chattering: three times within a minute is held down until it was quiet for ten minutes."""

from __future__ import annotations

import pytest

from alerts.chattering import chatters, ring
from domain.alert import Alert, AlertEvent, AlertState
from support.alerts_stage import T0, AlertStage, installation, limit_rule, no_data_rule, reading
from support.plant_stage import ROUTE

RAISED, REOCCURRED, RETURNED = AlertEvent.RAISED, AlertEvent.REOCCURRED, AlertEvent.RETURNED
CHATTERING, CALMED = AlertEvent.CHATTERING, AlertEvent.CALMED


def rings(*seconds: int) -> tuple[int, ...]:
    raised: tuple[int, ...] = ()
    for second in seconds:
        raised = ring(raised, second * 1000)
    return raised


@pytest.mark.parametrize(
    ("seconds", "at", "held"),
    [
        ((0,), 0, False),
        ((0, 30), 30, False),
        ((0, 30, 59), 59, True),
        ((0, 30, 60), 60, False),
        ((0, 30, 70, 80), 80, True),
        ((0, 0, 0), 0, True),
        ((0, 10, 20), 619, True),
        ((0, 10, 20), 620, False),
        ((0, 10, 20, 500), 1099, True),
        ((0, 10, 20, 500, 1200), 1200, False),
        ((0, 10, 20, 700, 710, 720), 720, True),
        ((5000, 5010, 5020), 100, False),
    ],
)
def test_three_rings_within_a_minute_are_held_down_for_ten_quiet_minutes(
    seconds: tuple[int, ...], at: int, held: bool
) -> None:
    assert chatters(rings(*seconds), at * 1000) is held


def test_however_long_it_rings_four_times_are_remembered() -> None:
    assert len(rings(*range(0, 5000, 7))) == 4


@pytest.fixture
def flapping(stage: AlertStage) -> AlertStage:
    """pH that came and went three times within a minute, told to a route."""
    stage.apply(installation(limit_rule(), routes=[ROUTE]))
    stage.tick(0)
    for at in (10, 20, 30):
        flap(stage, at)
    return stage


def flap(stage: AlertStage, at: int) -> None:
    """Beyond the limit, and back five seconds later."""
    stage.arrive(reading(at, 9.5))
    stage.tick(at)
    stage.arrive(reading(at + 5, 7.0))
    stage.tick(at + 5)


def told(stage: AlertStage) -> list[AlertEvent]:
    """What people were told, in order."""
    steps = {step.id: step.event for alert in stage.alerts() for step in stage.life(alert)}
    return [steps[note.transition] for alert in stage.alerts() for note in stage.book.notifications(alert.id)]


def calm(stage: AlertStage, start: int, stop: int) -> None:
    """Time passes, and nothing arrives that is beyond the limit."""
    for at in range(start, stop, 30):
        stage.tick(at)


def test_chattering_is_told_once_and_later_comings_and_goings_are_only_recorded(flapping: AlertStage) -> None:
    for at in (60, 90, 120):
        flap(flapping, at)
    (alert,) = flapping.alerts()

    assert told(flapping) == [RAISED, RETURNED, REOCCURRED, RETURNED, CHATTERING]
    assert alert.chattering
    assert alert.occurrences == 6


def test_when_it_is_calm_its_present_state_is_told_once(flapping: AlertStage) -> None:
    calm(flapping, 60, 900)
    (alert,) = flapping.alerts()

    assert told(flapping)[-2:] == [CHATTERING, CALMED]
    assert (alert.state, alert.chattering) == (AlertState.RETURNED, False)


def test_it_is_not_calm_before_ten_minutes_without_a_ring(flapping: AlertStage) -> None:
    flap(flapping, 400)
    calm(flapping, 410, 990)

    assert flapping.alerts()[0].chattering


def test_what_somebody_acknowledged_stays_acknowledged_while_it_chatters_and_is_over_when_calm(
    flapping: AlertStage,
) -> None:
    flapping.arrive(reading(40, 9.5))
    flapping.tick(40)
    flapping.desk.acknowledge(flapping.alerts()[0].id, "sari", None, T0 + 41_000)
    flapping.arrive(reading(45, 7.0))
    flapping.tick(45)
    flap(flapping, 60)
    assert [alert.state for alert in flapping.alerts()] == [AlertState.RETURNED]

    calm(flapping, 70, 900)
    assert [alert.state for alert in flapping.alerts()] == [AlertState.NORMAL]


def test_separate_alerts_of_one_rule_and_series_chatter_together(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule(), routes=[ROUTE]))
    stage.tick(0)
    for at in (10, 25, 40, 55):
        stage.arrive(reading(at, 9.5))
        stage.tick(at)
        (open_one,) = _open(stage)
        if open_one.state is AlertState.UNACKNOWLEDGED:
            stage.desk.acknowledge(open_one.id, "sari", None, T0 + at * 1000 + 1)
        stage.arrive(reading(at + 5, 7.0))
        stage.tick(at + 5)

    assert told(stage).count(CHATTERING) == 1
    assert [alert.chattering for alert in stage.alerts()] == [False, False, True]


def test_what_came_and_went_in_one_batch_rings_like_what_came_and_went_live(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule(), routes=[ROUTE]))
    stage.tick(0)
    stage.arrive(*(reading(at, 9.5 if at % 600 == 0 else 7.0, received=6000) for at in range(300, 6000, 300)))
    stage.tick(6000)

    assert told(stage) == [RAISED, RETURNED, REOCCURRED, RETURNED, CHATTERING]


def test_a_restart_forgets_no_ring(flapping: AlertStage) -> None:
    flapping.rebuild()
    flap(flapping, 60)

    assert told(flapping)[-1] is CHATTERING


def test_a_device_that_comes_and_goes_chatters_too(stage: AlertStage) -> None:
    stage.apply(installation(no_data_rule(after=5.0), routes=[ROUTE]))
    stage.arrive(reading(0, 7.0))
    for at in range(0, 60, 2):
        if at % 16 == 0:
            stage.arrive(reading(at, 7.0))
        stage.tick(at)

    assert told(stage).count(CHATTERING) == 1


def _open(stage: AlertStage) -> list[Alert]:
    return [alert for alert in stage.alerts() if alert.state is not AlertState.NORMAL]
