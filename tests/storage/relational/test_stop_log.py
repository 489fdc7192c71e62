"""Why machines stood still: kept once, in the order it was said, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Invalid, NotFound
from domain.machine import StopRecord
from domain.registry import Installation
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.registry import SqlRegistry
from storage.stop_log import SqlStopLog
from support.alerting import NOON
from support.installations import SMALL

MINUTE = 60_000
NAME = {"id": "uji", "en": "test"}
REASONS = Installation.model_validate(
    {"stop_reasons": [{"id": "bahan", "name": NAME}, {"id": "setup", "name": NAME, "planned": True}]}
)


@pytest.fixture
def log(db: Database) -> SqlStopLog:
    registry = SqlRegistry(db)
    registry.apply(SMALL, "sari", NOON)
    registry.apply(REASONS, "sari", NOON)
    return SqlStopLog(db)


def said(**changes: Any) -> StopRecord:
    """That material was missing for the twenty minutes before noon."""
    given = {"device": "outlet", "start": NOON - 20 * MINUTE, "stop": NOON, "reason": "bahan", "who": "rina"}
    return StopRecord(**(given | {"at": NOON} | changes))


def test_a_record_comes_back_with_its_id(log: SqlStopLog) -> None:
    made = log.add(said(note="kulit", going_on=True), NOON)
    assert made.id > 0
    assert log.touching(["outlet"], NOON - MINUTE, NOON) == [made]


def test_the_same_key_is_one_record_and_keeps_what_it_said_first(log: SqlStopLog, db: Database) -> None:
    first = log.add(said(key="tablet-1"), NOON)
    again = log.add(said(key="tablet-1", reason="setup"), NOON + MINUTE)
    assert again == first
    assert len([e for e in SqlAuditLog(db).page(None, 50).items if e.action == "stop"]) == 1


def test_records_without_a_key_are_all_kept(log: SqlStopLog) -> None:
    log.add(said(), NOON)
    log.add(said(reason="setup", at=NOON + 1), NOON)
    assert [one.reason for one in log.touching(["outlet"], 0, NOON)] == ["bahan", "setup"]


def test_only_those_that_share_a_moment_are_found(log: SqlStopLog) -> None:
    log.add(said(), NOON)
    start = NOON - 20 * MINUTE
    spans = [(start - 5, start), (start - 5, start + 1), (NOON - 1, NOON + 5), (NOON, NOON + 5)]
    assert [len(log.touching(["outlet"], *span)) for span in spans] == [0, 1, 1, 0]


def test_other_machines_are_left_out(log: SqlStopLog) -> None:
    log.add(said(), NOON)
    assert log.touching(["inlet"], 0, NOON) == []


WRONG = {
    "stop": said(start=NOON),
    "at": said(at=NOON + 10 * MINUTE),
    "start": said(start=NOON - 32 * 86_400_000),
    "key": said(key="k" * 65),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_cannot_be_is_refused_with_its_field(log: SqlStopLog, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        log.add(WRONG[field], NOON)
    assert refused.value.field == field


@pytest.mark.parametrize("record", [said(device="press-9"), said(reason="malas")])
def test_machines_and_reasons_must_exist(log: SqlStopLog, record: StopRecord) -> None:
    with pytest.raises(NotFound):
        log.add(record, NOON)
