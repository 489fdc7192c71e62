"""Numbers in hexadecimal process data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.hexadecimal import bits_fetcher


def _bits(raw: Any, first: int, count: int, *, signed: bool = False) -> Any:
    return bits_fetcher(lambda document: document, first, count, signed=signed)(raw)


@pytest.mark.parametrize(
    ("raw", "first", "count", "signed", "number"),
    [
        ("00EB", 0, 16, True, 235),
        ("FFEB", 0, 16, True, -21),
        ("FFEB", 0, 16, False, 65515),
        ("0BEBC2000000", 0, 32, True, 200_000_000),
        ("0A8C0001", 31, 1, False, 1),
        ("7FF8FD00", 16, 8, False, 0xFD),
    ],
)
def test_the_bits_of_process_data_are_a_number(raw: str, first: int, count: int, signed: bool, number: int) -> None:
    assert _bits(raw, first, count, signed=signed) == number


@pytest.mark.parametrize("raw", ["xyz!", "", None, 235, ["00"], "00 EB", "0x12", "1_0_0"])
def test_what_is_no_hexadecimal_text_stays_as_it_is(raw: Any) -> None:
    assert _bits(raw, 0, 8) == raw


def test_process_data_that_is_too_short_is_no_number() -> None:
    assert _bits("00EB", 8, 16) == "00EB (too short)"


@given(st.binary(min_size=2, max_size=32))
def test_the_first_two_bytes_are_read_from_any_data(data: bytes) -> None:
    assert _bits(data.hex(), 0, 16, signed=True) == int.from_bytes(data[:2], "big", signed=True)
