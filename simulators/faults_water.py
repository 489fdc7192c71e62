"""Faults of the plant: the water is wrong and the sensors are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from domain.reading import Millis
from simulators.fault import FOREVER, Expectation, ExpectedAlert, Fault, Upstream
from simulators.local_time import HOUR
from simulators.randomness import Times, Values

METERS = ("debit-inlet", "debit-outlet")


def _limits(*metrics: str) -> tuple[ExpectedAlert, ...]:
    """Limit alerts at the compliance point."""
    return tuple(ExpectedAlert("limit", "ipal-outlet", metric) for metric in metrics)


@dataclass(frozen=True, kw_only=True)
class DyeDump(Upstream):
    """A bath of dye and soda ash is emptied into a stage past the equalisation."""

    name: ClassVar[str] = "dye_dump"
    summary: ClassVar[str] = "pH, COD and TSS rise stage by stage down to the outlet"
    addition: tuple[float, float, float, float, float] = field(default=(4.0, 160.0, 55.0, 1.5, 1.5))

    @property
    def expectation(self) -> Expectation:
        """The water is wrong, the sensors are right: limit alerts, no flags."""
        return Expectation(alerts=_limits("ph", "cod", "tss"))


@dataclass(frozen=True, kw_only=True)
class DosingPumpOff(Upstream):
    """The dosing pump stands: alkaline water is no longer neutralised, and flocs no longer form."""

    name: ClassVar[str] = "dosing_pump_off"
    summary: ClassVar[str] = "the pump says 0, then pH and TSS rise from the coagulation to the outlet"
    target: str = "dosing-koagulan"
    addition: tuple[float, float, float, float, float] = field(default=(3.0, 35.0, 40.0, 0.0, 0.0))

    @property
    def expectation(self) -> Expectation:
        """The outlet leaves its limits while the pump reports that it does not run."""
        return Expectation(alerts=_limits("ph", "tss"))

    def operate(self, times: Times, truth: Mapping[str, dict[str, Values]]) -> None:
        """It neither runs nor doses; its stock stays as the plant has it."""
        during = self.during(times)
        for metric in ("run", "dose_rate"):
            truth[self.target][metric][during] = 0.0


@dataclass(frozen=True, kw_only=True)
class Flood(Fault):
    """A cloudburst runs into the plant: the equalisation tank overflows, both meters show `inflow` m3/h more."""

    name: ClassVar[str] = "flood"
    summary: ClassVar[str] = "the equalisation tank is over full and both flow meters show far more than usual"
    target: str = "bak-ekualisasi"
    metric: str = "level"
    inflow: float = 8.0
    level: float = 104.0  # %

    @property
    def expectation(self) -> Expectation:
        """Where a house rule watches the level, its alert; more water than usual is no exceedance."""
        return Expectation(alerts=(ExpectedAlert("limit", self.target, self.metric),))

    @property
    def over(self) -> Millis:
        """What ran through the meters stays on their totals."""
        return FOREVER

    def operate(self, times: Times, truth: Mapping[str, dict[str, Values]]) -> None:
        """The tank is over full; the meters count the storm water too."""
        if self.target not in truth:
            return
        during = self.during(times)
        truth[self.target][self.metric][during] = self.level
        raining = np.clip(times - self.start, 0, self.duration) / HOUR
        for meter in METERS:
            truth[meter]["flow_rate"] = truth[meter]["flow_rate"] + self.inflow * during
            truth[meter]["flow_total"] = truth[meter]["flow_total"] + self.inflow * raining
