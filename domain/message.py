"""What a broker hands over, what becomes of it, and the letters kept of what could not be read."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from domain.reading import Millis, Reading


class Message(Struct, frozen=True, gc=False):
    """One MQTT message as received. `receipt` is the source's own handle for acknowledging it."""

    topic: str
    payload: bytes
    received_at: Millis
    retained: bool = False
    redelivered: bool = False
    receipt: tuple[int, int] = (0, 0)  # (connection number, packet id)


class RejectReason(StrEnum):
    """Why a message, or one value in it, became no reading. Also the label of its counter."""

    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_DEVICE = "unknown_device"
    WRONG_PROFILE = "wrong_profile"
    TOO_LARGE = "too_large"
    EMPTY_PAYLOAD = "empty_payload"
    BAD_ENCODING = "bad_encoding"
    BAD_JSON = "bad_json"
    BAD_PAYLOAD = "bad_payload"
    NOT_A_NUMBER = "not_a_number"
    NOT_FINITE = "not_finite"
    NOT_EXACT = "not_exact"  # an integer above 2^53 that a float64 would change
    BAD_TIME = "bad_time"
    CLOCK = "clock"  # more than the allowed skew in the future: quarantined
    UNIT_MISMATCH = "unit_mismatch"
    PATH_MISMATCH = "path_mismatch"
    TOO_MANY_ITEMS = "too_many_items"
    UNANNOUNCED = "unannounced"  # a number whose name the device has not announced yet (Sparkplug alias)
    OUT_OF_SEQUENCE = "out_of_sequence"  # earlier messages are missing, and with them perhaps what it refers to
    NO_METRIC = "no_metric"  # decoded, but nothing the profile knows was in it


class Rejection(Struct, frozen=True):
    """One refusal: the reason (a `RejectReason`), and a sentence that says what was wrong, and where."""

    reason: str
    detail: str
    metric: str | None = None


class Outcome(Struct, frozen=True):
    """What one message became. `device` is None while no registered device matches its topic.

    A message with at least one reading counts as written even when some of its values were refused;
    one without readings but `stale` (a retained message without a time of its own, an announcement of
    names, an entity the profile does not know and today's letter tells of) counts as redelivered; any
    other without readings is a dead letter.
    """

    device: str | None
    readings: list[Reading] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    stale: bool = False


class DeadLetter(Struct, frozen=True):
    """A message kept whole because it could not be (wholly) read. `id` 0 until it is stored.

    `partial`: some of its values did become readings, so it counts as written; the letter keeps the rest.
    """

    topic: str
    payload: bytes
    received_at: Millis
    reason: str
    detail: str
    device: str | None = None
    retained: bool = False
    partial: bool = False
    id: int = 0
    replayed_at: Millis | None = None


class UnreadTopic(Struct, frozen=True):
    """The waiting letters of one topic: how many, when the first and the last came, and the last one whole."""

    count: int
    first_at: Millis
    last: DeadLetter

    @property
    def topic(self) -> str:
        """The topic of all of them."""
        return self.last.topic
