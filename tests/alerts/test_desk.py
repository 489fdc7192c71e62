"""People's deeds: who and when, in the transitions and in the audit."""

from __future__ import annotations

import pytest

from alerts.desk import Desk
from domain.alert import Alert, AlertState, Transition
from domain.errors import Conflict, NotFound
from storage.alert_book import SqlAlertBook
from support.alerts_stage import T0, AlertStage, installation, limit_rule, reading


@pytest.fixture
def alert(stage: AlertStage) -> Alert:
    """An open alert."""
    stage.apply(installation(limit_rule()))
    stage.arrive(reading(0, 9.5))
    stage.tick(1)
    return stage.alerts()[0]


def test_a_deed_is_returned_as_it_is_stored(stage: AlertStage, alert: Alert) -> None:
    after = stage.desk.acknowledge(alert.id, "sari", "on my way", T0 + 5000)

    assert after == stage.book.alert(alert.id)
    assert after.state is AlertState.ACKNOWLEDGED


def test_every_deed_is_audited(stage: AlertStage, alert: Alert) -> None:
    stage.desk.acknowledge(alert.id, "sari", "on my way", T0 + 5000)
    stage.desk.comment(alert.id, "budi", "pump was off", T0 + 6000)
    entries = stage.audit.page(None, 2).items

    assert [(e.who, e.action, e.target, e.at) for e in entries] == [
        ("budi", "alert.commented", f"alert/{alert.id}", T0 + 6000),
        ("sari", "alert.acknowledged", f"alert/{alert.id}", T0 + 5000),
    ]
    assert entries[1].before == '{"state":"unacknowledged"}'
    assert entries[1].after == '{"state":"acknowledged","comment":"on my way"}'


def test_an_alert_that_moved_on_is_refused_with_its_present_state(stage: AlertStage, alert: Alert) -> None:
    stage.desk.acknowledge(alert.id, "sari", None, T0 + 5000)

    with pytest.raises(Conflict) as refused:
        stage.desk.acknowledge(alert.id, "budi", None, T0 + 6000)
    assert refused.value.present == "acknowledged"


def test_an_unknown_alert_is_not_found(stage: AlertStage) -> None:
    with pytest.raises(NotFound):
        stage.desk.comment("nothing", "sari", "hm", T0)


class TickBetween(SqlAlertBook):
    """The real book; a tick notes a newer value just before the first save."""

    stage: AlertStage
    ticked = False

    def save(self, alert: Alert, transition: Transition, routes: object, now: int) -> Transition:
        """As the real one, after the tick."""
        if not self.ticked:
            self.ticked = True
            self.stage.tick(5)
        return super().save(alert, transition, (), now)


def test_a_tick_in_between_does_not_refuse_a_person(stage: AlertStage, alert: Alert) -> None:
    book = TickBetween(stage.db)
    book.stage = stage
    stage.arrive(reading(4, 9.9))
    after = Desk(book, stage.registry, stage.audit).acknowledge(alert.id, "sari", None, T0 + 5000)

    assert (after.state, after.value) == (AlertState.ACKNOWLEDGED, 9.9)
