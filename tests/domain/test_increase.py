"""What a counter counted: the nasty sequences, and what beside the sum is told of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.increase import Counter, CounterEvent, Sample, increase

NASTY = Path(__file__).parents[1] / "data" / "nasty" / "nasty.jsonl"
HOUR = 3_600_000


def _sequence(name: str) -> list[Sample]:
    lines = [json.loads(line) for line in NASTY.read_text(encoding="utf-8").splitlines()]
    steps = sorted((line for line in lines if line.get("sequence") == name), key=lambda line: line["step"])
    bodies = [json.loads(base64.b64decode(line["payload_base64"])) for line in steps]
    return [(body["ts"] * 1000, float(body["value"])) for body in bodies]


@pytest.mark.parametrize(
    ("sequence", "modulus", "max_rate", "amounts", "events"),
    [
        ("counter_reset_zero", None, None, [0.6, 0.0, 0.7, 0.7], ["reset"]),
        ("counter_rollover_uint16", 65_536, None, [2, 2, 3], ["rollover"]),
        ("counter_rollover_uint32", 2**32, None, [5, 4], ["rollover"]),
        ("counter_glitch_misread", None, None, [0.01, 0.01], ["misread"]),
        ("counter_same_after_month", None, None, [0.0, 0.2], []),
        ("runtime_unit_switch", None, 1 / 3600, [0.1], ["too_fast", "too_fast"]),
        ("runtime_faster_than_clock", None, 1 / 3600, [], ["too_fast"]),
        ("cycles_batch", None, 0.1, [0, 0, 12, 0], []),
    ],
)
def test_a_nasty_sequence_is_counted_as_it_happened(
    sequence: str, modulus: float | None, max_rate: float | None, amounts: list[float], events: list[str]
) -> None:
    counted = increase(_sequence(sequence), modulus=modulus, max_rate=max_rate, resolution=0.1)
    assert [one.amount for one in counted.increments] == pytest.approx(amounts)
    assert counted.total == pytest.approx(sum(amounts))
    assert [event.kind for event in counted.events] == events


def test_a_reading_that_falls_waits_for_the_next() -> None:
    counted = increase([(0, 100.0), (HOUR, 101.0), (2 * HOUR, 1.0)])
    assert (counted.total, counted.pending, counted.events) == (1.0, True, [])


def test_a_new_meter_goes_on_from_its_own_reading() -> None:
    counted = increase([(0, 99.0), (HOUR, 100.0), (2 * HOUR, 90_000.0), (3 * HOUR, 90_001.0)], max_rate=0.01)
    assert counted.total == 2.0
    assert [event.kind for event in counted.events] == [CounterEvent.TOO_FAST, CounterEvent.JUMP]


def test_what_was_counted_since_a_reset_counts_where_it_is_possible() -> None:
    samples = [(-60_000, 5000.0), (0, 5000.0), (60_000, 3.0), (120_000, 5.0)]
    assert increase(samples, max_rate=0.1).total == 5.0
    assert increase(samples).total == 2.0  # 3 may be the end of another meter's count


def test_a_fall_in_the_middle_of_the_range_is_no_roll_over() -> None:
    counted = increase([(0, 30_000.0), (1, 30_000.0), (2, 0.0), (3, 4.0)], modulus=65_536)
    assert [event.kind for event in counted.events] == [CounterEvent.RESET]


@pytest.mark.parametrize("wrong", [0.0, 90_000.0])
@pytest.mark.parametrize("max_rate", [None, 0.01])
@pytest.mark.parametrize("place", range(1, 8))
def test_one_misread_is_never_volume(wrong: float, max_rate: float | None, place: int) -> None:
    values = [100.0 + n * 0.1 for n in range(10)]
    values[place] = wrong
    counted = increase([(n * 60_000, value) for n, value in enumerate(values)], max_rate=max_rate)

    assert counted.total == pytest.approx(0.9)
    assert CounterEvent.MISREAD in [event.kind for event in counted.events]


def test_the_first_reading_of_all_is_not_believed_against_the_rest() -> None:
    assert increase([(0, 0.0), (60_000, 20_000.0), (120_000, 20_000.1)], max_rate=0.01).total == pytest.approx(0.1)
    assert increase([(0, 9e5), (60_000, 20_000.0), (120_000, 20_000.1)], max_rate=0.01).total == pytest.approx(0.1)


def test_reading_by_reading_a_misread_is_taken_back() -> None:
    counter = Counter()
    amounts = [
        sum(one.amount for one in counter.see(n * 60_000, value))
        for n, value in enumerate([100.0, 101.0, 90_000.0, 102.0, 103.0])
    ]
    assert amounts == [0, 1.0, 89_899.0, 0, pytest.approx(2.0 - 89_899.0)]


def test_a_memory_of_an_earlier_version_goes_on() -> None:
    counter = Counter()
    counter.restore([60_000.0, 5.0, None, None, 60_000.0])
    assert [one.amount for one in counter.see(120_000, 7.0)] == [2.0]


def test_nothing_and_one_reading_count_nothing() -> None:
    assert increase([]).total == 0 == increase([(0, 5.0)]).total


@given(st.lists(st.floats(0, 1e9), max_size=30), st.one_of(st.none(), st.floats(0.001, 10)))
def test_no_sequence_is_ever_counted_backwards(values: list[float], max_rate: float | None) -> None:
    counted = increase([(n * 60_000, value) for n, value in enumerate(values)], max_rate=max_rate)
    assert all(one.amount >= 0 for one in counted.increments)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30))
def test_a_counter_that_only_grows_is_counted_whole(steps: list[int]) -> None:
    totals = [float(sum(steps[: n + 1])) for n in range(len(steps))]
    assert increase(enumerate(totals)).total == totals[-1] - totals[0]
