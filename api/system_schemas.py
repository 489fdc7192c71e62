"""Counters, health and dead letters on the wire."""

from __future__ import annotations

from base64 import b64encode
from typing import Literal, Self

from pydantic import Field

from api.schemas import SLUG, Given, Wire
from api.times import WireTime, optional_time
from domain.counters import DeviceTally
from domain.instants import utc_text
from domain.message import DeadLetter

SHOWN_PAYLOAD = 4096  # bytes of a payload shown; the letter itself is kept whole


class TallyOut(Wire):
    """Messages: received = written + dead_lettered + redelivered, booked together. Values: readings and rejected."""

    received: int
    written: int
    rejected: int
    dropped: int
    dead_lettered: int
    redelivered: int
    readings: int

    @classmethod
    def of(cls, tally: DeviceTally) -> Self:
        return cls(**{name: getattr(tally, name) for name in cls.model_fields})


class DeviceTallyOut(TallyOut):
    """The counters of one device; `unknown` gathers topics and devices nobody registered."""

    device: str

    @classmethod
    def for_device(cls, device: str, tally: DeviceTally) -> Self:
        return cls(device=device, **{name: getattr(tally, name) for name in TallyOut.model_fields})


class ReaderOut(Wire):
    """How far one reader of the journal is behind: rows waiting, seconds the oldest has waited."""

    reader: str = Field(examples=["store"])
    rows: int
    age: float


class JournalOut(Wire):
    """The journal: its newest sequence number and its readers."""

    head: int
    readers: list[ReaderOut]


class CountersOut(Wire):
    """Everything counted since the installation began. `in_flight` are the messages that the collector has taken
    and not yet booked, as it last said; null while it is silent.
    """

    time: WireTime
    total: TallyOut
    in_flight: int | None
    devices: list[DeviceTallyOut]
    reasons: dict[str, int]
    journal: JournalOut
    dead_letters_waiting: int
    dead_letters_dropped: int


class PartOut(Wire):
    """One part of the system. `age` is the seconds since its last sign of life, null when there was none."""

    part: str = Field(examples=["alerts"])
    status: Literal["ok", "late", "down", "unknown"]
    message: str = Field(examples=["last check 1 s ago"])
    age: float | None
    detail: dict[str, str | int | float | bool | None]


class HealthOut(Wire):
    """`ok` when every part is."""

    status: Literal["ok", "degraded"]
    version: str
    time: WireTime
    parts: list[PartOut]


class Alive(Wire):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(Wire):
    """Journal and database are usable."""

    status: Literal["ready"] = "ready"


class DeadLetterOut(Wire):
    """A message kept whole because it could not be read. `payload` is its beginning as base64 (at most 4,096
    bytes), `text` the same where it is UTF-8.
    """

    id: str
    topic: str
    device: str | None
    reason: str
    detail: str
    received_at: WireTime
    replayed_at: WireTime | None
    retained: bool
    size: int
    payload: str
    text: str | None

    @classmethod
    def of(cls, letter: DeadLetter) -> Self:
        shown = letter.payload[:SHOWN_PAYLOAD]
        return cls(
            id=str(letter.id),
            topic=letter.topic,
            device=letter.device,
            reason=letter.reason,
            detail=letter.detail,
            received_at=utc_text(letter.received_at),
            replayed_at=optional_time(letter.replayed_at),
            retained=letter.retained,
            size=len(letter.payload),
            payload=b64encode(shown).decode(),
            text=_text(shown),
        )


def _text(payload: bytes) -> str | None:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return None


class Replay(Given):
    """Which letters to decode again; all when nothing is said."""

    reason: str | None = Field(None, pattern=r"^[a-z_]+$", max_length=64, examples=["bad_json"])
    device: str | None = Field(None, pattern=SLUG, max_length=64)


class ReplayResult(Wire):
    """How many letters became readings, and how many are still refused."""

    replayed: int
    refused: int
