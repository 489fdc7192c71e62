"""What every fault is: when, where, what it does to water, instruments and messages, and what it must cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.message import RejectReason
from domain.reading import Millis, Reason
from simulators.randomness import Times, Values
from simulators.water import Pulse

FOREVER: Final[Millis] = 2**52
HOUSE_INTERVAL: Final[Millis] = 10_000  # of the house profiles
HOUSE_PATIENCE: Final[Millis] = 60_000  # their interval and grace


class Outgoing(NamedTuple):
    """One message to send at `time`."""

    time: Millis
    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """An alert that must come: the kind of its rule, the device, and the metric (any when empty)."""

    kind: str
    device: str
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a fault must cause, and nothing else: each of these comes at least once, no other comes at all.

    `flags` are reasons on readings, `dead_letters` those of messages that cannot be read, `checks` what the
    windowed checks write afterwards as quality intervals. `redelivered`: messages are recognised as old ones.
    """

    flags: tuple[Reason, ...] = ()
    alerts: tuple[ExpectedAlert, ...] = ()
    dead_letters: tuple[RejectReason, ...] = ()
    checks: tuple[Reason, ...] = ()
    redelivered: bool = False


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One trouble. `start` and `duration` in ms; `target` is its device, `metric` where it needs one.

    What it must cause depends on how often a device speaks: `interval` (ms), and `patience`, how long it may be
    silent before that is a gap and a no-data alert.
    """

    name: ClassVar[str]
    summary: ClassVar[str]

    start: Millis
    duration: Millis
    target: str = ""
    metric: str = ""
    interval: Millis = HOUSE_INTERVAL
    patience: Millis = HOUSE_PATIENCE

    @property
    def expectation(self) -> Expectation:
        """What it must cause, as data."""
        raise NotImplementedError

    @property
    def stop(self) -> Millis:
        """When it is mended."""
        return self.start + self.duration

    @property
    def over(self) -> Millis:
        """When nothing of it can be seen any more."""
        return self.stop

    def during(self, times: Times) -> NDArray[np.bool_]:
        """Which times lie in it."""
        return (times >= self.start) & (times < self.stop)

    def pulses(self) -> tuple[Pulse, ...]:
        """What it adds to the water."""
        return ()

    def operate(self, times: Times, truth: Mapping[str, dict[str, Values]]) -> None:
        """Change what really happens at a device, before instruments see it."""

    def show(self, device: str, metric: str, times: Times, shown: Values, at: Callable[[Times], Values]) -> Values:
        """Change what an instrument shows; `at` tells what it would show at other times."""
        return shown

    def sent(self, device: str, times: Times) -> NDArray[np.bool_] | None:
        """Which messages of a device are sent; None for all."""
        return None

    def carry(self, device: str, message: Outgoing) -> Sequence[Outgoing]:
        """What the line makes of a message: its time is when it is sent, never before the time it came with."""
        return (message,)

    def silence(self, *devices: str, lasting: Millis) -> tuple[ExpectedAlert, ...]:
        """The no-data alerts of devices of which nothing is read for so long."""
        return tuple(ExpectedAlert("no_data", device) for device in devices if lasting > self.patience)

    def hole(self, lasting: Millis) -> tuple[Reason, ...]:
        """What the check for gaps says of a series without readings for so long."""
        return (Reason.GAP,) if lasting > self.patience else ()


@dataclass(frozen=True, kw_only=True)
class Upstream(Fault):
    """A fault that adds to the water of a stage; `residence` in ms of each stage it then passes."""

    stage: str = "koagulasi-flokulasi"
    residence: Millis = 20 * 60_000
    addition: tuple[float, float, float, float, float] = field(default=(0.0, 0.0, 0.0, 0.0, 0.0))

    @property
    def over(self) -> Millis:
        """It has left the last stage."""
        return self.pulses()[0].over

    def pulses(self) -> tuple[Pulse, ...]:
        """One pulse into one stage."""
        return (Pulse(self.stage, self.start, self.duration, self.residence, self.addition),)
