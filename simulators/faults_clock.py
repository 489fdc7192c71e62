"""Faults of a device's clock: what it says of the time is wrong, its values are right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from domain.message import RejectReason
from domain.reading import Millis, Reason
from simulators.fault import Expectation, Fault, Outgoing
from simulators.local_time import MINUTE, WIB

QUARANTINE: Final[Millis] = 5 * MINUTE  # further ahead of receipt than this, a time is not believed
TOLERANCE: Final[Millis] = 2 * MINUTE  # further off than this, the check of the clock speaks
MESSAGES: Final = 10  # that it needs
_TIME: Final = re.compile(rb'"time":"([^"]*)"')


def with_time(payload: bytes, written: str) -> bytes:
    """The payload of a house message with another text for its time."""
    return _TIME.sub(b'"time":"' + written.encode() + b'"', payload, count=1)


def written(time: Millis) -> str:
    """A time as house devices write it, without the mark of its zone."""
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds")[:23]


@dataclass(frozen=True, kw_only=True)
class WrongClock(Fault):
    """A device whose clock is `off` by so many ms (negative: behind)."""

    @property
    def off(self) -> Millis:
        """Device's time minus the truth."""
        raise NotImplementedError

    @property
    def expectation(self) -> Expectation:
        """Far ahead: quarantined whole, so the device is silent. Otherwise taken at its word, and told afterwards."""
        checks = self.hole(min(abs(self.off), self.duration))
        told = abs(self.off) > TOLERANCE and self.duration >= MESSAGES * self.interval
        if told or self.off > QUARANTINE:
            checks = (*checks, Reason.CLOCK_SKEW)
        if self.off <= QUARANTINE:
            return Expectation(checks=checks)
        silent = self.silence(self.target, lasting=self.duration)
        return Expectation(dead_letters=(RejectReason.CLOCK,), alerts=silent, checks=checks)

    def carry(self, device: str, message: Outgoing) -> Sequence[Outgoing]:
        """The same message with a wrong time in it."""
        if device != self.target or not self.start <= message.time < self.stop:
            return (message,)
        return (message._replace(payload=with_time(message.payload, self.shown(message.time))),)

    def shown(self, time: Millis) -> str:
        """What the device writes."""
        return written(time + self.off) + "Z"


@dataclass(frozen=True, kw_only=True)
class ClockSkew(WrongClock):
    """The device's clock is `ahead` ms of the truth (behind it, where negative)."""

    name: ClassVar[str] = "clock_skew"
    summary: ClassVar[str] = "every time a device sends is wrong by the same amount"
    ahead: Millis = 10 * MINUTE

    @property
    def off(self) -> Millis:
        """As given."""
        return self.ahead


@dataclass(frozen=True, kw_only=True)
class ClockLocal(WrongClock):
    """The device's clock shows WIB: written as if it were UTC (`marked`), or without any zone."""

    name: ClassVar[str] = "clock_local"
    summary: ClassVar[str] = "a device sends local time where UTC belongs"
    marked: bool = True

    @property
    def off(self) -> Millis:
        """Seven hours."""
        return WIB

    @property
    def expectation(self) -> Expectation:
        """As UTC it is seven hours ahead and quarantined; without a zone the time of receipt takes its place."""
        return super().expectation if self.marked else Expectation(flags=(Reason.CLOCK,))

    def shown(self, time: Millis) -> str:
        """With or without the mark."""
        return written(time + WIB) + ("Z" if self.marked else "")
