"""Devices that speak on the broker and are not registered yet."""

from __future__ import annotations

from msgspec import Struct

from domain.message import DeadLetter, Rejection
from domain.reading import Millis, Reading
from domain.registry import Device


class Proposal(Struct, frozen=True):
    """A profile that fits, and what the device's last messages would become with it.

    `site` is what stands in the topic where the profile says that a site does; `read` the share (0 to 1) of the
    messages that become readings.
    """

    profile: str
    address: str
    site: str | None
    read: float
    readings: list[Reading]
    rejections: list[Rejection]


class UnknownDevice(Struct, frozen=True):
    """What was heard of one device: its name on the broker, its topics, and its last message whole.

    `address` is the whole topic while no profile speaks there.
    """

    address: str
    topics: list[str]
    count: int
    first_at: Millis
    last: DeadLetter
    proposals: list[Proposal]


class Welcome(Struct, frozen=True):
    """A device that was registered, and what became of its kept letters."""

    device: Device
    replayed: int
    refused: int
