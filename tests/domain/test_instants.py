"""Moments as text."""

from __future__ import annotations

import pytest

from api.times import parse_time
from domain.instants import utc_text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_795_242_600_007, "2026-11-21T06:30:00.007Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_milliseconds(at: int, text: str) -> None:
    assert utc_text(at) == text


def test_what_is_written_reads_back_as_the_same() -> None:
    assert parse_time(utc_text(1_795_242_600_007)) == 1_795_242_600_007
