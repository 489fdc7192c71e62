"""Records and packages as the letter shows them: keys, their order, units, Unix seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from domain.ports_readings import ReadingQuery
from domain.reading import Millis
from domain.sparing import Package, PackageKind, PackageState, Parameter
from reports.sparing.conditions import Intervals, code_of
from reports.sparing.config import PartialRecords, SparingConfig, SparingPoint
from reports.sparing.slots import Values, slot_values, slots_between

Record = dict[str, Any]
RECHECK: Final[Millis] = 3_600_000
"""A period without data is looked at again after so long, then ever more rarely: late data may have come."""


class PackageMaker:
    """Makes packages of what was measured. Nothing is filled, invented or clamped."""

    def __init__(self, config: SparingConfig, readings: ReadingQuery, intervals: Intervals | None = None) -> None:
        """`intervals` are asked only where the settings allow condition codes."""
        self._config = config
        self._readings = readings
        self._intervals = intervals if config.condition_codes else None

    def package(self, point: SparingPoint, kind: PackageKind, start: Millis, stop: Millis, now: Millis) -> Package:
        """The package of [start, stop); `empty` where no slot of it can be sent. Raises Invalid, Unavailable."""
        records, missing = self.records(point, start, stop)
        return Package(
            point=point.point,
            kind=kind,
            start=start,
            stop=stop,
            payload=payload(point.uid, kind, records) if records else "",
            records=len(records),
            queued_at=now,
            next_attempt_at=now if records else now + max(RECHECK, now - stop),
            missing=tuple(missing),
            state=PackageState.QUEUED if records else PackageState.EMPTY,
        )

    def records(self, point: SparingPoint, start: Millis, stop: Millis) -> tuple[list[Record], list[int]]:
        """The records of the slots that can be sent, and the starts (Unix s) of those that cannot."""
        measured = slot_values(self._readings, point, start, stop)
        records: list[Record] = []
        missing: list[int] = []
        for slot in slots_between(start, stop):
            values = self._complete(point, slot, measured.get(slot, {}))
            if values is None:
                missing.append(slot // 1000)
            else:
                records.append({"datetime": slot // 1000, **values})
        return records, missing

    def _complete(self, point: SparingPoint, slot: Millis, values: Values) -> dict[str, float] | None:
        """What is sent of a slot, in the letter's order; None where it is left out."""
        written: dict[str, float] = {}
        for parameter in (known for known in Parameter if known in point.sensors):
            if parameter in values:
                value = self._config.on_the_wire(parameter, values[parameter])
                written |= {} if value is None else {parameter.value: value}
            elif (code := self._code(point, parameter, slot)) is not None:
                written[parameter.value] = code
        whole = len(written) == len(point.sensors)
        return written if whole or (written and self._config.partial_records is PartialRecords.SEND) else None

    def _code(self, point: SparingPoint, parameter: Parameter, slot: Millis) -> int | None:
        code = None if self._intervals is None else code_of(self._intervals, point.sensors[parameter], slot)
        return None if code is None else int(code)


def payload(uid: str, kind: PackageKind, records: Sequence[Mapping[str, Any]]) -> str:
    """The claims as JSON text: `{uid, data: […]}` hourly, `{uid, …record}` for the doors that take one."""
    claims = {"uid": uid, "data": records} if kind is PackageKind.HOURLY else {"uid": uid, **records[0]}
    return msgspec.json.encode(claims).decode()


def without(package: Package, slots: Sequence[int]) -> tuple[str, int]:
    """An hourly payload less the records of these slots (Unix s), and how many records are left in it."""
    claims = msgspec.json.decode(package.payload)
    left = [record for record in claims["data"] if record["datetime"] not in slots]
    return payload(claims["uid"], package.kind, left), len(left)


def slots_in(package: Package) -> list[int]:
    """The starts (Unix s) of the records in a payload."""
    if not package.payload:
        return []
    claims = msgspec.json.decode(package.payload)
    return [record["datetime"] for record in claims.get("data", [claims])]
