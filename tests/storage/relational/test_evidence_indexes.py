"""What is asked of evidence and of SPARING's queue is answered through an index, however long the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from domain.evidence import EvidenceKind
from storage import evidence_rows as rows
from storage.database import Database
from storage.sparing_queue import SqlSparingQueue

SAMPLE = EvidenceKind.SAMPLE


def ask_rows(ask: Callable[[Any], object]) -> Callable[[Database], object]:
    """Within a transaction that reads."""

    def asked(db: Database) -> object:
        with db.reading() as connection:
            return ask(connection)

    return asked


QUERIES: dict[str, tuple[str, Callable[[Database], object]]] = {
    "the oldest due": ("ix_sparing_package_queued", lambda db: SqlSparingQueue(db).oldest_due("a", 5)),
    "how many wait": ("ix_sparing_package_queued", lambda db: SqlSparingQueue(db).waiting("a")),
    "the hours of a month": ("ix_sparing_package_start", lambda db: SqlSparingQueue(db).periods("a", 0, 9)),
    "tested": ("ix_sparing_receipt_tests", lambda db: SqlSparingQueue(db).tested("a", "u")),
    "the send log": ("ix_sparing_receipt_point", lambda db: SqlSparingQueue(db).receipts(None, 5, "a")),
    "packages that hold nothing": ("ix_sparing_package_empty", lambda db: SqlSparingQueue(db).set_right("a", 5)),
    "packages given up": ("ix_sparing_package_given_up", lambda db: SqlSparingQueue(db).set_right("a", 5)),
    "records of a part": ("ix_evidence_part", ask_rows(lambda c: rows.of_part(c, SAMPLE, "b"))),
    "records of a time": ("ix_evidence_place", ask_rows(lambda c: rows.touching(c, SAMPLE, "a", None, 0, 9))),
    "records of days": ("ix_evidence_place", ask_rows(lambda c: rows.beginning(c, SAMPLE, "a", 0, 9))),
    "a page of a place": ("ix_evidence_place", ask_rows(lambda c: rows.page(c, SAMPLE, "a", None, 5))),
    "a page of all": ("ix_evidence_start", ask_rows(lambda c: rows.page(c, SAMPLE, None, None, 5))),
}


@pytest.mark.parametrize("question", QUERIES)
def test_the_query_uses_its_index(db: Database, question: str) -> None:
    index, ask = QUERIES[question]
    plan = plan_of(db, ask)
    assert index in plan


def plan_of(db: Database, ask: Callable[[Database], object]) -> str:
    """How the database would answer the first query that `ask` makes."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, _x: object, _m: bool) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    ask(db)
    event.remove(db.engine, "before_cursor_execute", note)
    with db.reading() as connection:
        if db.is_postgresql:  # it would scan an empty table otherwise
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        word = "EXPLAIN" if db.is_postgresql else "EXPLAIN QUERY PLAN"
        return str(connection.exec_driver_sql(f"{word} {asked[0][0]}", asked[0][1]).all())
