"""Counts for each actor (one rule on one device's metric), gathered life by life. Pure; grows with the rings."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import ceil
from typing import Final, NamedTuple

from domain.performance import Actor
from domain.reading import Millis
from storage.alert_lives import Life, chattering_spells

WORST: Final = 10


class ActorKey(NamedTuple):
    """One rule on one device's metric."""

    rule: str
    site: str
    device: str
    metric: str


class ActorTally:
    """What one actor did."""

    def __init__(self) -> None:
        self.rang = 0
        self.alerts = 0  # that rang at all
        self.acknowledged = 0
        self._held = 0
        self._rises = array("q")
        self._lasted = array("q")

    def add(self, life: Life) -> None:
        """One alert more."""
        self.rang += len(life.heard)
        self.alerts += bool(life.heard)
        self.acknowledged += len(life.waits)
        self._held += life.held
        self._rises.extend(life.rises)
        self._lasted.extend(life.lasted)

    @property
    def chattering(self) -> int:
        """How often it chattered: held down for it, or so by the count of its rises."""
        return max(self._held, chattering_spells(self._rises))

    @property
    def ended(self) -> int:
        """How often its condition came and went."""
        return len(self._lasted)

    def lasted(self, share: float) -> Millis | None:
        """How long it held: not longer in this share of the times."""
        return quantile(self._lasted, share)

    def actor(self, key: ActorKey, total: int) -> Actor:
        """As it is shown, `total` being the rings of all."""
        share = self.rang / total if total else 0.0
        return Actor(*key, self.rang, share, self.chattering, self.lasted(0.5))


def worst_first(tallies: dict[ActorKey, ActorTally]) -> list[tuple[ActorKey, ActorTally]]:
    """Those that rang most first."""
    return sorted(tallies.items(), key=lambda one: (-one[1].rang, one[0]))


def quantile(values: Sequence[Millis], share: float) -> Millis | None:
    """By nearest rank: the smallest value that is not exceeded by this share of them. None without any."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None
