"""Makes packages when their period is over, and sends what is queued, oldest first, until it is delivered.

What is queued is the payload; it is signed anew at each attempt. An attempt is noted durably before it begins: a
program that is killed between sending and noting sends the same payload again, and understands that it is a
duplicate.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from domain.errors import Invalid, NotFound
from domain.ports_readings import Clock
from domain.reading import Millis
from domain.sparing import (
    HOUR,
    LONGEST_PAUSE,
    SLOT,
    Outcome,
    Package,
    PackageKind,
    PackageState,
    Receipt,
    SparingQueue,
    Verdict,
    hours_between,
)
from reports.sparing.answer import Answer
from reports.sparing.config import SparingConfig, SparingPoint
from reports.sparing.ministry import ATTEMPT, Ministry
from reports.sparing.package import PackageMaker, payload, slots_in, without

DAY: Final[Millis] = 24 * HOUR
LEASE: Final[Millis] = round(ATTEMPT * 1000) + 60_000  # longer than an attempt can last: two never send one package
FIRST_PAUSE: Final[Millis] = 60_000
AT_ONCE: Final = 24  # packages of a point in one run
REFUSALS: Final = 3  # after so many in one run the rest waits for the next
WIDTHS: Final = {PackageKind.HOURLY: HOUR, PackageKind.TWO_MINUTES: SLOT}


class SkipReason(StrEnum):
    """Why nothing is sent for a point."""

    OFF = "off"  # sparing.enabled is false
    UNTESTED = "untested"  # no connectivity test with this uid has succeeded yet


class PointReport(Struct):
    """What a run did for one point."""

    point: str
    skipped: SkipReason | None = None
    problem: str | None = None
    made: int = 0
    attempts: int = 0
    delivered: int = 0
    given_up: int = 0
    last: Verdict | None = None


class TestRecord(Struct, frozen=True):
    """What a connectivity test sends: `claims` is the JSON text before it is signed, `time` (Unix s) its slot."""

    __test__ = False

    uid: str
    time: int
    claims: str


def pause_after(attempts: int) -> Millis:
    """How long a package waits after its n-th attempt failed: 1, 2, 4 … minutes, an hour at most."""
    return min(FIRST_PAUSE << min(attempts - 1, 10), LONGEST_PAUSE)


class Sender:
    """One for an installation; two at once do no harm, because attempts are begun in the queue."""

    def __init__(
        self,
        config: SparingConfig,
        queue: SparingQueue,
        maker: PackageMaker,
        ministry: Ministry,
        clock: Clock,
        grace: Millis = 0,
    ) -> None:
        """`grace`: for so long after the start, periods that ended before it wait. What a broker kept for us while we
        were away is still coming in; a package made too early would lack it for good.
        """
        self._config = config
        self._queue = queue
        self._maker = maker
        self._ministry = ministry
        self._clock = clock
        self._began, self._grace = clock(), grace
        self._ran = self._began

    def run_once(self, go_on: Callable[[], bool] = lambda: True) -> list[PointReport]:
        """Make what is due and send what is queued. Raises Unavailable while database or store are away.

        `go_on` is asked before each attempt: whoever ends the program waits for one at most.
        """
        self._notice_a_jump()
        reports = [self._run(point, go_on) for point in self._config.points]
        self._ran = self._clock()
        return reports

    def _notice_a_jump(self) -> None:
        """A clock that jumped, or a machine that slept: as after a start, hours that ended before may lack data."""
        now = self._clock()
        if not 0 <= now - self._ran <= self._grace:
            self._began = now

    def test_record(self, name: str) -> TestRecord:
        """The newest complete record of the last hour, as a test sends it. Contacts nobody.

        Raises NotFound for a point without settings, Invalid where nothing was measured in the last hour.
        """
        point = self._config.point(name)
        if point is None:
            raise NotFound(f"sparing.points has no point {name}")
        now = self._clock()
        stop = now // SLOT * SLOT
        records, _ = self._maker.records(point, stop - HOUR, stop)
        if not records:
            raise Invalid(f"no complete record was measured at {name} in the last hour; nothing is invented", "point")
        claims = payload(point.uid, PackageKind.TEST, records[-1:])
        return TestRecord(point.uid, records[-1]["datetime"], claims)

    def test(self, name: str) -> Receipt:
        """Post the newest complete record of the last hour to `/testing`. Works while sending is off. Raises as
        `test_record`.
        """
        sent = self.test_record(name)
        answer = self._ministry.send(PackageKind.TEST, sent.claims, [sent.time])
        start, at = sent.time * 1000, self._clock()
        receipt = Receipt(0, name, sent.uid, PackageKind.TEST, start, at, 1, answer.verdict, 1, 0)
        return self._queue.note(_with(receipt, answer), None)

    def resend(self) -> list[PointReport]:
        """Try everything that waits now, then as `run_once`."""
        for point in self._config.points:
            self._queue.release(point.point, self._clock())
        return self.run_once()

    def skipped(self, point: SparingPoint) -> SkipReason | None:
        """Why nothing is sent for a point; None where it is."""
        if not self._config.enabled:
            return SkipReason.OFF
        return None if self._queue.tested(point.point, point.uid) is not None else SkipReason.UNTESTED

    def _run(self, point: SparingPoint, go_on: Callable[[], bool]) -> PointReport:
        report = PointReport(point.point, self.skipped(point))
        if report.skipped is None:
            self._queue.set_right(point.point, self._clock())
            self._make(point, report)
            self._send(point, report, go_on)
        return report

    def _make(self, point: SparingPoint, report: PointReport) -> None:
        """Packages of all periods that are over, from the first test on, not further back than they are tried."""
        kind, now = self._config.mode.kind, self._clock()
        width = WIDTHS[kind]
        start = max(self._first(point, kind, width), now - self._config.retry_days * DAY)
        if now - self._began < self._grace:
            start = max(start, self._began - width + 1)
        stop = now - round(self._config.settle_seconds * 1000)
        settled = self._queue.settled(point.point, kind, start, stop, now)
        try:
            for begin in hours_between(start, stop, width):
                if begin not in settled:
                    package = self._maker.package(point, kind, begin, begin + width, now)
                    report.made += self._queue.put(package) and package.state is PackageState.QUEUED
        except (Invalid, NotFound) as error:  # the settings of this point; the others go on
            report.problem = str(error)

    def _first(self, point: SparingPoint, kind: PackageKind, width: Millis) -> Millis:
        """From when on periods are sent: the one in which the test succeeded, and none the other mode has sent."""
        tested = self._queue.tested(point.point, point.uid) or 0
        others = [self._queue.last_stop(point.point, other) or 0 for other in WIDTHS if other is not kind]
        return max(tested // width * width, *others)

    def _send(self, point: SparingPoint, report: PointReport, go_on: Callable[[], bool]) -> None:
        refusals = 0
        for _ in range(AT_ONCE):
            package = self._queue.oldest_due(point.point, self._clock())
            if package is None or refusals == REFUSALS or not go_on():
                return
            if self._clock() - package.stop > self._config.retry_days * DAY:
                self._give_up(point, package)
                report.given_up += 1
                continue
            receipt = self._attempt(point, package)
            if receipt is None:
                return
            report.attempts += 1
            report.delivered += receipt.verdict.delivered
            report.last = receipt.verdict
            refusals = refusals + 1 if receipt.verdict is Verdict.REFUSED else 0
            if receipt.verdict.of_server:
                self._queue.hold(point.point, receipt.at + pause_after(receipt.attempt))
                return

    def _attempt(self, point: SparingPoint, package: Package) -> Receipt | None:
        begun = self._queue.begin(package, self._clock() + LEASE)
        if begun is None:
            return None
        answer = self._ministry.send(begun.kind, begun.payload, slots_in(begun))
        receipt = _with(_receipt(point, begun, self._clock(), answer.verdict), answer)
        return self._queue.note(receipt, _outcome(begun, receipt))

    def _give_up(self, point: SparingPoint, package: Package) -> None:
        now = self._clock()
        outcome = Outcome(PackageState.GIVEN_UP, package.payload, package.records, now, package.duplicates)
        self._queue.note(_receipt(point, package, now, Verdict.GIVEN_UP), outcome)


def _receipt(point: SparingPoint, package: Package, at: Millis, verdict: Verdict) -> Receipt:
    return Receipt(
        package=package.id,
        point=package.point,
        uid=point.uid,
        kind=package.kind,
        start=package.start,
        at=at,
        attempt=package.attempts,
        verdict=verdict,
        records=package.records,
        left_out=len(package.missing),
    )


def _with(receipt: Receipt, answer: Answer) -> Receipt:
    """A receipt with what the server said."""
    return msgspec.structs.replace(
        receipt,
        http=answer.http,
        status=answer.status,
        desc=answer.desc,
        duplicates=answer.duplicates,
        fingerprint=answer.fingerprint,
    )


def _outcome(package: Package, receipt: Receipt) -> Outcome:
    """What the attempt makes of the package."""
    verdict = receipt.verdict
    if verdict.delivered:
        return Outcome(PackageState.DELIVERED, package.payload, package.records, receipt.at, package.duplicates)
    if verdict is Verdict.PARTLY_DUPLICATE:
        rest, records = without(package, receipt.duplicates)
        known = tuple(sorted({*package.duplicates, *receipt.duplicates}))
        return Outcome(PackageState.QUEUED, rest, records, receipt.at, known)
    again = receipt.at + pause_after(package.attempts)
    return Outcome(PackageState.QUEUED, package.payload, package.records, again, package.duplicates)
