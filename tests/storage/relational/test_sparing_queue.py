"""SPARING's queue and send log, on both databases."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.errors import Invalid, NotFound
from domain.sparing import HOUR, Outcome, Package, PackageKind, PackageState, Receipt, Verdict
from storage.database import Database
from storage.sparing_queue import SqlSparingQueue

NINE = 1_737_968_400_000
HOURLY, TEST = PackageKind.HOURLY, PackageKind.TEST


def package(hour: int = 0, point: str = "outlet", state: PackageState = PackageState.QUEUED) -> Package:
    """One hour, due at its end."""
    start = NINE + hour * HOUR
    stop = start + HOUR
    return Package(point, HOURLY, start, stop, f'{{"hour":{hour}}}', 30, stop, stop, missing=(1, 2), state=state)


def receipt(of: Package, verdict: Verdict = Verdict.ACCEPTED, attempt: int = 1) -> Receipt:
    """What an attempt came to."""
    return Receipt(of.id, of.point, "uid", HOURLY, of.start, of.stop + attempt, attempt, verdict, 30, 2)


@pytest.fixture
def queue(db: Database) -> SqlSparingQueue:
    """An empty one."""
    return SqlSparingQueue(db)


def due(queue: SqlSparingQueue, hour: int = 99) -> Package:
    """The oldest one due, which must exist."""
    found = queue.oldest_due("outlet", NINE + hour * HOUR)
    assert found is not None
    return found


def test_what_is_put_is_read_back(queue: SqlSparingQueue) -> None:
    queue.put(package())
    assert queue.periods("outlet", 0, NINE + 1) == [replace(package(), id=1)]


def test_a_period_is_queued_once(queue: SqlSparingQueue) -> None:
    assert [queue.put(package()), queue.put(replace(package(), payload="another"))] == [True, False]
    assert due(queue).payload == '{"hour":0}'


def test_an_empty_period_may_be_made_again(queue: SqlSparingQueue) -> None:
    queue.put(package(state=PackageState.EMPTY))
    assert queue.put(package())
    assert len(queue.periods("outlet", 0, 2**52)) == 1


def test_the_oldest_due_comes_first(queue: SqlSparingQueue) -> None:
    for hour in (2, 0, 1):
        queue.put(package(hour))
    assert due(queue).start == NINE


def test_nothing_is_due_before_its_time(queue: SqlSparingQueue) -> None:
    queue.put(package())
    assert queue.oldest_due("outlet", NINE + HOUR - 1) is None


def test_points_do_not_see_each_other(queue: SqlSparingQueue) -> None:
    queue.put(package(point="inlet"))
    assert queue.oldest_due("outlet", 2**52) is None


def test_an_attempt_is_begun_by_one_alone(queue: SqlSparingQueue) -> None:
    queue.put(package())
    found = due(queue)
    begun = queue.begin(found, NINE + 2 * HOUR)
    assert begun is not None
    assert (begun.attempts, queue.begin(found, NINE + 2 * HOUR)) == (1, None)


def test_a_begun_attempt_comes_again_when_its_lease_ends(queue: SqlSparingQueue) -> None:
    queue.put(package())
    queue.begin(due(queue), NINE + 2 * HOUR)
    assert queue.oldest_due("outlet", NINE + 2 * HOUR - 1) is None
    assert queue.oldest_due("outlet", NINE + 2 * HOUR) is not None


def test_a_delivered_package_is_never_due_again(queue: SqlSparingQueue) -> None:
    queue.put(package())
    found = due(queue)
    queue.note(receipt(found), Outcome(PackageState.DELIVERED, found.payload, 30, NINE))
    assert queue.oldest_due("outlet", 2**52) is None
    assert queue.package(found.id).ended_at == found.stop + 1


def test_a_partly_known_package_keeps_the_rest(queue: SqlSparingQueue) -> None:
    queue.put(package())
    found = queue.begin(due(queue), NINE + HOUR)
    assert found is not None
    queue.note(receipt(found, Verdict.PARTLY_DUPLICATE), Outcome(PackageState.QUEUED, "{}", 28, NINE, (5, 6)))
    again = due(queue)
    assert (again.payload, again.records, again.duplicates, again.ended_at) == ("{}", 28, (5, 6), None)


def test_a_hold_keeps_every_package_of_the_point(queue: SqlSparingQueue) -> None:
    queue.put(package())
    queue.put(package(point="inlet"))
    queue.hold("outlet", NINE + 5 * HOUR)
    assert queue.oldest_due("outlet", NINE + 5 * HOUR - 1) is None
    assert queue.oldest_due("inlet", NINE + HOUR) is not None


def test_a_release_lets_go_what_waits(queue: SqlSparingQueue) -> None:
    queue.put(package())
    queue.hold("outlet", NINE + 5 * HOUR)
    assert queue.release("outlet", NINE + HOUR) == 1
    assert queue.oldest_due("outlet", NINE + HOUR) is not None


def test_a_release_leaves_what_is_being_sent(queue: SqlSparingQueue) -> None:
    queue.put(package())
    queue.begin(due(queue), NINE + 5 * HOUR)
    assert queue.release("outlet", NINE + HOUR) == 0


def test_settled_are_those_made_and_those_empty_not_long_ago(queue: SqlSparingQueue) -> None:
    queue.put(package(0))
    queue.put(replace(package(1, state=PackageState.EMPTY), next_attempt_at=NINE + 5 * HOUR))
    queue.put(replace(package(2, state=PackageState.EMPTY), next_attempt_at=NINE + 3 * HOUR))
    settled = queue.settled("outlet", HOURLY, 0, 2**52, NINE + 4 * HOUR)
    assert settled == {NINE, NINE + HOUR}


def test_waiting_says_how_many_and_since_when(queue: SqlSparingQueue) -> None:
    assert queue.waiting("outlet") == (0, None)
    queue.put(package(1))
    queue.put(package(0))
    assert queue.waiting("outlet") == (2, NINE)


def test_the_last_stop_is_of_the_kind(queue: SqlSparingQueue) -> None:
    queue.put(package(3))
    assert queue.last_stop("outlet", HOURLY) == NINE + 4 * HOUR
    assert queue.last_stop("outlet", PackageKind.TWO_MINUTES) is None


@pytest.mark.parametrize(
    ("verdict", "at"), [(Verdict.ACCEPTED, NINE), (Verdict.DUPLICATE, NINE), (Verdict.REFUSED, None)]
)
def test_only_a_test_that_succeeded_counts(queue: SqlSparingQueue, verdict: Verdict, at: int | None) -> None:
    queue.note(Receipt(0, "outlet", "uid", TEST, NINE, NINE, 1, verdict, 1, 0), None)
    assert queue.tested("outlet", "uid") == at


def test_receipts_come_newest_first_in_pages(queue: SqlSparingQueue) -> None:
    queue.put(package())
    found = due(queue)
    for attempt in (1, 2, 3):
        queue.note(receipt(found, Verdict.REFUSED, attempt), None)
    first = queue.receipts(None, 2, None)
    second = queue.receipts(first.next, 2, "outlet")
    assert [r.attempt for r in (*first.items, *second.items)] == [3, 2, 1]


def test_a_receipt_is_read_back_as_it_was_written(queue: SqlSparingQueue) -> None:
    queue.put(package())
    said = replace(receipt(due(queue)), http=200, status=False, desc="duplikasi", duplicates=(1, 2), fingerprint="ab")
    assert queue.note(said, None) == queue.receipts(None, 1, None).items[0]


def test_a_cursor_that_is_none_is_invalid(queue: SqlSparingQueue) -> None:
    with pytest.raises(Invalid):
        queue.receipts("nonsense", 1, None)


def test_a_package_that_does_not_exist_is_not_found(queue: SqlSparingQueue) -> None:
    with pytest.raises(NotFound):
        queue.package(1)
