"""Floods, counted by hand: more than ten rings within ten minutes, until fewer than five are left."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.performance import Flood
from storage.floods import floods_of, share_in_flood

S, DAY = 1_000, 86_400


def found(rings: list[int], stop: int = DAY) -> list[tuple[int, int | None, int]]:
    """(start, stop, alerts) in seconds."""
    floods = floods_of("batik", [at * S for at in rings], stop * S)
    return [(one.start // S, None if one.stop is None else one.stop // S, one.alerts) for one in floods]


EVERY_SECOND = list(range(11))
CASES: dict[str, tuple[list[int], list[tuple[int, int | None, int]]]] = {
    "nothing": ([], []),
    "ten at once are none": ([0] * 10, []),
    "eleven at once are one": ([0] * 11, [(0, 600, 11)]),
    "eleven a second apart end when the seventh leaves": (EVERY_SECOND, [(10, 606, 11)]),
    "eleven in ten minutes and a moment are none": ([*range(10), 600], []),
    "one that goes on counts what came meanwhile": ([*EVERY_SECOND, 300, 301, 302, 303, 304], [(10, 900, 16)]),
    "one that was over may come again": ([*EVERY_SECOND, *range(2000, 2011)], [(10, 606, 11), (2010, 2606, 11)]),
    "a ring at the very moment of its end comes after it": ([*EVERY_SECOND, 606], [(10, 606, 11)]),
}


@pytest.mark.parametrize("case", CASES)
def test_floods_begin_and_end_as_counted_by_hand(case: str) -> None:
    rings, expected = CASES[case]
    assert found(rings) == expected


def test_one_that_lasts_has_no_end() -> None:
    assert found(EVERY_SECOND, stop=605) == [(10, None, 11)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 3_000), max_size=60).map(sorted))
def test_floods_are_those_of_counting_every_second(rings: list[int]) -> None:
    """The definition itself: the count of the last ten minutes, looked at after every second."""
    spans, start = [], None
    for now in range(5_000):
        count = sum(now - 600 < at <= now for at in rings)
        if start is None and count > 10:
            start = now
        elif start is not None and count < 5:
            spans.append((start, now))
            start = None
    assert [one[:2] for one in found(rings, stop=5_000)] == spans


def flood(start: int, stop: int | None) -> Flood:
    """A flood in seconds."""
    return Flood("batik", start * S, None if stop is None else stop * S, 11)


SHARES: dict[str, tuple[list[Flood], float]] = {
    "none": ([], 0.0),
    "a quarter": ([flood(0, 25)], 0.25),
    "two sites at the same time count once": ([flood(0, 25), flood(10, 30)], 0.3),
    "one within another": ([flood(0, 50), flood(10, 30)], 0.5),
    "one that lasts reaches to the end": ([flood(10, 20), flood(90, None)], 0.2),
}


@pytest.mark.parametrize("case", SHARES)
def test_the_share_of_the_time_in_flood(case: str) -> None:
    floods, expected = SHARES[case]
    assert share_in_flood(floods, 0, 100 * S) == pytest.approx(expected)
