"""What is kept about rules besides the rules: their versions, the service of machines, trials on history."""

from __future__ import annotations

from msgspec import Struct

from domain.reading import Millis
from domain.rule import Rule
from domain.text import Text


class RuleVersion(Struct, frozen=True):
    """A rule as it was from `at` on; `rule` is None where it was removed."""

    id: str
    version: int
    at: Millis
    who: str
    rule: Rule | None


class ServiceRecord(Struct, frozen=True):
    """Service done on a machine. `run_hours`: what its hour meter said then, where somebody read it (h)."""

    device: str
    at: Millis
    who: str
    note: str
    run_hours: float | None = None
    id: int = 0


class Episode(Struct, frozen=True):
    """One alert a rule would have raised; `stop` is None where it would still hold. `peak` in the metric's unit."""

    device: str
    metric: str
    start: Millis
    stop: Millis | None
    peak: float | None
    limit: float | None


class WhatIf(Struct, frozen=True):
    """What a rule would have done on stored history of [start, stop).

    `chattering`: how often it would have been held down. `readings`: how many were judged. `notes`: what limits the
    answer (no history of a device, readings missing), each with its reason.
    """

    rule: str
    start: Millis
    stop: Millis
    readings: int
    episodes: list[Episode]
    chattering: int
    devices: list[str]
    notes: list[Text]
    truncated: bool = False  # more episodes than are listed
    total: int = 0  # episodes in all
