"""Places out of operation: from when to when, by whom, and which hold now."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.pause import Pause
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.pauses import SqlPauses
from storage.registry import SqlRegistry
from support.alerting import NOON
from support.installations import SMALL

HOUR = 3_600_000


@pytest.fixture
def pauses(db: Database) -> SqlPauses:
    SqlRegistry(db).apply(SMALL, "sari", NOON)
    return SqlPauses(db)


def pause(start: int = 0, **changes: Any) -> Pause:
    """Batik is cleaned from so many hours after noon."""
    return Pause("batik", NOON + start * HOUR, "pembersihan", "budi", **changes)


def test_a_pause_comes_back_with_its_id(pauses: SqlPauses) -> None:
    made = pauses.pause(pause(stage="outlet", device="outlet", stop=NOON + HOUR))
    assert made.id > 0
    assert pauses.now(NOON) == [made]


def test_a_pause_without_an_end_holds_until_it_is_ended(pauses: SqlPauses) -> None:
    made = pauses.pause(pause())
    ended = pauses.end(made.id, "sari", NOON + HOUR)
    held = [bool(pauses.now(NOON + at)) for at in (-1, 0, HOUR - 1, HOUR)]
    assert (held, ended.stop, ended.ended_by) == ([False, True, True, False], NOON + HOUR, "sari")


def test_a_pause_with_an_end_ends_by_itself(pauses: SqlPauses) -> None:
    pauses.pause(pause(stop=NOON + HOUR))
    assert [len(pauses.now(NOON + at)) for at in (HOUR - 1, HOUR)] == [1, 0]


def test_a_pause_that_has_not_begun_never_holds_once_it_is_ended(pauses: SqlPauses) -> None:
    made = pauses.pause(pause(5))
    pauses.end(made.id, "sari", NOON)
    assert pauses.now(NOON + 5 * HOUR) == []


@pytest.mark.parametrize("again", ["ended by hand", "ended by itself"])
def test_what_has_ended_cannot_be_ended(pauses: SqlPauses, again: str) -> None:
    made = pauses.pause(pause(stop=NOON + HOUR))
    if again == "ended by hand":
        pauses.end(made.id, "sari", NOON)
    with pytest.raises(Conflict):
        pauses.end(made.id, "sari", NOON + HOUR)


def test_an_unknown_pause_is_not_found(pauses: SqlPauses) -> None:
    with pytest.raises(NotFound):
        pauses.end(99, "sari", NOON)


WRONG = {
    "site": Pause("batk", NOON, "r", "w"),
    "stage": pause(stage="outlt"),
    "device": pause(device="oulet"),
    "stop": pause(stop=NOON),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_makes_no_sense_is_refused_with_its_field(pauses: SqlPauses, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        pauses.pause(WRONG[field])
    assert refused.value.field == field


def test_a_device_must_stand_where_the_pause_says(pauses: SqlPauses) -> None:
    with pytest.raises(Invalid, match="device outlet is at batik/outlet"):
        pauses.pause(pause(stage="inlet", device="outlet"))


def test_pauses_are_paged_newest_first(pauses: SqlPauses) -> None:
    made = [pauses.pause(pause(at)) for at in (1, 3, 2, 3)]
    first = pauses.page(None, 2)
    second = pauses.page(first.next, 2)
    assert [one.id for one in first.items + second.items] == [made[i].id for i in (3, 1, 2, 0)]
    assert second.next is None


def test_beginning_and_end_are_audited(pauses: SqlPauses, db: Database) -> None:
    made = pauses.pause(pause())
    pauses.end(made.id, "sari", NOON + HOUR)
    told = SqlAuditLog(db).page(None, 2).items
    assert [(entry.action, entry.target, entry.who) for entry in told] == [
        ("end", f"pause/{made.id}", "sari"),
        ("add", f"pause/{made.id}", "budi"),
    ]


def test_a_pause_planned_ahead_is_audited_when_it_was_planned(pauses: SqlPauses, db: Database) -> None:
    pauses.pause(pause(48), NOON)
    assert SqlAuditLog(db).page(None, 1).items[0].at == NOON
