"""What time alone does: re-alarm, latching, shelves, and people who take an alert out of service."""

from __future__ import annotations

import pytest

from domain.alert import Alert, AlertEvent, AlertState
from domain.errors import Conflict, Invalid
from domain.registry import DeviceStatus
from support.alerts_stage import T0, AlertStage, installation, limit_rule, no_data_rule, reading
from support.plant_stage import ROUTE


def begin(stage: AlertStage, **rule: object) -> Alert:
    """pH beyond the limit at second 10."""
    stage.apply(installation(limit_rule(**rule), routes=[ROUTE]))
    stage.tick(0)
    stage.arrive(reading(10, 9.5))
    stage.tick(10)
    return stage.alerts()[0]


def now(at: int) -> int:
    return T0 + at * 1000


def test_an_acknowledged_alert_that_still_holds_rings_again_after_its_time(stage: AlertStage) -> None:
    alert = begin(stage, realarm=600.0)
    stage.desk.acknowledge(alert.id, "sari", None, now(20))
    stage.tick(30)
    stage.tick(610)
    assert stage.alerts()[0].state is AlertState.ACKNOWLEDGED
    stage.tick(620)

    assert stage.alerts()[0].state is AlertState.UNACKNOWLEDGED
    assert stage.life(alert)[-1].event is AlertEvent.REALARMED
    assert len(stage.book.notifications(alert.id)) == 2


def test_it_rings_again_also_after_a_restart(stage: AlertStage) -> None:
    alert = begin(stage, realarm=600.0)
    stage.desk.acknowledge(alert.id, "sari", None, now(20))
    stage.tick(30)
    stage.rebuild()
    stage.tick(5000)

    assert stage.alerts()[0].state is AlertState.UNACKNOWLEDGED


def test_without_a_time_it_never_rings_again(stage: AlertStage) -> None:
    alert = begin(stage)
    stage.desk.acknowledge(alert.id, "sari", None, now(20))
    stage.tick(30)
    stage.tick(900_000)

    assert stage.alerts()[0].state is AlertState.ACKNOWLEDGED
    assert stage.alerts()[0].due is None


def test_a_latching_alert_waits_for_a_person_once_it_returned(stage: AlertStage) -> None:
    alert = begin(stage, latching=True)
    stage.desk.acknowledge(alert.id, "sari", None, now(20))
    stage.arrive(reading(30, 7.0))
    stage.tick(30)
    assert stage.alerts()[0].state is AlertState.RETURNED

    assert stage.desk.acknowledge(alert.id, "sari", "seen", now(40)).state is AlertState.NORMAL


def test_a_latching_alert_that_holds_again_is_unacknowledged(stage: AlertStage) -> None:
    alert = begin(stage, latching=True)
    stage.desk.acknowledge(alert.id, "sari", None, now(20))
    for at, value in ((100, 7.0), (200, 9.5)):
        stage.arrive(reading(at, value))
        stage.tick(at)
    (after,) = stage.alerts()

    assert (after.id, after.state, after.acknowledged_by) == (alert.id, AlertState.UNACKNOWLEDGED, None)


def test_out_of_service_is_not_judged_until_it_is_put_back(stage: AlertStage) -> None:
    alert = begin(stage)
    stage.desk.take_out(alert.id, "sari", "probe di bengkel", now(20))
    for at, value in ((30, 7.0), (40, 9.9)):
        stage.arrive(reading(at, value))
        stage.tick(at)
    assert [a.state for a in stage.alerts()] == [AlertState.OUT_OF_SERVICE]

    assert stage.desk.put_back(alert.id, "sari", None, now(50)).state is AlertState.NORMAL
    stage.arrive(reading(60, 9.9))
    stage.tick(60)
    assert [a.state for a in stage.alerts()] == [AlertState.NORMAL, AlertState.UNACKNOWLEDGED]


def test_a_device_that_is_put_back_and_silent_still_is_an_alert_again(stage: AlertStage) -> None:
    stage.apply(installation(no_data_rule()))
    for at in range(0, 100, 10):
        stage.tick(at)
    alert = stage.alerts()[0]
    stage.desk.take_out(alert.id, "sari", "dipindah", now(100))
    for at in range(100, 2000, 100):
        stage.tick(at)
    assert [a.state for a in stage.alerts()] == [AlertState.OUT_OF_SERVICE]

    stage.desk.put_back(alert.id, "sari", None, now(2000))
    for at in range(2000, 3000, 50):
        stage.tick(at)
    assert {a.state for a in stage.alerts()} == {AlertState.NORMAL, AlertState.UNACKNOWLEDGED}


def test_a_change_of_the_registry_does_not_put_back_what_a_person_took_out(stage: AlertStage) -> None:
    alert = begin(stage)
    stage.desk.take_out(alert.id, "sari", "probe di bengkel", now(20))
    given = installation(limit_rule(), routes=[ROUTE])
    for status, at in ((DeviceStatus.OUT_OF_SERVICE, 30), (DeviceStatus.IN_SERVICE, 40)):
        changed = given.devices[0].model_copy(update={"status": status})
        stage.apply(given.model_copy(update={"devices": (changed,)}))
        stage.tick(at)

    assert stage.book.alert(alert.id).state is AlertState.OUT_OF_SERVICE


def test_taking_out_is_audited_with_its_reason(stage: AlertStage) -> None:
    alert = begin(stage)
    stage.desk.take_out(alert.id, "sari", "probe di bengkel", now(20))
    entry = stage.audit.page(None, 1).items[0]

    assert (entry.who, entry.action) == ("sari", "alert.out_of_service")
    assert entry.after == '{"state":"out_of_service","comment":"probe di bengkel"}'


def test_taking_out_needs_a_reason(stage: AlertStage) -> None:
    alert = begin(stage)
    with pytest.raises(Invalid):
        stage.desk.take_out(alert.id, "sari", " ", now(20))


def test_what_is_in_service_cannot_be_put_back(stage: AlertStage) -> None:
    alert = begin(stage)
    with pytest.raises(Conflict) as refused:
        stage.desk.put_back(alert.id, "sari", None, now(20))

    assert refused.value.present == "unacknowledged"
