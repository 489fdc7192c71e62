"""What the evaluator asks of alerts that have not ended: which are due, which a device has, how many rang."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.alert import Alert, AlertEvent, AlertState
from storage.alert_book import SqlAlertBook
from storage.database import Database
from support.alerting import NOON, alert, step, tick

MINUTE = 60_000


@pytest.fixture
def book(db: Database) -> SqlAlertBook:
    return SqlAlertBook(db)


def keep(book: SqlAlertBook, *alerts: Alert) -> None:
    """Commit them without a transition."""
    book.commit(tick(alerts=alerts), NOON)


def ring(
    book: SqlAlertBook,
    name: str,
    at: int,
    *more: AlertEvent,
    state: AlertState = AlertState.UNACKNOWLEDGED,
    **keys: Any,
) -> None:
    """Raise an alert so many ms after noon, and record more of its life in the same moment."""
    raised = alert(name, state=state, **keys)
    steps = [step(raised, event, at=NOON + at) for event in (AlertEvent.RAISED, *more)]
    book.commit(tick(alerts=(raised,), transitions=tuple(steps)), NOON + at)


def test_alerts_are_due_oldest_first_when_their_time_has_come(book: SqlAlertBook) -> None:
    keep(book, alert("a1", due=NOON + 2), alert("a2", due=NOON + 1), alert("a3", due=NOON + 3), alert("a4"))
    assert [found.id for found in book.alerts_due(NOON + 2, 10)] == ["a2", "a1"]


def test_alerts_that_ended_are_never_due(book: SqlAlertBook) -> None:
    keep(book, alert("a1", due=NOON, state=AlertState.NORMAL))
    assert book.alerts_due(NOON, 10) == []


def test_due_alerts_are_bounded(book: SqlAlertBook) -> None:
    keep(book, *(alert(f"a{i}", due=NOON + i) for i in range(5)))
    assert [found.id for found in book.alerts_due(NOON + 9, 2)] == ["a0", "a1"]


def test_the_open_alerts_of_devices_are_those_that_did_not_end(book: SqlAlertBook) -> None:
    keep(
        book,
        alert("a1"),
        alert("a2", state=AlertState.NORMAL),
        alert("i1", device="inlet"),
        alert("p", device="press-1"),
    )
    assert [found.id for found in book.open_alerts(["outlet", "inlet", "nowhere"])] == ["i1", "a1"]


def test_the_open_alerts_of_very_many_devices_are_found(book: SqlAlertBook) -> None:
    keep(book, *(alert(f"a{i}", device=f"d{i}") for i in range(1_200)))
    assert len(book.open_alerts([f"d{i}" for i in range(1_200)])) == 1_200


def test_no_devices_have_no_alerts(book: SqlAlertBook) -> None:
    keep(book, alert("a1"))
    assert book.open_alerts([]) == []


def test_rings_are_counted_by_site_from_a_time_on(book: SqlAlertBook) -> None:
    ring(book, "a1", -1)
    ring(book, "a2", 0)
    ring(book, "a3", 5, AlertEvent.REOCCURRED)
    ring(book, "p1", 5, site="alas-kaki")
    assert book.rang(NOON) == {"batik": 3, "alas-kaki": 1}


def test_rings_from_before_the_clock_was_set_back_are_left_out(book: SqlAlertBook) -> None:
    ring(book, "a1", 86_400_000)
    ring(book, "a2", 0)
    assert book.rang(NOON - 600_000, NOON) == {"batik": 1}


NOT_RUNG = {
    "shelved": {"state": AlertState.SHELVED},
    "behind a cause": {"state": AlertState.SUPPRESSED},
    "held down since it was raised": {"chattering": True},
    "about the flood itself": {"rule": "system.flood"},
}


@pytest.mark.parametrize("why", NOT_RUNG)
def test_what_nobody_hears_is_no_ring(book: SqlAlertBook, why: str) -> None:
    ring(book, "a1", 0, **NOT_RUNG[why])  # type: ignore[arg-type]
    assert book.rang(NOON) == {}


def test_an_alert_put_behind_its_cause_later_is_no_ring_any_more(book: SqlAlertBook) -> None:
    ring(book, "a1", 0)
    hidden = replace(book.alert("a1"), state=AlertState.SUPPRESSED, parent="cause", version=2)
    book.save(hidden, step(hidden, AlertEvent.SUPPRESSED), [], NOON)
    assert book.rang(NOON) == {}


def test_a_chattering_alert_rang_until_it_was_held_down(book: SqlAlertBook) -> None:
    life = (AlertEvent.REOCCURRED, AlertEvent.REOCCURRED, AlertEvent.CHATTERING, AlertEvent.REOCCURRED)
    ring(book, "a1", 0, *life, chattering=True)
    assert book.rang(NOON) == {"batik": 3}


def test_comments_and_returns_are_no_rings(book: SqlAlertBook) -> None:
    ring(book, "a1", 0, AlertEvent.COMMENTED, AlertEvent.RETURNED)
    assert book.rang(NOON) == {"batik": 1}
