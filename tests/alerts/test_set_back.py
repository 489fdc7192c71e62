"""What was noted before the clock was set back, or of a journal that is no longer there, blinds nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.alert import AlertState
from storage.journal import SqliteJournal
from support.alerts_stage import AlertStage, installation, limit_rule, no_data_rule, reading

AHEAD = 30 * 86_400  # s by which the clock was wrong


def test_a_breach_rings_although_the_last_reading_lies_ahead(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(reading(AHEAD, 7.0))
    stage.tick(AHEAD + 1)
    stage.arrive(reading(10, 12.0))
    stage.tick(11)

    (alert,) = stage.alerts()
    assert (alert.active, alert.found_late) == (True, False)


def test_a_breach_that_began_ahead_waits_its_delay_and_no_longer(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule(on_delay=30)))
    stage.arrive(reading(AHEAD, 12.0))
    stage.tick(AHEAD + 1)
    stage.arrive(reading(10, 12.0), reading(30, 12.0))
    stage.tick(31)
    assert stage.alerts() == []
    stage.arrive(reading(45, 12.0))
    stage.tick(46)
    assert [alert.active for alert in stage.alerts()] == [True]


def test_an_alert_raised_ahead_returns_after_its_delay(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule(off_delay=30)))
    stage.arrive(reading(AHEAD, 12.0), reading(AHEAD + 5, 7.0))
    stage.tick(AHEAD + 6)
    stage.arrive(reading(10, 7.0), reading(45, 7.0))
    stage.tick(46)
    assert [alert.active for alert in stage.alerts()] == [False]


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("spoke_again", [False, True])
def test_silence_is_found_although_the_device_was_heard_ahead(
    stage: AlertStage, *, restarted: bool, spoke_again: bool
) -> None:
    stage.apply(installation(no_data_rule(after=60.0)))
    stage.arrive(reading(AHEAD, 7.0))
    stage.tick(AHEAD + 1)
    stage.tick(AHEAD + 61)  # armed anew, far ahead
    if restarted:
        stage.rebuild()
    stage.tick(10)
    if spoke_again:
        stage.arrive(reading(12, 7.0))
    for at in range(14, 180, 20):
        stage.tick(at)
    assert [alert.kind for alert in stage.alerts()] == ["no_data"]


def test_a_silence_whose_return_nobody_saw_yet_comes_again_and_is_no_second_alert(stage: AlertStage) -> None:
    stage.apply(installation(no_data_rule(after=60.0)))
    stage.arrive(reading(AHEAD, 7.0))
    stage.tick(AHEAD + 1)
    stage.tick(AHEAD + 70)
    stage.arrive(reading(AHEAD + 80, 7.0))
    stage.tick(AHEAD + 81)
    for at in range(10, 300, 20):  # set back
        stage.tick(at)
    assert [(alert.state, alert.occurrences) for alert in stage.alerts()] == [(AlertState.UNACKNOWLEDGED, 2)]


def test_a_device_that_speaks_on_is_not_silent(stage: AlertStage) -> None:
    stage.apply(installation(no_data_rule(after=60.0)))
    stage.arrive(reading(AHEAD, 7.0))
    stage.tick(AHEAD + 1)
    for at in range(10, 400, 20):
        stage.arrive(reading(at, 7.0))
        stage.tick(at + 1)
    assert stage.alerts() == []


def test_a_more_impatient_rule_falls_due_by_its_own_patience(stage: AlertStage) -> None:
    stage.apply(installation(no_data_rule(after=86_400.0)))
    stage.tick(0)
    stage.apply(installation(no_data_rule(after=60.0)))
    stage.tick(10)
    stage.tick(80)
    assert [alert.kind for alert in stage.alerts()] == ["no_data"]


def lose_the_journal(stage: AlertStage, folder: Path) -> None:
    """Somebody deletes its files while Pantau is stopped."""
    stage.journal.close()
    for file in folder.glob("journal.sqlite*"):
        file.unlink()
    stage.journal = SqliteJournal(folder / "journal.sqlite")
    stage.rebuild()


def test_what_a_new_journal_holds_is_judged_from_its_beginning(stage: AlertStage, tmp_path: Path) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(*[reading(at, 7.0) for at in range(50)])
    stage.tick(51)
    lose_the_journal(stage, tmp_path)
    stage.arrive(reading(60, 12.0), reading(61, 12.1))
    assert stage.tick(62).judged == 2
    assert len(stage.alerts()) == 1
    stage.rebuild()
    assert stage.tick(64).judged == 0


def test_an_older_copy_of_the_journal_raises_nothing_twice(stage: AlertStage, tmp_path: Path) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(reading(1, 12.0))
    stage.tick(2)
    stage.arrive(reading(3, 7.0), reading(4, 7.1))
    kept = (tmp_path / "journal.sqlite").read_bytes(), (tmp_path / "journal.sqlite-wal").read_bytes()
    stage.tick(5)
    stage.arrive(*[reading(at, 7.0) for at in range(6, 20)])
    stage.tick(20)
    stage.journal.close()
    (tmp_path / "journal.sqlite").write_bytes(kept[0])
    (tmp_path / "journal.sqlite-wal").write_bytes(kept[1])
    stage.journal = SqliteJournal(tmp_path / "journal.sqlite")
    stage.rebuild()
    stage.tick(21)
    stage.arrive(reading(30, 12.5))
    stage.tick(31)

    (alert,) = stage.alerts()  # returned meanwhile, unacknowledged: it happens again
    assert (alert.active, alert.occurrences) == (True, 2)
