"""A counter is never corrected: a step of its reading would be taken for what it counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.calibration import Correction
from domain.errors import Invalid
from storage.database import Database
from storage.evidence_calibrations import SqlCorrections
from support.cast import HOUR, NOON
from support.evidence import WHO, places

LATER = NOON + 2 * HOUR


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{tmp_path / 'pantau.db'}")) as database:
        database.migrate()
        yield database


def counts(device: str, metric: str) -> bool:
    """Totals do."""
    return metric.endswith("_total")


def correction(metric: str) -> Correction:
    return Correction("outlet", metric, NOON, 50.0, reason="alat diganti")


def test_a_correction_of_a_counter_is_refused(db: Database) -> None:
    with pytest.raises(Invalid, match="flow_total is a counter") as refused:
        SqlCorrections(db, places(), counts).add(correction("flow_total"), WHO, LATER)
    assert refused.value.field == "metric"


def test_a_gauge_is_corrected(db: Database) -> None:
    book = SqlCorrections(db, places(), counts)
    book.add(correction("flow_rate"), WHO, LATER)
    assert len(book.in_force("outlet", "flow_rate", NOON, LATER)) == 1


def test_one_stored_before_that_was_refused_is_not_in_force(db: Database) -> None:
    SqlCorrections(db, places()).add(correction("flow_total"), WHO, LATER)
    assert SqlCorrections(db, places(), counts).in_force("outlet", "flow_total", NOON, LATER) == []
