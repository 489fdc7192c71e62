"""What a sensor adds to the truth: noise, and rounding to its resolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulators.randomness import Times, Values, key, noise


@dataclass(frozen=True, slots=True)
class Sensor:
    """`deviation` of its noise in the metric's unit, and its resolution as steps per unit (100: 0.01).

    `relative` noise grows with the value (a share of it). `lowest` is where the instrument's scale ends.
    """

    steps: int = 100
    deviation: float = 0.0
    relative: float = 0.0
    lowest: float | None = 0.0

    def read(self, seed: int, name: str, times: Times, truth: Values) -> Values:
        """What the instrument shows for the truth at those times."""
        shown = truth
        if self.deviation or self.relative:
            shown = truth + noise(key(seed, name), times) * (self.deviation + self.relative * np.abs(truth))
        if self.lowest is not None:
            shown = np.maximum(shown, self.lowest)
        return np.rint(shown * self.steps) / self.steps


PH = Sensor(steps=100, deviation=0.015)
TEMPERATURE = Sensor(steps=10, deviation=0.05, lowest=None)
TSS = Sensor(steps=10, relative=0.015)
COD = Sensor(steps=10, relative=0.012)
NH3N = Sensor(steps=100, relative=0.015)
DO = Sensor(steps=100, deviation=0.02)
LEVEL = Sensor(steps=10, deviation=0.12)
FLOW_RATE = Sensor(steps=1000, relative=0.008)
FLOW_TOTAL = Sensor(steps=1000)
DOSE_RATE = Sensor(steps=100, relative=0.005)
STOCK = Sensor(steps=10)
SWITCH = Sensor(steps=1)
COUNTER = Sensor(steps=1)
POWER = Sensor(steps=1000, relative=0.03)
