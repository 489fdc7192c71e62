"""SPARING: what is sent to the ministry's server, and what it said.

Source: the ministry's "Terms and procedures for continuous waste water monitoring data sending (SPARING) in 2025".
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Protocol

from msgspec import Struct

from domain.ports_readings import Page
from domain.reading import Millis

SLOT: Final[Millis] = 120_000
HOUR: Final[Millis] = 3_600_000
SLOTS_OF_HOUR: Final = HOUR // SLOT
LONGEST_PAUSE: Final[Millis] = HOUR  # between two attempts; what waits longer was noted before the clock was set back


class Parameter(StrEnum):
    """The five parameters as they are written on the wire (`pH` with a capital H), in the letter's order."""

    PH = "pH"
    COD = "cod"
    TSS = "tss"
    NH3N = "nh3n"
    DEBIT = "debit"


WIRE_UNITS: Final[dict[Parameter, str]] = {
    Parameter.PH: "pH",
    Parameter.COD: "mg/L",
    Parameter.TSS: "mg/L",
    Parameter.NH3N: "mg/L",
    Parameter.DEBIT: "m3/min",
}


class ConditionCode(StrEnum):
    """What one real client sends instead of values while a point is not in its normal condition."""

    STOPPED = "-1"
    CALIBRATION = "-2"
    FAULT = "-3"


class PackageKind(StrEnum):
    """Which of the ministry's three doors a package goes through."""

    HOURLY = "hourly"
    TWO_MINUTES = "two_minutes"
    TEST = "test"


class PackageState(StrEnum):
    """What became of a package."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"  # older than the days it is tried; it belongs in the missing-data form
    EMPTY = "empty"  # not one slot could be sent; looked at again while it may be late data comes


class Verdict(StrEnum):
    """What one attempt came to."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"  # the server has all of it already
    PARTLY_DUPLICATE = "partly_duplicate"  # it has some of it; the rest is sent again without that
    REFUSED = "refused"  # `status: false`, whatever the HTTP status
    HTTP_ERROR = "http_error"
    NOT_UNDERSTOOD = "not_understood"  # no JSON object with `status`: an HTML page, a proxy's answer
    NO_SECRET = "no_secret"  # noqa: S105 - the secret could not be fetched
    UNREACHABLE = "unreachable"  # no connection, timeout, cut off: it may or may not have arrived
    GIVEN_UP = "given_up"

    @property
    def delivered(self) -> bool:
        """Whether the server now has everything that was sent."""
        return self in (Verdict.ACCEPTED, Verdict.DUPLICATE)

    @property
    def of_server(self) -> bool:
        """Whether the trouble is the server's or the way's, so that every other package would meet it as well."""
        return self in (Verdict.HTTP_ERROR, Verdict.NOT_UNDERSTOOD, Verdict.NO_SECRET, Verdict.UNREACHABLE)


class Package(Struct, frozen=True):
    """One period [start, stop) of one compliance point. `payload` is the JSON text of the claims, never signed.

    `records` are in it; `missing` are the starts (Unix s) of the slots that were left out, because nothing good was
    measured in them; `duplicates` those the server said it had.
    """

    point: str
    kind: PackageKind
    start: Millis
    stop: Millis
    payload: str
    records: int
    queued_at: Millis
    next_attempt_at: Millis
    missing: tuple[int, ...] = ()
    duplicates: tuple[int, ...] = ()
    state: PackageState = PackageState.QUEUED
    attempts: int = 0
    ended_at: Millis | None = None
    id: int = 0


class Receipt(Struct, frozen=True):
    """One attempt, as it stands in the send log. `status` and `desc` are the body's own words.

    `fingerprint` is of the secret it was signed with, never the secret. `left_out`: slots of the period without data.
    """

    package: int  # 0 for a connectivity test
    point: str
    uid: str
    kind: PackageKind
    start: Millis
    at: Millis
    attempt: int
    verdict: Verdict
    records: int
    left_out: int
    http: int | None = None
    status: bool | None = None
    desc: str | None = None
    duplicates: tuple[int, ...] = ()
    fingerprint: str | None = None
    id: int = 0


class Outcome(Struct, frozen=True):
    """How an attempt changes its package."""

    state: PackageState
    payload: str
    records: int
    next_attempt_at: Millis
    duplicates: tuple[int, ...] = ()


class SparingQueue(Protocol):
    """The durable queue and the send log."""

    def put(self, package: Package) -> bool:
        """Queue it. False where the point already has one of this kind and start, unless that one was empty."""
        ...

    def package(self, package: int) -> Package:
        """One. Raises NotFound."""
        ...

    def periods(self, point: str, start: Millis, stop: Millis) -> list[Package]:
        """Those that begin in [start, stop), by start, whatever became of them."""
        ...

    def settled(self, point: str, kind: PackageKind, start: Millis, stop: Millis, now: Millis) -> set[Millis]:
        """The starts in [start, stop) that need no package made now: they have one, or were empty not long ago."""
        ...

    def last_stop(self, point: str, kind: PackageKind) -> Millis | None:
        """Up to when packages of this kind were ever made."""
        ...

    def oldest_due(self, point: str, now: Millis) -> Package | None:
        """The queued one with the earliest start among those whose next attempt has come."""
        ...

    def begin(self, package: Package, until: Millis) -> Package | None:
        """Note durably that an attempt begins; nobody else tries before `until`. None where somebody else began."""
        ...

    def note(self, receipt: Receipt, outcome: Outcome | None) -> Receipt:
        """Write what an attempt came to, and change its package, in one transaction.

        What was delivered is delivered, whatever became known meanwhile; anything else is forgotten where another
        attempt has begun since, or the package is settled.
        """
        ...

    def set_right(self, point: str, now: Millis) -> int:
        """Undo what was noted at a time that has not come, because the clock was set back; of how many packages.

        Periods found empty are looked at again, what was given up waits again, no pause lasts beyond the longest.
        """
        ...

    def hold(self, point: str, until: Millis) -> None:
        """No queued package of the point is tried before `until`."""
        ...

    def release(self, point: str, now: Millis) -> int:
        """Every queued package that nobody is sending may be tried now; how many."""
        ...

    def waiting(self, point: str) -> tuple[int, Millis | None]:
        """How many are queued, and the start of the oldest."""
        ...

    def tested(self, point: str, uid: str) -> Millis | None:
        """When the connectivity test of this point with this uid first succeeded; None when it never did."""
        ...

    def receipts(self, after: str | None, limit: int, point: str | None) -> Page[Receipt]:
        """Newest first."""
        ...


def hours_between(start: Millis, stop: Millis, width: Millis = HOUR) -> Sequence[Millis]:
    """The starts of the whole periods of `width` (cut at UTC) that lie within [start, stop)."""
    return range(-(-start // width) * width, stop - width + 1, width)
