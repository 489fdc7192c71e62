"""Service done on machines: kept, audited, and the newest of each."""

from __future__ import annotations

import pytest

from domain.errors import NotFound
from domain.rule_record import ServiceRecord
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.maintenance import SqlMaintenance
from storage.registry import SqlRegistry
from support.alerting import NOON
from support.installations import SMALL

DAY = 86_400_000


@pytest.fixture
def maintenance(db: Database) -> SqlMaintenance:
    SqlRegistry(db).apply(SMALL, "sari", NOON)
    return SqlMaintenance(db)


def done(at: int, device: str = "outlet", run_hours: float | None = None) -> ServiceRecord:
    """Service so many days after noon."""
    return ServiceRecord(device, NOON + at * DAY, "budi", "oli diganti", run_hours)


def test_a_record_comes_back_with_its_id(maintenance: SqlMaintenance) -> None:
    made = maintenance.add(done(0, run_hours=1_204.5))
    assert made.id > 0
    assert maintenance.page(None, 10, None).items == [made]


def test_an_unknown_device_is_not_found(maintenance: SqlMaintenance) -> None:
    with pytest.raises(NotFound, match="press-1"):
        maintenance.add(done(0, "press-1"))


def test_the_last_is_the_newest_of_every_device(maintenance: SqlMaintenance) -> None:
    kept = [maintenance.add(record) for record in (done(5), done(1), done(2, "inlet"), done(5, run_hours=7.0))]
    assert maintenance.last() == {"outlet": kept[3], "inlet": kept[2]}


def test_a_machine_never_serviced_has_no_last(maintenance: SqlMaintenance) -> None:
    assert maintenance.last() == {}


def test_records_are_paged_newest_first(maintenance: SqlMaintenance) -> None:
    for at in (1, 3, 2):
        maintenance.add(done(at))
    first = maintenance.page(None, 2, None)
    second = maintenance.page(first.next, 2, None)
    assert [one.at for one in first.items + second.items] == [NOON + at * DAY for at in (3, 2, 1)]


def test_records_are_narrowed_to_a_device(maintenance: SqlMaintenance) -> None:
    maintenance.add(done(1))
    mine = maintenance.add(done(2, "inlet"))
    assert maintenance.page(None, 10, "inlet").items == [mine]


def test_service_is_audited(maintenance: SqlMaintenance, db: Database) -> None:
    maintenance.add(done(1))
    entry = SqlAuditLog(db).page(None, 1).items[0]
    assert (entry.action, entry.target, entry.who, entry.at) == ("service", "device/outlet", "budi", NOON + DAY)


def test_service_noted_afterwards_is_audited_when_it_was_noted(maintenance: SqlMaintenance, db: Database) -> None:
    maintenance.add(done(1), NOON + 3 * DAY)
    assert SqlAuditLog(db).page(None, 1).items[0].at == NOON + 3 * DAY
