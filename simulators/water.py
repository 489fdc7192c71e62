"""Water: what is dissolved and suspended in it, its pH, and how a disturbance travels through tanks in series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from simulators.randomness import Times, Values

STAGES: Final = (
    "inlet", "ekualisasi", "koagulasi-flokulasi", "sedimentasi", "anaerob", "aerob", "filtrasi", "outlet",
)  # fmt: skip
SPECIES: Final = ("alkali", "cod", "tss", "nh3n", "temperature")  # meq/L, mg/L, mg/L, mg/L, Cel

_NEUTRAL = 7.2  # pH of the water when no free alkali is left
_BUFFER = 0.1  # meq/L
_SLOPE = 0.7  # pH per unit of asinh


def ph_of(alkali: Values) -> Values:
    """pH of a water with so much free alkali (meq/L; negative: acid).

    The shape of a titration curve: steep around neutral, flat towards both ends. Strong base in pure water
    would give 7 + asinh(c / 2e-7) / ln 10; buffer and slope stand for the carbonates of batik waste water,
    so that 1 meq/L gives 9.3 and 15 meq/L 11.2.
    """
    return _NEUTRAL + _SLOPE * np.arcsinh(alkali / _BUFFER)


def erlang(order: int, ratio: Values) -> Values:
    """Share of a step that has come through `order` stirred tanks after `ratio` residence times of one tank.

    The step response of equal CSTRs in series: 1 - exp(-x) * sum(x**k / k!, k < order).
    """
    x = np.maximum(ratio, 0.0)
    term = np.exp(-x)
    left = term.copy()
    for k in range(1, order):
        term = term * x / k
        left = left + term
    return 1.0 - left


@dataclass(frozen=True, slots=True)
class Pulse:
    """Something added to the water of a stage for a while.

    `start` and `duration` in ms; `residence` in ms of each stage on the way; `addition` is what a steady
    addition would raise each species by, in the order of `SPECIES`.
    """

    stage: str
    start: int
    duration: int
    residence: int
    addition: tuple[float, float, float, float, float]

    def share(self, stage: str, times: Times) -> Values | None:
        """Which share of the addition a stage shows at those times; None upstream of it."""
        order = STAGES.index(stage) - STAGES.index(self.stage) + 1
        if order < 1:
            return None
        since = (times - self.start) / self.residence
        return erlang(order, since) - erlang(order, since - self.duration / self.residence)

    @property
    def over(self) -> int:
        """When even the last stage shows less than a millionth of it."""
        return self.start + self.duration + 32 * self.residence
