"""History and live are the same devices: seeded, exact, quick."""

from __future__ import annotations

import itertools
import json
import time
from datetime import datetime

import numpy as np

from simulators.ensemble import Fleet
from simulators.history import history, history_columns
from simulators.local_time import DAY, HOUR, MINUTE, midnight
from simulators.scenario import demo_fleet

MONDAY = midnight(20_745)


def test_same_seed_gives_the_same_messages() -> None:
    first = list(history(7, MONDAY, MONDAY + DAY, 5 * MINUTE))
    assert first == list(history(7, MONDAY, MONDAY + DAY, 5 * MINUTE))


def test_another_seed_gives_other_messages() -> None:
    first = next(iter(history(7, MONDAY, MONDAY + DAY, 5 * MINUTE)))
    assert first != next(iter(history(8, MONDAY, MONDAY + DAY, 5 * MINUTE)))


def test_messages_and_columns_say_exactly_the_same() -> None:
    columns = history_columns(7, MONDAY, MONDAY + 4 * DAY, 7 * MINUTE)
    said: dict[tuple[str, str], list[tuple[int, float]]] = {series: [] for series in columns}
    for message in history(7, MONDAY, MONDAY + 4 * DAY, 7 * MINUTE):
        body = json.loads(message.payload)
        moment = datetime.fromisoformat(body.pop("time"))
        for metric, value in body.items():
            said[message.topic.split("/")[2], metric].append((round(moment.timestamp() * 1000), float(value)))
    for series, (times, values) in columns.items():
        assert said[series] == list(zip(times.tolist(), values.tolist(), strict=True)), series


def test_a_run_cut_in_pieces_says_the_same_as_one_run() -> None:
    fleet = demo_fleet(7).live(MONDAY)
    whole = list(fleet.messages(MONDAY, MONDAY + 20 * MINUTE, 10_000))
    pieces = (fleet.messages(MONDAY + n * MINUTE, MONDAY + (n + 1) * MINUTE, 10_000) for n in range(20))
    assert whole == list(itertools.chain.from_iterable(pieces))


def test_messages_come_in_order_of_time_also_while_one_device_is_silent() -> None:
    times = [message.time for message in demo_fleet(7).live(MONDAY).messages(MONDAY, MONDAY + 15 * MINUTE, 10_000)]
    assert times == sorted(times)


def test_every_device_of_the_example_installation_speaks() -> None:
    fleet = demo_fleet(7)
    topics = {message.topic for message in fleet.messages(MONDAY, MONDAY + 1, 10_000)}
    assert topics == {f"pantau/{site}/{device}/telemetry" for device, site in fleet.devices.items()}
    assert len(topics) == 18


def test_times_rise_and_values_are_finite() -> None:
    for times, values in history_columns(7, MONDAY, MONDAY + DAY, 5 * MINUTE).values():
        assert np.diff(times).min() > 0
        assert np.isfinite(values).all()


def test_thirty_days_are_made_in_five_seconds_of_processor() -> None:
    before = time.process_time()
    count = sum(1 for _ in history(7, MONDAY, MONDAY + 30 * DAY, 5 * MINUTE))
    assert count > 150_000
    assert time.process_time() - before < 5


def test_a_live_step_of_all_devices_takes_less_than_half_a_millisecond() -> None:
    fleet = demo_fleet(7).live(MONDAY)
    list(fleet.messages(MONDAY, MONDAY + MINUTE, 2_000))  # the plant's warm-up
    best = min(_step_cost(fleet, MONDAY + n * HOUR // 4) for n in range(1, 6))
    assert best < 500e-6


def _step_cost(fleet: Fleet, start: int) -> float:
    """Seconds of processor per step, worked out as the runner does: 60 steps of 2 s at once."""
    before = time.process_time()
    for n in range(5):
        list(fleet.messages(start + 2 * n * MINUTE, start + 2 * (n + 1) * MINUTE, 2_000))
    return (time.process_time() - before) / 300
