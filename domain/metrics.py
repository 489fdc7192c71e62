"""What a device profile says about its metrics, for pages, rules and checks."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from domain.text import Text


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


class ProfileInfo(Struct, frozen=True):
    """One device profile as people see it."""

    name: str
    title: Text
    format: str
    topics: tuple[str, ...]
    metrics: tuple[MetricInfo, ...]
    source: str | None = None
