"""How metrics are called, and what a device profile says about its own, for pages, rules and checks."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from domain.machine import RunSource
from domain.text import Text

NAMES: Final[dict[str, Text]] = {
    "ph": Text(id="pH", en="pH"),
    "temperature": Text(id="Suhu", en="Temperature"),
    "cod": Text(id="COD", en="COD"),
    "tss": Text(id="TSS", en="TSS"),
    "nh3n": Text(id="Amonia (NH3-N)", en="Ammonia (NH3-N)"),
    "bod": Text(id="BOD", en="BOD"),
    "colour": Text(id="Warna", en="Colour"),
    "do": Text(id="Oksigen terlarut (DO)", en="Dissolved oxygen (DO)"),
    "flow_rate": Text(id="Debit", en="Flow"),
    "level": Text(id="Level", en="Level"),
    "stock": Text(id="Stok bahan kimia", en="Chemical stock"),
    "power": Text(id="Daya", en="Power"),
}
"""How a metric is called in a sentence where no profile is at hand."""


def name_of(metric: str) -> Text:
    """The metric in a sentence; one we do not know by its own word."""
    return NAMES.get(metric) or Text(id=metric, en=metric)


class MetricKind(StrEnum):
    """How the values of a metric behave."""

    GAUGE = "gauge"
    COUNTER = "counter"  # only grows, may reset
    DELTA = "delta"  # what was counted since the last message; adds up
    STATE = "state"  # 0 or 1


class MetricInfo(Struct, frozen=True):
    """One metric as a profile declares it. `low` and `high` bound what is physically possible.

    `interval` is the expected time between readings and `grace` what is tolerated on top, in seconds.
    `decimals` is the resolution to show. `modulus` and `max_rate` (per second) are those of `domain.increase`.
    """

    metric: str
    unit: str
    name: Text
    kind: MetricKind = MetricKind.GAUGE
    low: float | None = None
    high: float | None = None
    interval: float | None = None
    grace: float | None = None
    decimals: int = 1
    modulus: float | None = None
    max_rate: float | None = None

    @property
    def spacing(self) -> float | None:
        """s between two readings beyond which there is a gap: longer than the interval and its grace, and than two
        intervals. None where nothing is expected in time.
        """
        return None if self.interval is None else max(self.interval + (self.grace or 0.0), 2 * self.interval)


class ProfileInfo(Struct, frozen=True):
    """One device profile as people see it. `run`: how the state of such a machine is known."""

    name: str
    title: Text
    format: str
    topics: tuple[str, ...]
    metrics: tuple[MetricInfo, ...]
    source: str | None = None
    run: RunSource | None = None
