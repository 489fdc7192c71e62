"""What the ministry does not have, and the portal's Excel form for it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from domain.sparing import HOUR, SLOT, Parameter
from reports.sparing.missing import MissingReason, every_slot, missing_slots, write_form
from support.sparing_line import MINUTE, NINE, Line
from support.sparing_ministry import Ministry

DAY = 24 * HOUR


def missing(line: Line, stop: int) -> list[tuple[int, MissingReason]]:
    """Slots (counted from nine o'clock) and reasons."""
    found = missing_slots(line.queue, line.readings, line.config, line.config.points[0], NINE, stop)
    return [((slot.time - NINE) // SLOT, slot.reason) for slot in found]


def form(line: Line, folder: Path, stop: int = NINE + HOUR) -> list[tuple[object, ...]]:
    """The cells of the form, read back."""
    found = missing_slots(line.queue, line.readings, line.config, line.config.points[0], NINE, stop)
    write_form(folder / "form.xlsx", line.config, ((slot.time, slot.values) for slot in found), stop)
    book = load_workbook(folder / "form.xlsx")
    assert book.sheetnames == ["data"]
    return list(book["data"].iter_rows(values_only=True))


@pytest.fixture
def late(tested: Line) -> Line:
    """Sent with twenty slots; five more came late, five never."""
    tested.measure(NINE, NINE + 40 * MINUTE)
    tested.now += HOUR
    tested.run()
    tested.measure(NINE + 40 * MINUTE, NINE + 50 * MINUTE)
    return tested


def test_delivered_slots_are_not_missing(tested: Line) -> None:
    tested.hours(2)
    assert missing(tested, NINE + 2 * HOUR) == []


def test_late_and_unmeasured_slots_are_told_apart(late: Line) -> None:
    expected = [(slot, MissingReason.LATE) for slot in range(20, 25)]
    expected += [(slot, MissingReason.NOT_MEASURED) for slot in range(25, 30)]
    assert missing(late, NINE + HOUR) == expected


def test_slots_that_are_still_tried_are_not_missing_yet(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.hours(1)
    assert missing(tested, NINE + HOUR) == []


def test_slots_given_up_are_missing(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.hours(1)
    tested.now += 8 * DAY
    tested.run()
    assert missing(tested, NINE + HOUR) == [(slot, MissingReason.GIVEN_UP) for slot in range(30)]


def test_a_slot_with_some_parameters_is_incomplete(tested: Line) -> None:
    tested.measure(NINE, NINE + SLOT, ph=7.0)
    tested.now += HOUR
    tested.run()
    assert missing(tested, NINE + SLOT) == [(0, MissingReason.INCOMPLETE)]


def test_a_negative_figure_is_never_sent_and_its_slot_says_why(
    tested: Line, server: Ministry, tmp_path: Path
) -> None:
    tested.measure(NINE, NINE + SLOT, ph=7.0, cod=80.0, tss=30.0, nh3n=1.5, flow_rate=-60.0)
    tested.measure(NINE + SLOT, NINE + 2 * SLOT)
    tested.now += HOUR
    tested.run()
    assert [slot for _, slot in server.stored] == [(NINE + SLOT) // 1000]
    assert missing(tested, NINE + 2 * SLOT) == [(0, MissingReason.NEGATIVE)]
    assert form(tested, tmp_path, NINE + 2 * SLOT)[2][5] is None


def test_nothing_was_owed_before_the_first_test(untested: Line) -> None:
    untested.measure(NINE, NINE + HOUR)
    assert missing(untested, NINE + HOUR) == []


def test_the_form_has_two_header_rows_and_the_portals_columns(late: Line, tmp_path: Path) -> None:
    rows = form(late, tmp_path)
    assert rows[0][1:] == ("pH", "COD", "TSS", "NH3N", "Debit", "Datetime")
    assert rows[2][1:] == (7.2, 80, 30, 1.5, 0.05, "27/01/2025 16:40:00")


def test_slots_without_a_measurement_have_no_row(late: Line, tmp_path: Path) -> None:
    assert len(form(late, tmp_path)) == 2 + 5


def test_a_parameter_that_was_not_measured_is_an_empty_cell(tested: Line, tmp_path: Path) -> None:
    tested.measure(NINE, NINE + SLOT, ph=7.0)
    tested.now += HOUR
    tested.run()
    assert form(tested, tmp_path)[2] == (1, 7, None, None, None, None, "27/01/2025 16:00:00")


def test_the_zone_of_the_times_is_a_setting(late: Line, tmp_path: Path) -> None:
    late.config = late.config.model_copy(update={"form_timezone": "UTC"})
    assert form(late, tmp_path)[2][6] == "27/01/2025 09:40:00"


def test_the_same_form_twice_is_the_same_file(late: Line, tmp_path: Path) -> None:
    rows = [(NINE, {Parameter.PH: 7.0})]
    for name in ("a.xlsx", "b.xlsx"):
        write_form(tmp_path / name, late.config, rows, NINE)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_whole_hours_hold_delivered_slots_as_well(late: Line) -> None:
    point = late.config.points[0]
    found = missing_slots(late.queue, late.readings, late.config, point, NINE, NINE + HOUR)
    assert [slot for slot, _ in every_slot(late.readings, point, found)] == [NINE + s * SLOT for s in range(25)]


def test_a_month_is_cut_in_local_time() -> None:
    from service.sparing import month_span

    start, stop = month_span("2025-01", ZoneInfo("Asia/Jakarta"))
    assert datetime.fromtimestamp(start / 1000, ZoneInfo("UTC")) == datetime(2024, 12, 31, 17, tzinfo=ZoneInfo("UTC"))
    assert (stop - start) // DAY == 31
