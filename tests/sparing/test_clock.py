"""A clock that jumps: at a start without a battery, at NTP's first answer, by hand. Nothing is lost or early."""

from __future__ import annotations

import pytest

from domain.sparing import HOUR, PackageState
from support.sparing_line import MINUTE, NINE, Line
from support.sparing_ministry import Ministry

DAY = 24 * HOUR
GRACE = 10 * MINUTE


def test_hours_that_were_empty_while_the_clock_was_ahead_are_sent_in_their_time(
    tested: Line, server: Ministry
) -> None:
    tested.now = NINE + 2 * DAY
    tested.run()
    tested.now = NINE
    tested.hours(3)
    assert len(server.stored) == 90


def test_a_package_that_was_given_up_while_the_clock_was_ahead_is_tried_again(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.hours(1)
    tested.now += 9 * DAY
    assert tested.run().given_up == 1
    tested.now -= 9 * DAY
    server.start()
    tested.run()
    assert tested.packages()[0].state is PackageState.DELIVERED


def test_a_pause_that_was_noted_ahead_of_time_is_over_when_the_clock_is_right(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.measure(NINE, NINE + HOUR)
    tested.now = NINE + 2 * DAY
    tested.run()
    tested.now = NINE + 2 * HOUR
    server.start()
    assert tested.run().delivered == 1


@pytest.mark.parametrize("jump", [3 * HOUR, 20 * MINUTE])
def test_after_a_jump_ahead_the_hours_before_it_wait_for_what_is_still_coming_in(
    tested: Line, server: Ministry, jump: int
) -> None:
    restarted = tested.another(GRACE)
    tested.now = NINE + 50 * MINUTE
    restarted.run_once()
    tested.measure(NINE, NINE + 50 * MINUTE)
    tested.now += jump
    restarted.run_once()
    assert server.packages == []
    tested.measure(NINE + 50 * MINUTE, NINE + HOUR)
    tested.now += GRACE
    restarted.run_once()
    assert [len(package) for package in server.packages if package[0] == NINE // 1000] == [30]


def test_a_service_that_began_with_its_clock_ahead_sends_as_soon_as_it_is_right(
    tested: Line, server: Ministry
) -> None:
    tested.now = NINE + 2 * DAY
    restarted = tested.another(GRACE)
    restarted.run_once()
    tested.now = NINE + 5 * MINUTE
    restarted.run_once()
    tested.measure(NINE, NINE + HOUR)
    for _ in range(7):
        tested.now += 9 * MINUTE
        restarted.run_once()
    assert len(server.stored) == 30
