"""The shapes in which devices write a time, and what `auto` makes of them in Asia/Jakarta."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from device_profiles.times import parse_auto

ZONE = ZoneInfo("Asia/Jakarta")
MOMENT = 1_750_000_000_000  # 2025-06-15T15:06:40Z


@pytest.mark.parametrize(
    "written",
    [
        *("2025-06-15T15:06:40Z", "2025-06-15t15:06:40z", "2025-06-15T15:06:40.000000000Z", "2025-06-15 15:06:40Z"),
        *("2025-06-15T22:06:40+07:00", "2025-06-15T22:06:40+0700", "2025-06-15T22:06:40+07", "20250615T150640Z"),
        *("2025-06-15 22:06:40", "2025-06-15T22:06:40", "2025/06/15 22:06:40", "2025-06-15 22:06:40 +0700"),
        *(
            "2025-06-15 22:06:40 WIB",
            "2025-06-15 23:06:40 WITA",
            "2025-06-16 00:06:40 WIT",
            "2025-06-15 15:06:40 UTC",
        ),
        *("Sun, 15 Jun 2025 15:06:40 GMT", "Sun, 15 Jun 2025 22:06:40 +0700", "Sun Jun 15 22:06:40 2025"),
        *("/Date(1750000000000)/", "2025-06-15T15:06:40Z[UTC]", "2025-06-15T22:06:40,000+07:00"),
        *(1_750_000_000, "1750000000", 1_750_000_000.0, "1750000000.0", "1.75e9", 1.75e9),
        *(1_750_000_000_000, "1750000000000", 1_750_000_000_000_000, 1_750_000_000_000_000_000),
    ],
)
def test_a_time_that_is_unmistakable_is_read(written: Any) -> None:
    assert parse_auto(written, ZONE, MOMENT) == MOMENT


@pytest.mark.parametrize(
    "written",
    [
        *(
            "15.06.2025 22:06",
            "15/06/2025 22:06:40",
            "06/15/2025 22:06:40",
            "2025-06-15",
            "22:06:40",
            "20250615220640",
        ),
        *("Sa 15. März 2025 15:06:40 CET", "2025-06-15 22:06:40 CET", "2025-13-45 22:06:40", "yesterday", ""),
        *(True, None, [], {}, -1, 0, 86_423, 746_672_804, 2**63, float("nan"), float("inf"), "9" * 20),
    ],
)
def test_a_time_that_can_be_mistaken_is_none(written: Any) -> None:
    assert parse_auto(written, ZONE, MOMENT) is None


def test_a_second_that_was_inserted_is_the_next_one() -> None:
    leap = parse_auto("2016-12-31T23:59:60Z", ZONE, MOMENT)
    assert leap == datetime(2017, 1, 1, tzinfo=UTC).timestamp() * 1000
