"""Every fault by name. Adding one is one small class here and its line in `FAULTS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from domain.reading import Reason
from simulators.fault import Expectation, ExpectedAlert, Fault, Upstream
from simulators.randomness import Times, Values


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
class Dropout(Fault):
    """A device falls silent without a word (no status message)."""

    name: ClassVar[str] = "dropout"
    summary: ClassVar[str] = "no messages from one device"

    @property
    def expectation(self) -> Expectation:
        """Only silence: one alert for the device."""
        return Expectation(alerts=(ExpectedAlert("no_data", self.target),))

    def sent(self, device: str, times: Times) -> NDArray[np.bool_] | None:
        """Nothing of the target while it lasts."""
        return ~self.during(times) if device == self.target else None


@dataclass(frozen=True, kw_only=True)
class Stuck(Fault):
    """A sensor repeats the value it showed when the fault began."""

    name: ClassVar[str] = "stuck"
    summary: ClassVar[str] = "one metric of one device stands still"

    @property
    def expectation(self) -> Expectation:
        """Nothing at the door: one repeated value is a good value. The windowed check finds it later."""
        return Expectation()

    def show(self, device: str, metric: str, times: Times, shown: Values, at: Callable[[Times], Values]) -> Values:
        """The value of the first moment."""
        if (device, metric) != (self.target, self.metric):
            return shown
        return np.where(self.during(times), at(np.array([self.start], dtype=np.int64))[0], shown)


@dataclass(frozen=True, kw_only=True)
class OutOfRange(Fault):
    """A sensor shows a number that its quantity cannot have (a pH of 15.2, a broken wire's full scale)."""

    name: ClassVar[str] = "out_of_range"
    summary: ClassVar[str] = "one metric shows an impossible number"
    value: float = 15.2

    @property
    def expectation(self) -> Expectation:
        """The reading is kept, flagged, and judged by no limit."""
        return Expectation(flags=(Reason.OUT_OF_RANGE,))

    def show(self, device: str, metric: str, times: Times, shown: Values, at: Callable[[Times], Values]) -> Values:
        """The impossible number."""
        if (device, metric) != (self.target, self.metric):
            return shown
        return np.where(self.during(times), self.value, shown)


FAULTS: Final[dict[str, type[Fault]]] = {
    fault.name: fault for fault in (DyeDump, DosingPumpOff, Dropout, Stuck, OutOfRange)
}
