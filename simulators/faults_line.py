"""Faults between device and broker: messages are lost, doubled, late, in another order, old or broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from domain.message import RejectReason
from domain.reading import Millis, Reason
from simulators.fault import Expectation, Fault, Outgoing
from simulators.faults_clock import with_time, written
from simulators.randomness import Times

_HTML: Final = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_UNSET: Final = 3_000  # a clock that was never set, 3 s after the start of the device


@dataclass(frozen=True, kw_only=True)
class Line(Fault):
    """A fault of messages on their way: `carried` for those of the target while it lasts."""

    def carry(self, device: str, message: Outgoing) -> Sequence[Outgoing]:
        """Only of the target, only while it lasts."""
        if device != self.target or not self.start <= message.time < self.stop:
            return (message,)
        return self.carried(message)

    def carried(self, message: Outgoing) -> Sequence[Outgoing]:
        """What becomes of one message."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Dropout(Fault):
    """A device falls silent without a word (no status message)."""

    name: ClassVar[str] = "dropout"
    summary: ClassVar[str] = "no messages from one device"

    @property
    def expectation(self) -> Expectation:
        """Only silence: one alert for the device, where it lasts longer than may be."""
        return Expectation(alerts=self.silence(self.target, lasting=self.duration), checks=self.hole(self.duration))

    def sent(self, device: str, times: Times) -> NDArray[np.bool_] | None:
        """Nothing of the target while it lasts."""
        return ~self.during(times) if device == self.target else None


@dataclass(frozen=True, kw_only=True)
class GatewayDown(Fault):
    """A gateway is without power: every device behind it (`targets`) is silent at once."""

    name: ClassVar[str] = "gateway_down"
    summary: ClassVar[str] = "no messages from all devices behind one gateway"
    targets: tuple[str, ...] = ()

    @property
    def expectation(self) -> Expectation:
        """One alert for each device behind it, none for the others."""
        silent = self.silence(*self.targets, lasting=self.duration)
        return Expectation(alerts=silent, checks=self.hole(self.duration))

    def sent(self, device: str, times: Times) -> NDArray[np.bool_] | None:
        """Nothing of the targets while it lasts."""
        return ~self.during(times) if device in self.targets else None


@dataclass(frozen=True, kw_only=True)
class Duplicate(Line):
    """A gateway sends every message twice, the second time `after` ms later."""

    name: ClassVar[str] = "duplicate"
    summary: ClassVar[str] = "every message comes twice"
    after: Millis = 300

    @property
    def expectation(self) -> Expectation:
        """Both messages count as written; each reading is stored once, since its time is the same."""
        return Expectation()

    def carried(self, message: Outgoing) -> Sequence[Outgoing]:
        """It, and it again."""
        return (message, message._replace(time=message.time + self.after))


@dataclass(frozen=True, kw_only=True)
class LateBatch(Line):
    """The way to the broker is cut; the device keeps its messages and sends all of them when it is back."""

    name: ClassVar[str] = "late_batch"
    summary: ClassVar[str] = "silence, then everything that was kept comes at once"

    @property
    def expectation(self) -> Expectation:
        """Nothing is lost and every reading stands at its own time; meanwhile the device was silent."""
        return Expectation(alerts=self.silence(self.target, lasting=self.duration))

    def carried(self, message: Outgoing) -> Sequence[Outgoing]:
        """The same, sent when it is over."""
        return (message._replace(time=self.stop),)


@dataclass(frozen=True, kw_only=True)
class OutOfOrder(Line):
    """Messages overtake one another: within every `window` ms the first is sent last."""

    name: ClassVar[str] = "out_of_order"
    summary: ClassVar[str] = "messages arrive in another order than they were taken"
    window: Millis = 4_000

    @property
    def expectation(self) -> Expectation:
        """Every reading stands at its own time; late ones ring no bell."""
        return Expectation()

    def carried(self, message: Outgoing) -> Sequence[Outgoing]:
        """The earlier in its window, the later it is sent."""
        since = (message.time - self.start) % self.window
        return (message._replace(time=message.time + 2 * (self.window - since)),)


@dataclass(frozen=True, kw_only=True)
class RetainedReplay(Line):
    """A device retains what it sends, so the broker gives its last message to everybody who connects later.

    `timeless`: its messages say no time, so nothing in them tells how old they are.
    """

    name: ClassVar[str] = "retained_replay"
    summary: ClassVar[str] = "the broker sends an old message again at every new subscription"
    timeless: bool = False

    @property
    def expectation(self) -> Expectation:
        """With a time: the same reading, stored once. Without: counted as redelivered, never a reading."""
        return Expectation(redelivered=self.timeless)

    def carried(self, message: Outgoing) -> Sequence[Outgoing]:
        """The same, retained."""
        payload = b"{" + message.payload.partition(b",")[2] if self.timeless else message.payload
        return (message._replace(payload=payload, retain=True),)


@dataclass(frozen=True, kw_only=True)
class Malformed(Line):
    """A broken gateway: messages cut in the middle, empty ones, and error pages of a web server, in turn."""

    name: ClassVar[str] = "malformed"
    summary: ClassVar[str] = "payloads that cannot be read"

    @property
    def expectation(self) -> Expectation:
        """Every message is kept whole as a dead letter; where it lasts, the device is silent."""
        letters = (RejectReason.BAD_JSON, RejectReason.EMPTY_PAYLOAD)
        silent = self.silence(self.target, lasting=self.duration)
        return Expectation(dead_letters=letters, alerts=silent, checks=self.hole(self.duration))

    def carried(self, message: Outgoing) -> Sequence[Outgoing]:
        """Broken in one of three ways."""
        ways = (message.payload[: len(message.payload) // 2], b"", _HTML)
        return (message._replace(payload=ways[message.time // 1_000 % len(ways)]),)


@dataclass(frozen=True, kw_only=True)
class RebootLoop(Line):
    """A weak supply: the device starts again every `every` ms and is silent for `silent` of them.

    Its clock has to be set anew each time: the first `unset` ms after a start it sends a time of 1970.
    """

    name: ClassVar[str] = "reboot_loop"
    summary: ClassVar[str] = "short silences, each followed by messages with a time of 1970"
    every: Millis = 10_000
    silent: Millis = 3_000
    unset: Millis = 2_000

    @property
    def expectation(self) -> Expectation:
        """A time of 1970 is none: that of receipt takes its place, with a flag. The silences are short."""
        silent = self.silence(self.target, lasting=self.silent)
        return Expectation(flags=(Reason.CLOCK,), alerts=silent, checks=self.hole(self.silent))

    def carried(self, message: Outgoing) -> Sequence[Outgoing]:
        """Nothing, or the message with a clock not set yet."""
        since = (message.time - self.start) % self.every - self.silent
        if since < 0:
            return ()
        if since >= self.unset:
            return (message,)
        return (message._replace(payload=with_time(message.payload, written(_UNSET + since) + "Z")),)
