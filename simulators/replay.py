"""A recorded CSV, sent as if devices spoke it. Nothing is repaired: rows keep their order, values their digits."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep as wait
from typing import Final

from domain.errors import ConfigurationError
from domain.instants import utc_text
from domain.reading import Millis
from simulators.fault import Outgoing
from simulators.mapping import Mapping, Missing
from simulators.publisher import Publisher

_JSON_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
Sleep = Callable[[float], object]


@dataclass(slots=True)
class ReplayReport:
    """What the file held and what was sent. `values` are numbers, `unreadable` other texts (sent as they stand)."""

    rows: int = 0
    values: int = 0
    missing: int = 0
    unreadable: int = 0
    bad_times: int = 0
    sent: int = 0
    acknowledged: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """One reading that must be stored: `value` None where the file has none and it was sent as null."""

    device: str
    metric: str
    time: Millis
    value: float | None


def replay(
    path: Path, mapping: Mapping, publisher: Publisher, *, speed: float | None = None, sleep: Sleep = wait
) -> ReplayReport:
    """Send the file over a started publisher and wait for its acknowledgements.

    `speed` None sends as fast as the broker acknowledges; 60 sends an hour of the recording in a minute
    (`sleep` waits seconds; a step backwards in time is not waited for). Raises `ConfigurationError` when
    the file lacks a column of the mapping, `Unavailable` when the broker stays away.
    """
    report, before, last = ReplayReport(), publisher.acknowledged, None
    for message in outgoing(path, mapping, report):
        if speed and last is not None and message.time > last:
            sleep((message.time - last) / 1000 / speed)
        last = message.time
        publisher.publish(message.topic, message.payload)
        report.sent += 1
    publisher.wait_for_acknowledged(60.0)
    report.acknowledged = publisher.acknowledged - before
    return report


def outgoing(path: Path, mapping: Mapping, report: ReplayReport) -> Iterator[Outgoing]:
    """The messages of the file in its order, one per row and device that has something to say."""
    devices = mapping.devices()
    for time, row in _rows(path, mapping, report):
        stamp = utc_text(time)
        for device, columns in devices.items():
            parts = [_part(metric, row[heading], mapping, report) for heading, metric in columns]
            said = ",".join(part for part in parts if part)
            if said:
                payload = f'{{"time":"{stamp}",{said}}}'
                yield Outgoing(time, f"pantau/{mapping.site}/{device}/telemetry", payload.encode())


def expected_readings(path: Path, mapping: Mapping) -> Iterator[Expected]:
    """Every reading of the file, in its order. For the same device, metric and time the last one wins.

    Texts that are no number are left out: they become no reading.
    """
    for time, row in _rows(path, mapping, ReplayReport()):
        for heading, column in mapping.columns.items():
            text = row[heading].strip()
            if text in mapping.missing_tokens:
                if mapping.missing is Missing.NULL:
                    yield Expected(column.device, column.metric, time, None)
            elif (number := _number(text)) is not None:
                yield Expected(column.device, column.metric, time, float(number))


def _rows(path: Path, mapping: Mapping, report: ReplayReport) -> Iterator[tuple[Millis, dict[str, str]]]:
    """Rows with a time that can be read; the others are counted."""
    try:
        with path.open(encoding=mapping.encoding, newline="") as file:
            reader = csv.DictReader(file, delimiter=mapping.delimiter, restval="")
            _check_columns(path, mapping, reader.fieldnames or ())
            for row in reader:
                report.rows += 1
                try:
                    time = mapping.time.read(row[mapping.time.column].strip())
                except ValueError:
                    report.bad_times += 1
                    continue
                yield time, row
    except OSError as error:
        raise ConfigurationError.one(path, "", f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError.one(path, "", f"is not {mapping.encoding}: {error.reason}") from None


def _check_columns(path: Path, mapping: Mapping, headings: object) -> None:
    """Every column of the mapping must stand in the file."""
    there = set(headings) if isinstance(headings, (list, tuple)) else set()
    lacking = [name for name in (mapping.time.column, *mapping.columns) if name not in there]
    if lacking:
        raise ConfigurationError.one(
            path, ", ".join(lacking), f"not in the file, which has {', '.join(sorted(there))}"
        )


def _part(metric: str, cell: str, mapping: Mapping, report: ReplayReport) -> str:
    """One member of the JSON object, empty when it is left out."""
    text = cell.strip()
    if text in mapping.missing_tokens:
        report.missing += 1
        return f'"{metric}":null' if mapping.missing is Missing.NULL else ""
    number = _number(text)
    if number is None:
        report.unreadable += 1
        return f'"{metric}":{json.dumps(text)}'
    report.values += 1
    return f'"{metric}":{number}'


def _number(text: str) -> str | None:
    """The text as a JSON number with the file's own digits; None when it is none."""
    if _JSON_NUMBER.fullmatch(text):
        return text
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return repr(float(text))
    return None
