"""The daily logbook of the IPAL (logbook harian), kept per shift and signed per day.

Fields of two real logbooks and of the permit's daily duties. What a sensor knows is filled in and marked as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from domain.errors import Invalid
from domain.evidence import require_finite, require_past_day, require_text
from domain.instants import utc_text
from domain.logbook_day import LogbookShift
from domain.reading import Millis


class Source(StrEnum):
    """Who says it."""

    PERSON = "person"
    SENSOR = "sensor"


class Noted(Struct, frozen=True):
    """A number with who said it; with `sensor`, `device` names the one and `coverage` the share of the shift that its
    good readings cover (0 to 1).
    """

    value: float
    source: Source = Source.PERSON
    device: str | None = None
    coverage: float | None = None


class Status(StrEnum):
    """How the operator judges the shift: AMAN, WASPADA, BAHAYA."""

    SAFE = "aman"
    WATCH = "waspada"
    DANGER = "bahaya"


class Dose(Struct, frozen=True):
    """A chemical as it was dosed (tawas, PAC, kapur …)."""

    chemical: str
    amount: float
    unit: str = "kg"


class LogbookEntry(Struct, frozen=True):
    """One shift of one day. pH, m3 (of the shift), Cel, h of blower, kWh of the IPAL's meter; None: not noted.

    `sensed`: what the sensors said of the same fields when this was written. It stands beside what a person wrote.
    """

    site: str
    day: date
    shift: str
    operator: str
    ph_inlet: Noted | None = None
    ph_outlet: Noted | None = None
    volume_inlet: Noted | None = None
    volume_outlet: Noted | None = None
    temperature_inlet: Noted | None = None
    temperature_outlet: Noted | None = None
    blower_hours: Noted | None = None
    energy: Noted | None = None
    colour_inlet: str = ""
    colour_outlet: str = ""
    doses: tuple[Dose, ...] = ()
    complaints: str = ""
    notes: str = ""
    status: Status | None = None
    sensed: dict[str, Noted] = {}


class SignedDay(Struct, frozen=True):
    """An officer signs a day: the entries as they stood, by revision. A later correction shows as such."""

    site: str
    day: date
    officer: str
    entries: tuple[tuple[str, int], ...]  # (record, revision)
    note: str = ""
    sha256: str = ""  # `fingerprint` of what was signed


def fingerprint(entries: Sequence[LogbookEntry]) -> str:
    """SHA-256 of entries as they stand, whatever order they are given in."""
    said = sorted(msgspec.json.encode(one, order="sorted") for one in entries)
    return sha256(b"\n".join(said)).hexdigest()


_NUMBERS: Final = (
    "ph_inlet", "ph_outlet", "volume_inlet", "volume_outlet", "temperature_inlet", "temperature_outlet",
    "blower_hours", "energy",
)  # fmt: skip
_BOUNDS: Final = {"ph_inlet": (0.0, 14.0), "ph_outlet": (0.0, 14.0), "blower_hours": (0.0, 24.0)}


def check_entry(entry: LogbookEntry, now: Millis, zone: ZoneInfo) -> None:
    """Raises Invalid naming the field."""
    require_past_day(entry.day, zone, now, "day")
    require_text(entry.shift, "shift", empty=False)
    require_text(entry.operator, "operator", empty=False)
    for field in _NUMBERS:
        _check_number(field, getattr(entry, field))
    for field, noted in entry.sensed.items():
        if field not in _NUMBERS or noted.source is not Source.SENSOR:
            raise Invalid("is no number of the logbook that a sensor said", f"sensed.{field}")
        _check_number(field, noted)
    for field in ("colour_inlet", "colour_outlet", "complaints", "notes"):
        require_text(getattr(entry, field), field)
    for at, dose in enumerate(entry.doses):
        require_text(dose.chemical, f"doses[{at}].chemical", empty=False)
        require_finite([dose.amount], f"doses[{at}].amount", least=0)


def _check_number(field: str, noted: Noted | None) -> None:
    if noted is None:
        return
    require_finite([noted.value], field, least=None if field.startswith("temperature") else 0)
    low, high = _BOUNDS.get(field, (float("-inf"), float("inf")))
    if not low <= noted.value <= high:
        raise Invalid(f"is not between {low:g} and {high:g}", field)
    if (noted.source is Source.SENSOR) != (noted.device is not None):
        raise Invalid("a sensor's number names its device, a person's does not", field)


def check_signed(signed: SignedDay, now: Millis, over: Millis) -> None:
    """Raises Invalid naming the field: a day is signed when it is over (`over`, in ms), and not without entries."""
    require_text(signed.officer, "officer", empty=False)
    if now < over:
        raise Invalid(f"{signed.day} is not over; it can be signed from {utc_text(over)} on", "day")
    if not signed.entries:
        raise Invalid("nothing was written for this day", "day")


def check_begun(entry: LogbookEntry, shifts: Sequence[LogbookShift], now: Millis) -> None:
    """Raises Invalid for a shift that has not begun."""
    if any(one.id == entry.shift and one.start > now for one in shifts):
        raise Invalid(f"the shift {entry.shift} of {entry.day} lies in the future", "shift")
