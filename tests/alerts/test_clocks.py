"""Clocks of devices that fell behind: told from backlogs by their pace."""

from __future__ import annotations

import pytest

from alerts.clocks import Clocks
from support.alerts_stage import AlertStage, installation, limit_rule, reading

DAY = 86_400


def judged(rows: list[tuple[int, int]], watermark: int) -> list[int]:
    """The times (s) that late readings, received and taken so many seconds after a beginning, are given."""
    clocks, found = Clocks(), []
    for received, time in rows:
        if time < watermark:
            found.append(clocks.time("outlet", "ph", watermark * 1000, time * 1000, received * 1000) // 1000)
            watermark = max(watermark, found[-1])
        else:
            watermark = time
    return found


def test_a_clock_that_fell_behind_counts_by_receipt_after_a_minute() -> None:
    rows = [(DAY + at, at) for at in range(0, 100, 10)]
    assert judged(rows, DAY) == [0, 10, 20, 30, 40, 50, *range(DAY + 60, DAY + 100, 10)]


def test_a_bundle_keeps_the_distances_of_its_readings() -> None:
    rows = [(DAY + at, at - back) for at in range(0, 240, 60) for back in (40, 20, 0)]
    assert judged(rows, DAY)[-3:] == [DAY + 140, DAY + 160, DAY + 180]


@pytest.mark.parametrize("pace", [2, 5, 100])
def test_a_backlog_whose_times_advance_faster_than_its_receipts_keeps_them(pace: int) -> None:
    rows = [(DAY + at, at * pace) for at in range(600)]
    assert judged(rows, DAY) == [time for _, time in rows]


def test_old_readings_beside_readings_on_time_keep_their_times() -> None:
    rows = [row for at in range(0, 600, 10) for row in ((DAY + at, DAY + at), (DAY + at, at))]
    assert judged(rows, DAY) == list(range(0, 600, 10))


def test_a_stopped_clock_says_nothing() -> None:
    assert judged([(DAY + at, 5) for at in range(0, 600, 10)], DAY) == [5] * 60


def test_what_one_metric_showed_holds_for_the_others_of_its_device() -> None:
    clocks = Clocks()
    for at in range(0, 100, 10):
        clocks.time("outlet", "ph", (DAY + at - 10) * 1000, at * 1000, (DAY + at) * 1000)
        clocks.time("outlet", "cod", DAY * 1000, at * 1000, (DAY + at) * 1000)
    assert clocks.time("outlet", "fault", DAY * 1000, 95_000, (DAY + 95) * 1000) == (DAY + 95) * 1000
    assert clocks.time("inlet", "fault", DAY * 1000, 95_000, (DAY + 95) * 1000) == 95_000


@pytest.mark.parametrize("restarted", [False, True])
def test_a_backlog_at_line_speed_is_found_late_and_does_not_ring(stage: AlertStage, *, restarted: bool) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(reading(DAY, 7.0))
    stage.tick(DAY)
    for at in range(120):
        if restarted and at % 40 == 0:
            stage.rebuild()
        stage.arrive(reading(at * 30, 11.0, received=DAY + 10 + at))
        stage.tick(DAY + 10 + at)
    (alert,) = stage.alerts()
    assert (alert.found_late, alert.active) == (True, False)
