"""Calibration mode: one row says from when to when; its flags and its pause stand in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, update

from domain.errors import Invalid
from domain.evidence import EvidenceKind, Revision
from domain.function_check import REASON, FunctionCheck, check_function_check
from domain.instants import utc_text
from domain.metrics import name_of
from domain.places import Places
from domain.reading import FAIL, Millis
from storage.database import Database
from storage.evidence_book import Shape, SqlBook
from storage.models import pause, quality_interval


class SqlFunctionChecks(SqlBook[FunctionCheck]):
    """A revision with an earlier end ends it early; one with a later end makes it longer."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(record: FunctionCheck, now: Millis) -> None:
            places.zone_of_device(record.device)
            check_function_check(record, now)

        def also(
            connection: Connection, before: Revision[FunctionCheck] | None, after: Revision[FunctionCheck]
        ) -> None:
            if before is not None:
                _take_back(connection, before)
            if not after.removed:
                _flag(connection, after)
            _hold(connection, before, after, places.site_of_device(after.record.device))

        super().__init__(
            db,
            Shape(
                EvidenceKind.FUNCTION_CHECK,
                FunctionCheck,
                lambda one: (one.device, "", one.start, one.stop),
                check,
                beside=_one_at_a_time,
                also=also,
            ),
        )


def _one_at_a_time(record: FunctionCheck, others: Sequence[tuple[str, FunctionCheck]]) -> None:
    for name, other in others:
        said = f"{', '.join(other.metrics)} until {utc_text(other.stop)}"
        raise Invalid(f"this device is in calibration mode already ({name}: {said}); end that first", "device")


def _take_back(connection: Connection, before: Revision[FunctionCheck]) -> None:
    one, c = before.record, quality_interval.c
    said = (c.device == one.device, c.start == one.start, c.reason == REASON, c.who == before.who)
    connection.execute(delete(quality_interval).where(*said))


def _flag(connection: Connection, after: Revision[FunctionCheck]) -> None:
    one = after.record
    shared = {"device": one.device, "start": one.start, "stop": one.stop, "flag": FAIL, "reason": REASON}
    rows = [{**shared, "metric": metric, "who": after.who} for metric in one.metrics]
    connection.execute(insert(quality_interval), rows)


def _hold(
    connection: Connection, before: Revision[FunctionCheck] | None, after: Revision[FunctionCheck], site: str
) -> None:
    """The pause of the device: the same stretch, with a reason that people read."""
    one = after.record
    row = {"site": site, "device": one.device, "start": one.start, "reason": _why(one)}
    if before is None:
        connection.execute(insert(pause), [{**row, "stop": one.stop, "who": after.who}])
        return
    was = before.record
    stop = max(one.start, after.at) if after.removed else one.stop
    ended = after.who if stop < was.stop else None
    same = (pause.c.device == was.device, pause.c.start == was.start, pause.c.reason == _why(was))
    connection.execute(update(pause).where(*same).values(**row, stop=stop, ended_by=ended))


def _why(one: FunctionCheck) -> str:
    return f"Kalibrasi {', '.join(name_of(metric).id for metric in one.metrics)}" + (
        f": {one.note}" if one.note else ""
    )
