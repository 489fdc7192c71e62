"""Is Pantau itself well: the parts' signs of life, what the journal holds, what the counters add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.counters import Counters, DeviceTally
from domain.errors import PantauError
from domain.ports import Heartbeat
from domain.reading import Millis
from domain.services import Services
from domain.vitals import FINE, SILENT_AFTER

ALERTS: Final = "alerts"
STORE_READER: Final = "store"
SPARING: Final = "sparing"


class Trouble(StrEnum):
    """What is wrong with a part."""

    SILENT = "silent"  # spoke once, no longer
    MISSING = "missing"  # never spoke
    DISCONNECTED = "disconnected"
    FAILING = "failing"


@dataclass(frozen=True)
class Part:
    """One part of the system and what ails it."""

    name: str
    at: Millis | None
    detail: dict[str, str | int | float | bool | None]
    trouble: Trouble | None

    @property
    def said(self) -> str:
        """The part's own word on its state, or its last error."""
        for key in ("error", "last_error", "message", "state"):
            if self.detail.get(key) not in FINE:
                return str(self.detail[key])
        return ""


def trouble_of(beat: Heartbeat, now: Millis) -> Trouble | None:
    """What a part's last sign says is wrong."""
    if abs(now - beat.at) > SILENT_AFTER:
        return Trouble.SILENT
    if beat.detail.get("connected") is False:
        return Trouble.DISCONNECTED
    failing = beat.detail.get("ok") is False or beat.detail.get("state") not in FINE
    return Trouble.FAILING if failing else None


def parts_of(beats: Sequence[Heartbeat], now: Millis) -> list[Part]:
    """Every part that ever spoke, and the alerts part even if it never did."""
    parts = [Part(beat.part, beat.at, beat.detail, trouble_of(beat, now)) for beat in beats]
    if not any(part.name == ALERTS for part in parts):
        parts.append(Part(ALERTS, None, {}, Trouble.MISSING))
    return sorted(parts, key=lambda part: part.name)


def read_parts(services: Services, now: Millis) -> list[Part] | None:
    """The parts, or None while nobody can say."""
    try:
        beats = services.heartbeats.all()
        if services.sparing is None or not services.sparing.status().enabled:  # its last sign outlives its being off
            beats = [beat for beat in beats if beat.part != SPARING]
        return parts_of(beats, now)
    except PantauError:
        return None


def last_check(parts: Sequence[Part] | None) -> Part | None:
    """The alerts part: when everything that arrived was last judged."""
    return next((part for part in parts or () if part.name == ALERTS), None)


@dataclass(frozen=True)
class Sum:
    """The counters of one device, or of all. `in_flight` is what is received and not yet booked."""

    device: str
    tally: DeviceTally

    @property
    def in_flight(self) -> int:
        """Messages between the broker and the journal; below 0 it would not add up."""
        booked = self.tally.written + self.tally.dead_lettered + self.tally.redelivered
        return self.tally.received - booked


def sums(counters: Counters) -> list[Sum]:
    """By device, those with refusals first."""
    found = [Sum(device, tally) for device, tally in counters.devices.items()]
    return sorted(found, key=lambda one: (-(one.tally.dead_lettered + one.tally.rejected), one.device))
