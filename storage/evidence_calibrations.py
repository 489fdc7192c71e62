"""Calibrations, corrections from a moment on, and judgement of readings by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from domain.calibration import Correction, check_calibration, check_correction, require_free, require_no_counter
from domain.condition import HandJudgement, check_judgement
from domain.errors import Invalid
from domain.evidence import EvidenceKind, Revision
from domain.places import Places
from domain.reading import Millis
from domain.report_records import CalibrationRecord
from storage.database import Database
from storage.evidence_book import Place, Shape, SqlBook
from storage.models import quality_interval


class SqlCalibrations(SqlBook[CalibrationRecord]):
    """Also `domain.ports_evidence.CalibrationBook`."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(record: CalibrationRecord, now: Millis) -> None:
            check_calibration(record, now, places.zone_of_device(record.device))

        def beside(record: CalibrationRecord, others: Sequence[tuple[str, CalibrationRecord]]) -> None:
            require_free(record, [msgspec.structs.replace(other, id=name) for name, other in others])

        super().__init__(
            db, Shape(EvidenceKind.CALIBRATION, CalibrationRecord, _of_calibration, check, beside=beside)
        )

    def calibrations(self, device: str, start: Millis, stop: Millis) -> list[CalibrationRecord]:
        """Those of a device that share a moment with [start, stop), by start; newest revision of each only."""
        return [_numbered(found) for found in self.touching(device, None, start, stop)]

    def newest(self, device: str | None = None) -> dict[tuple[str, str], CalibrationRecord]:
        """The last of every (device, metric), or of one device, for what is due next."""
        return {(one.record.device, one.record.metric): _numbered(one) for one in self.last_of_parts(device)}

    def last_before(self, device: str, metric: str, at: Millis) -> CalibrationRecord | None:
        """The one that ended last at or before a moment."""
        found = self.last_ended(device, metric, at)
        return None if found is None else _numbered(found)


def _none_counts(device: str, metric: str) -> bool:
    return False


class SqlCorrections(SqlBook[Correction]):
    """Offsets and slopes, each from a moment on. `counts`: which metrics are counters, that none may change; one
    stored before that was refused is not in force.
    """

    def __init__(self, db: Database, places: Places, counts: Callable[[str, str], bool] = _none_counts) -> None:
        def check(record: Correction, now: Millis) -> None:
            places.zone_of_device(record.device)
            check_correction(record, now)
            require_no_counter(record, counts(record.device, record.metric))

        self._counts = counts

        super().__init__(db, Shape(EvidenceKind.CORRECTION, Correction, _of_correction, check, beside=_one_at_a_time))

    def in_force(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Correction]:
        """Those that matter to readings of [start, stop), by start: the one in force at its beginning as well."""
        found = [one.record for one in self.beginning(device, 0, stop - 1) if one.record.metric == metric]
        if found and self._counts(device, metric):
            return []
        earlier = [one for one in found if one.start <= start]
        return earlier[-1:] + [one for one in found if one.start > start]


class SqlHandJudgements(SqlBook[HandJudgement]):
    """What people say of readings. The one that counts stands among the quality intervals, the others here."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(record: HandJudgement, now: Millis) -> None:
            places.zone_of_device(record.device)
            check_judgement(record, now)

        super().__init__(db, Shape(EvidenceKind.JUDGEMENT, HandJudgement, _of_judgement, check, also=_in_overlay))


def _of_calibration(record: CalibrationRecord) -> Place:
    return record.device, record.metric, record.start, record.stop


def _of_correction(record: Correction) -> Place:
    return record.device, record.metric, record.start, record.start + 1


def _of_judgement(record: HandJudgement) -> Place:
    return record.device, record.metric, record.start, record.stop


def _numbered(found: Revision[CalibrationRecord]) -> CalibrationRecord:
    return msgspec.structs.replace(found.record, id=found.id, revision=found.number)


def _one_at_a_time(record: Correction, others: Sequence[tuple[str, Correction]]) -> None:
    if others:
        raise Invalid(f"the correction {others[0][0]} begins at the same moment; correct that one", "start")


def _in_overlay(
    connection: Connection, before: Revision[HandJudgement] | None, after: Revision[HandJudgement]
) -> None:
    """The interval of the revision before goes, that of this one comes."""
    table = quality_interval.c
    if before is not None and not before.removed:
        connection.execute(delete(quality_interval).where(*_same(before)))
    if after.removed:
        return
    if connection.execute(select(table.id).where(*_same(after))).first() is not None:
        raise Invalid(f"{after.who} has judged this series from this moment on already; correct that", "start")
    record = after.record
    values = {"device": record.device, "metric": record.metric, "start": record.start, "stop": record.stop}
    values |= {"flag": record.flag, "reason": record.category.value, "who": after.who}
    connection.execute(insert(quality_interval), [values])


def _same(revision: Revision[HandJudgement]) -> tuple[ColumnElement[bool], ...]:
    table, record = quality_interval.c, revision.record
    return (
        table.device == record.device,
        table.metric == record.metric,
        table.start == record.start,
        table.who == revision.who,
    )
