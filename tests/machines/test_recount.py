"""The figures again, second by second, from the raw readings by plain code that shares nothing with the program."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.services import Services
from support.app import MovedClock
from support.machine_day import MINUTE, PRESS, SEVEN, say_why, tell_the_day
from support.mojokerto import mojokerto_services

WIB = ZoneInfo("Asia/Jakarta")
FRIDAY = date(2026, 11, 20)
PATIENCE = 60
EVENING = SEVEN + 660 * MINUTE
PLANNED_REASON = (SEVEN // 1000 + 405 * 60, SEVEN // 1000 + 435 * 60)


@pytest.fixture
def services(tmp_path: Path) -> Services:
    made = mojokerto_services(tmp_path, MovedClock(EVENING))
    tell_the_day(made)
    say_why(made, EVENING)
    return made


def seconds(day: date, start: time, stop: time) -> range:
    """Each second of a stretch of local time, as Unix time."""
    first = int(datetime.combine(day, start, WIB).timestamp())
    return range(
        first, first + int((datetime.combine(day, stop) - datetime.combine(day, start)) / timedelta(seconds=1))
    )


def recounted(services: Services) -> dict[str, int]:
    """What the press did in each planned second of the morning, counted one by one."""
    readings = services.readings.raw(PRESS, "run", SEVEN - 3_600_000, EVENING)
    said = {reading.time // 1000: reading.value for reading in readings}
    planned = set(seconds(FRIDAY, time(7), time(15))) - set(seconds(FRIDAY, time(11, 45), time(13, 15)))
    counted = {"running": 0, "stopped": 0, "excused": 0, "no_signal": 0}
    for second in sorted(planned):
        last = next((second - back for back in range(PATIENCE) if second - back in said), None)
        if last is None:
            counted["no_signal"] += 1
        elif (said[last] or 0) > 0.5:
            counted["running"] += 1
        elif PLANNED_REASON[0] <= second < PLANNED_REASON[1]:
            counted["excused"] += 1
        else:
            counted["stopped"] += 1
    return counted


def test_every_figure_of_the_shift_is_what_a_plain_recount_gives(services: Services) -> None:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    [press] = [one for one in found.machines if one.device == PRESS]
    counted = recounted(services)
    figures = {name: getattr(press, name) // 1000 for name in counted}
    assert figures == counted
    assert press.availability == counted["running"] / (counted["running"] + counted["stopped"])


def test_counters_are_what_the_readings_say(services: Services) -> None:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    [press] = [one for one in found.machines if one.device == PRESS]
    values = [r.value or 0 for r in services.readings.raw(PRESS, "cycle_count", SEVEN - 30_000, SEVEN + 480 * MINUTE)]
    assert press.cycles == values[-1] - values[0]
