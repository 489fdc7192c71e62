"""Faults of one instrument: one metric of one device says something else than the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from domain.reading import Millis, Reason
from simulators.fault import FOREVER, Expectation, ExpectedAlert, Fault
from simulators.randomness import Times, Values

At = Callable[[Times], Values]


@dataclass(frozen=True, kw_only=True)
class Instrument(Fault):
    """Changes what `metric` of `target` shows, by `shown_as`."""

    def show(self, device: str, metric: str, times: Times, shown: Values, at: At) -> Values:
        """Only that metric, only while the fault lasts."""
        if (device, metric) != (self.target, self.metric):
            return shown
        return np.where(self.during(times), self.shown_as(times, shown, at), shown)

    def shown_as(self, times: Times, shown: Values, at: At) -> Values:
        """What is shown instead; `at` tells what would be shown at other times."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class PhDrift(Instrument):
    """A pH electrode ages or fouls: what it shows moves away from the truth, by `drift` when the fault ends."""

    name: ClassVar[str] = "ph_drift"
    summary: ClassVar[str] = "a pH moves away from the truth, slowly and steadily"
    metric: str = "ph"
    drift: float = 2.5

    @property
    def expectation(self) -> Expectation:
        """Nobody can see at the door that a plausible value is wrong: at the outlet it ends as a limit alert."""
        at_outlet = self.target == "ipal-outlet"
        return Expectation(alerts=(ExpectedAlert("limit", self.target, "ph"),) if at_outlet else ())

    def shown_as(self, times: Times, shown: Values, at: At) -> Values:
        """The truth and a growing error, to two decimals."""
        return np.round(shown + self.drift * (times - self.start) / self.duration, 2)


@dataclass(frozen=True, kw_only=True)
class Stuck(Instrument):
    """A sensor repeats the value it showed when the fault began."""

    name: ClassVar[str] = "stuck"
    summary: ClassVar[str] = "one metric of one device stands still"

    @property
    def expectation(self) -> Expectation:
        """Nothing at the door: one repeated value is a good value. The windowed check finds it afterwards."""
        return Expectation(checks=(Reason.STUCK,))

    def shown_as(self, times: Times, shown: Values, at: At) -> Values:
        """The value of the first moment."""
        return np.full(len(times), at(np.array([self.start], dtype=np.int64))[0])


@dataclass(frozen=True, kw_only=True)
class Spike(Instrument):
    """A loose contact: every `every` ms one reading (a tenth of that time) is off by `height`."""

    name: ClassVar[str] = "spike"
    summary: ClassVar[str] = "single readings far from their neighbours"
    every: Millis = 10_000
    height: float = 4.0

    @property
    def expectation(self) -> Expectation:
        """A spike within the range is a good value at the door. The windowed check finds it afterwards."""
        return Expectation(checks=(Reason.SPIKE,))

    def shown_as(self, times: Times, shown: Values, at: At) -> Values:
        """The truth, but for the spikes."""
        return shown + np.where((times - self.start) % self.every < self.every // 10, self.height, 0.0)


@dataclass(frozen=True, kw_only=True)
class OutOfRange(Instrument):
    """A sensor shows a number that its quantity cannot have (a pH of 15.2, a broken wire's full scale)."""

    name: ClassVar[str] = "out_of_range"
    summary: ClassVar[str] = "one metric shows an impossible number"
    value: float = 15.2

    @property
    def expectation(self) -> Expectation:
        """The reading is kept, flagged, and judged by no limit."""
        return Expectation(flags=(Reason.OUT_OF_RANGE,))

    def shown_as(self, times: Times, shown: Values, at: At) -> Values:
        """The impossible number."""
        return np.full(len(times), self.value)


@dataclass(frozen=True, kw_only=True)
class CounterReset(Instrument):
    """A counter loses its memory and begins again at 0. Nobody gives it back what it had."""

    name: ClassVar[str] = "counter_reset"
    summary: ClassVar[str] = "a counter begins again at 0"
    metric: str = "cycle_count"

    @property
    def expectation(self) -> Expectation:
        """The smaller number is kept as it came: a reset is no error of the reading."""
        return Expectation()

    @property
    def stop(self) -> Millis:
        """Never."""
        return FOREVER

    def shown_as(self, times: Times, shown: Values, at: At) -> Values:
        """Counted from the start of the fault."""
        counted: Values = np.round(shown - at(np.array([self.start], dtype=np.int64))[0], 3)
        return counted


@dataclass(frozen=True, kw_only=True)
class FlappingRun(Instrument):
    """A worn contact: the run state changes every `every` ms."""

    name: ClassVar[str] = "flapping_run"
    summary: ClassVar[str] = "the run state goes on and off without rest"
    metric: str = "run"
    every: Millis = 1_000

    @property
    def expectation(self) -> Expectation:
        """Every change is kept; nothing is smoothed and nobody is called."""
        return Expectation()

    def shown_as(self, times: Times, shown: Values, at: At) -> Values:
        """On, off, on, …"""
        state: Values = np.mod((times - self.start) // self.every, 2).astype(np.float64)
        return state
