"""Periods of reports by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.report_period import PeriodKind, period_of, period_with


@pytest.mark.parametrize(
    ("kind", "name", "first", "last"),
    [
        ("day", "2026-10-05", date(2026, 10, 5), date(2026, 10, 5)),
        ("month", "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("month", "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("quarter", "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("semester", "2026-S1", date(2026, 1, 1), date(2026, 6, 30)),
        ("year", "2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_name_means_whole_days(kind: str, name: str, first: date, last: date) -> None:
    found = period_of(PeriodKind(kind), name)
    assert (found.name, found.first, found.last) == (name, first, last)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("month", "2026-13"), ("month", "oktober"), ("quarter", "2026-Q5"), ("day", "2026-02-30"), ("year", "0000")],
)
def test_a_name_that_means_nothing_is_refused_with_an_example(kind: str, name: str) -> None:
    with pytest.raises(Invalid, match="write it like"):
        period_of(PeriodKind(kind), name)


@given(st.sampled_from(PeriodKind), st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_the_period_of_a_day_holds_it_and_is_found_by_its_name(kind: PeriodKind, day: date) -> None:
    found = period_with(kind, day)

    assert found.first <= day <= found.last
    assert period_of(kind, found.name) == found
