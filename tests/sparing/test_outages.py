"""Days without the ministry, odd answers, two senders: what arrives, in which order, and how often it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.sparing import HOUR, Outcome, PackageState, Receipt, Verdict
from reports.sparing.sender import AT_ONCE, LEASE
from support.sparing_line import MINUTE, NINE, UID, Line
from support.sparing_ministry import Fault, Ministry

DAY = 24 * HOUR


def three_days_away(line: Line, server: Ministry) -> list[int]:
    """Three days of measurements while nobody answers, four runs an hour; how often it was asked in each."""
    server.stop()
    asked = []
    for _ in range(72):
        line.measure(line.now, line.now + HOUR, every=2 * MINUTE)
        attempts = 0
        for _ in range(4):
            line.now += 15 * MINUTE
            attempts += line.run().attempts
        asked.append(attempts)
    return asked


def test_three_days_without_the_ministry_are_asked_for_once_an_hour_at_most(tested: Line, server: Ministry) -> None:
    assert max(three_days_away(tested, server)[6:]) <= 2


def test_after_three_days_everything_arrives_oldest_first_a_few_at_a_time(tested: Line, server: Ministry) -> None:
    three_days_away(tested, server)
    server.start()
    tested.now += HOUR
    first = tested.run()
    tested.now += 20_000
    tested.run()
    tested.now += 20_000
    tested.run()
    starts = [package[0] for package in server.packages]
    assert first.delivered == AT_ONCE
    assert starts == [(NINE + hour * HOUR) // 1000 for hour in range(72)]


def test_after_three_days_no_slot_is_stored_twice(tested: Line, server: Ministry) -> None:
    three_days_away(tested, server)
    server.start()
    for _ in range(5):
        tested.now += HOUR
        tested.run()
    assert (len(server.stored), sum(map(len, server.packages))) == (72 * 30, 72 * 30)


@pytest.mark.parametrize("fault", [Fault.EMPTY, Fault.PAGE, Fault.NO_STATUS, Fault.WORD_STATUS])
def test_an_answer_that_says_nothing_is_no_delivery(tested: Line, server: Ministry, fault: Fault) -> None:
    server.faults.append(fault)
    tested.hours(1)
    assert tested.receipts()[0].verdict is Verdict.NOT_UNDERSTOOD
    assert tested.states() == [PackageState.QUEUED]


def test_an_answer_that_drips_is_waited_for_no_longer_than_set(tested: Line, server: Ministry) -> None:
    server.faults.append(Fault.DRIP)
    tested.hours(1)
    assert tested.receipts()[0].verdict is Verdict.UNREACHABLE


@pytest.mark.parametrize("fault", [Fault.ECHO, Fault.ECHO_PAGE])
def test_an_answer_that_repeats_token_and_secret_leaves_neither_in_the_receipt(
    tested: Line, server: Ministry, fault: Fault, tmp_path: Path
) -> None:
    server.faults.append(fault)
    tested.hours(1)
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("pantau.db*"))
    assert server.secret.encode() not in kept
    assert b"eyJ0eXAi" not in kept  # how every token begins


def test_a_delivered_package_stays_delivered_whatever_a_slower_sender_notes(tested: Line) -> None:
    tested.hours(1)
    (package,) = tested.packages()
    late = Receipt(
        package.id, package.point, UID, package.kind, package.start, tested.now, 1, Verdict.UNREACHABLE, 30, 0
    )
    tested.queue.note(late, Outcome(PackageState.QUEUED, package.payload, 30, tested.now))
    assert tested.states() == [PackageState.DELIVERED]


def test_what_a_slower_sender_delivered_counts_although_another_began(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.hours(1)
    tested.now += MINUTE
    (package,) = tested.packages()
    slow = tested.queue.begin(package, tested.now + LEASE)
    assert slow is not None
    tested.queue.begin(slow, tested.now + 2 * LEASE)
    told = Receipt(
        package.id, package.point, UID, package.kind, package.start, tested.now, 2, Verdict.ACCEPTED, 30, 0
    )
    tested.queue.note(told, Outcome(PackageState.DELIVERED, package.payload, 30, tested.now))
    assert tested.states() == [PackageState.DELIVERED]


def test_what_was_given_up_stands_in_the_portals_form(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.hours(1)
    tested.now = NINE + HOUR + 7 * DAY + 1
    tested.run()
    assert {slot.reason for slot in tested.missing(NINE, NINE + HOUR)} == {"given_up"}
