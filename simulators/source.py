"""What a fleet is made of: things that can say what their devices show at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from simulators.fault import Fault
from simulators.randomness import Times, Values

Columns = dict[str, Values]  # metric: one value per time

INTEGERS = frozenset({"run", "cycle_count"})  # metrics sent as JSON integers


class Source(Protocol):
    """One or several devices whose values are a pure function of seed and time."""

    @property
    def devices(self) -> Mapping[str, str]:
        """Each device with its site, in the order in which they speak."""

    def columns(self, times: Times, faults: Sequence[Fault]) -> dict[str, Columns]:
        """What every device shows at those (rising) times. Must not depend on earlier calls."""
