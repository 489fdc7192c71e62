"""One target's deliveries, one after the other, by a thread of their own; and how each target has fared."""

from __future__ import annotations

import time
from typing import Final

import structlog
from msgspec import Struct

from alerts.contacts import Channel
from alerts.courier import Courier, OurFault
from alerts.parcels import Story
from domain.errors import DeliveryError
from domain.ports import Notice
from domain.reading import Millis

LONGEST_TURN: Final = 20.0  # s: what is left waits for the next round

log = structlog.get_logger()

Lane = tuple[str, str]  # route, contact
Outcome = tuple[list[Story], DeliveryError | None]


class Delivery(Struct):
    """One message and what it tells."""

    parcel: list[Story]
    notice: Notice


def run_lane(courier: Courier, channel: Channel, deliveries: list[Delivery]) -> list[Outcome]:
    """Try each; after one that could not be delivered for now the others are not tried."""
    outcomes: list[Outcome] = []
    end = time.monotonic() + LONGEST_TURN
    down: DeliveryError | None = None
    for delivery in deliveries:
        if time.monotonic() > end:
            break  # these stay due
        error = down or courier.deliver(channel, delivery.notice)
        outcomes.append((delivery.parcel, error))
        if error is not None and not error.permanent and not isinstance(error, OurFault):
            down = DeliveryError("the target did not answer just now", permanent=False, retry_after=error.retry_after)
    return outcomes


class _Fared(Struct):
    failures: int
    since: Millis
    closed_until: Millis = 0


class LaneBook:
    """Which targets fail, since when, and until when they asked to be left alone. Forgotten by a restart: what waits
    has its time in its row.
    """

    def __init__(self) -> None:
        self._fared: dict[Lane, _Fared] = {}

    def note(self, lane: Lane, error: DeliveryError | None, now: Millis) -> None:
        """The outcome of one delivery; one that is wrong in itself says nothing of its target."""
        if error is None:
            if self._fared.pop(lane, None):
                log.info("target_answers", route=lane[0], contact=lane[1])
            return
        if error.permanent or isinstance(error, OurFault):
            return
        if lane not in self._fared:
            log.warning("target_failing", route=lane[0], contact=lane[1], error=str(error))
        fared = self._fared.setdefault(lane, _Fared(0, now))
        fared.failures += 1
        if error.retry_after:
            fared.closed_until = now + round(error.retry_after * 1000)

    def failures(self, lane: Lane) -> int:
        """How often it failed since it last answered."""
        fared = self._fared.get(lane)
        return fared.failures if fared else 0

    def closed_until(self, lane: Lane) -> Millis:
        """Until when it asked to be left alone; 0 when it did not."""
        fared = self._fared.get(lane)
        return fared.closed_until if fared else 0

    def failing(self) -> dict[str, Millis]:
        """`route/contact` of those that fail, with since when."""
        return {"/".join(filter(None, lane)): fared.since for lane, fared in self._fared.items()}
