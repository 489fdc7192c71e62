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
_TIME: Final = re.compile(rb'"time":"([^"]*)"')


def with_time(payload: bytes, written: str) -> bytes:
    """The payload of a house message with another text for its time."""
    return _TIME.sub(b'"time":"' + written.encode() + b'"', payload, count=1)


def written(time: Millis) -> str:
    """A time as house devices write it, without the mark of its zone."""
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds")[:23]


@dataclass(frozen=True, kw_only=True)
class ClockSkew(Fault):
    """The device's clock is `ahead` ms of the truth (behind it, where negative)."""

    name: ClassVar[str] = "clock_skew"
    summary: ClassVar[str] = "every time a device sends is wrong by the same amount"
    ahead: Millis = 10 * MINUTE

    @property
    def expectation(self) -> Expectation:
        """Far ahead: quarantined whole, and so the device is silent. Otherwise taken at its word."""
        if self.ahead <= QUARANTINE:
            return Expectation()
        silent = self.silence(self.target, lasting=self.duration)
        return Expectation(dead_letters=(RejectReason.CLOCK,), alerts=silent)

    def carry(self, device: str, message: Outgoing) -> Sequence[Outgoing]:
        """The same message with a wrong time in it."""
        if device != self.target or not self.start <= message.time < self.stop:
            return (message,)
        return (message._replace(payload=with_time(message.payload, written(message.time + self.ahead) + "Z")),)


@dataclass(frozen=True, kw_only=True)
class ClockLocal(Fault):
    """The device's clock shows WIB: written as if it were UTC (`marked`), or without any zone."""

    name: ClassVar[str] = "clock_local"
    summary: ClassVar[str] = "a device sends local time where UTC belongs"
    marked: bool = True

    @property
    def expectation(self) -> Expectation:
        """As UTC it is seven hours ahead and quarantined; without a zone the time of receipt takes its place."""
        if not self.marked:
            return Expectation(flags=(Reason.CLOCK,))
        silent = self.silence(self.target, lasting=self.duration)
        return Expectation(dead_letters=(RejectReason.CLOCK,), alerts=silent)

    def carry(self, device: str, message: Outgoing) -> Sequence[Outgoing]:
        """The same message with local time in it."""
        if device != self.target or not self.start <= message.time < self.stop:
            return (message,)
        local = written(message.time + WIB) + ("Z" if self.marked else "")
        return (message._replace(payload=with_time(message.payload, local)),)
