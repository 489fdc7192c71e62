"""A fleet in real time: its messages are published when they are due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final, Protocol

import structlog

from domain.errors import Unavailable
from domain.reading import Millis
from simulators.fault import Fault, Outgoing
from simulators.line import Line
from simulators.publisher import Publisher

INTERVAL: Final[Millis] = 2_000
_AHEAD: Final = 60  # steps worked out at once
_LATE: Final = 10  # steps after which it skips to the present (the computer slept)
_log = structlog.get_logger()


class Speaking(Protocol):
    """Devices that know what they say at any time: a fleet, or a speaker of a dialect."""

    def live(self, now: Millis) -> Speaking:
        """The same as they are from `now` on."""
        ...

    def statuses(self, word: str) -> Iterator[Outgoing]:
        """Messages that tell that they are `online` or `offline`, where they have such."""
        ...

    def faults(self, start: Millis, stop: Millis) -> Sequence[Fault]:
        """The faults that can be seen between two instants."""
        ...

    def messages(self, start: Millis, stop: Millis, step: Millis) -> Iterator[Outgoing]:
        """What they say from `start` until before `stop`, in order of time."""
        ...


def run(
    fleet: Speaking, publisher: Publisher, clock: Callable[[], Millis], stop: Event, interval: Millis = INTERVAL
) -> None:
    """Publish what the fleet says every `interval` ms until `stop`; blocks, so give it a thread of its own.

    The publisher must be started. Every device's retained status is `online` while this runs and `offline`
    after; it is told again after a reconnect, since a broker may have forgotten it. Where the broker is away
    for long, messages are left out rather than kept: a device of this kind has no memory.
    """
    at = _next(clock(), interval)
    fleet = fleet.live(at)
    voice, line = _Voice(fleet, publisher), Line(fleet.faults)
    while not stop.is_set():
        until = at + _AHEAD * interval
        late = _speak(
            line.carry(fleet.messages(at, until, interval), at, until), voice, clock, stop, _LATE * interval
        )
        at = _next(clock(), interval) if late else until
    voice.say_all("offline")


@contextmanager
def speaking(fleet: Speaking, publisher: Publisher, clock: Callable[[], Millis], interval: Millis) -> Iterator[None]:
    """`run` in a thread of its own until the block ends; starts and stops the publisher."""
    stop = Event()
    publisher.start()
    thread = Thread(target=run, args=(fleet, publisher, clock, stop, interval), name="simulators")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        publisher.stop()


def _next(now: Millis, interval: Millis) -> Millis:
    """The next instant of the time grid."""
    return -(-now // interval) * interval


def _speak(
    messages: Iterator[Outgoing], voice: _Voice, clock: Callable[[], Millis], stop: Event, patience: Millis
) -> bool:
    """Publish each message when it is due. True when it is too late to go on (the computer slept)."""
    for message in messages:
        wait = message.time - clock()
        if wait < -patience:
            return True
        if stop.wait(max(wait, 0) / 1000):
            return False
        voice.say(message)
    return False


class _Voice:
    """The fleet's publisher; says `online` for every device at each new connection."""

    def __init__(self, fleet: Speaking, publisher: Publisher) -> None:
        self._fleet, self._publisher = fleet, publisher
        self._greeted = 0
        self._dropped = 0

    def say(self, message: Outgoing) -> None:
        """Publish one message."""
        if self._publisher.connections > self._greeted:
            self._greeted = self._publisher.connections
            self.say_all("online")
        self._publish(message)

    def say_all(self, word: str) -> None:
        """Publish the status of every device."""
        for message in self._fleet.statuses(word):
            self._publish(message)

    def _publish(self, message: Outgoing) -> None:
        try:
            self._publisher.publish(message.topic, message.payload, retain=message.retain, timeout=0.0)
        except Unavailable:
            self._dropped += 1
            if self._dropped % 1_000 == 1:
                _log.warning("simulator leaves messages out, the broker is away", dropped=self._dropped)
