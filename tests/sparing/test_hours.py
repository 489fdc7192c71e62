"""Normal hours: what the ministry receives, in which form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.reading import FAIL
from domain.sparing import HOUR, SLOT, PackageState, Parameter, Verdict
from reports.sparing.sender import SkipReason
from reports.sparing.token import fingerprint
from support.sparing_line import MINUTE, NINE, POINT, UID, Line, line, point
from support.sparing_ministry import Ministry, _decoded


def test_an_hour_arrives_as_thirty_records_of_two_minutes(tested: Line, server: Ministry) -> None:
    tested.hours(1)
    assert server.packages == [[NINE // 1000 + 120 * slot for slot in range(30)]]


def test_a_record_is_written_as_in_the_letter(tested: Line, server: Ministry) -> None:
    tested.hours(1)
    record = next(iter(server.stored.values()))
    assert json.dumps(record) == (
        '{"datetime": 1737968400, "pH": 7.2, "cod": 80.0, "tss": 30.0, "nh3n": 1.5, "debit": 0.05}'
    )


def test_the_claims_are_the_payload_and_nothing_else(tested: Line, server: Ministry) -> None:
    tested.hours(1)
    claims = json.loads(_decoded(server.tokens[-1].split(".")[1]))
    assert (list(claims), claims["uid"]) == (["uid", "data"], UID)


def test_five_hours_arrive_as_five_packages(tested: Line, server: Ministry) -> None:
    assert [report.delivered for report in tested.hours(5)] == [1] * 5
    assert len(server.stored) == 150


def test_the_secret_is_fetched_before_each_send(tested: Line, server: Ministry) -> None:
    server.handed_out.clear()
    for secret in ("satu", "dua", "tiga"):
        server.secret = secret
        tested.hours(1)
    assert server.handed_out == ["satu", "dua", "tiga"]


def test_a_slot_is_the_mean_of_its_good_readings(tested: Line, server: Ministry) -> None:
    tested.measure(NINE, NINE + HOUR, cod=80, tss=30, nh3n=1.5, flow_rate=3)
    tested.add([(NINE, 7.0), (NINE + 60_000, 7.5), (NINE + SLOT - 1, 8.0), (NINE + SLOT, 9.0)])
    tested.add([(NINE + 30_000, 14.0)], quality=FAIL)
    tested.now += HOUR
    tested.run()
    assert server.stored[UID, NINE // 1000]["pH"] == 7.5


def test_missing_slots_are_left_out_and_counted_in_the_receipt(tested: Line, server: Ministry) -> None:
    tested.measure(NINE, NINE + 40 * MINUTE)
    tested.now += HOUR
    tested.run()
    receipt = tested.receipts()[0]
    assert (len(server.packages[0]), receipt.records, receipt.left_out) == (20, 20, 10)


def test_the_package_names_the_slots_left_out(tested: Line) -> None:
    tested.measure(NINE, NINE + 58 * MINUTE)
    tested.now += HOUR
    tested.run()
    assert tested.packages()[0].missing == ((NINE + 58 * MINUTE) // 1000,)


def test_a_slot_with_a_parameter_missing_is_left_out(tested: Line, server: Ministry) -> None:
    tested.measure(NINE, NINE + HOUR, ph=7, cod=80, tss=30, nh3n=1.5)
    tested.measure(NINE, NINE + 10 * MINUTE, flow_rate=3)
    tested.now += HOUR
    tested.run()
    assert len(server.packages[0]) == 5


def test_an_hour_without_data_sends_nothing(tested: Line, server: Ministry) -> None:
    tested.now += HOUR
    tested.run()
    assert (server.packages, tested.states()) == ([], [PackageState.EMPTY])


def test_an_hour_whose_data_come_late_is_sent_when_they_are_there(tested: Line, server: Ministry) -> None:
    tested.now += HOUR
    tested.run()
    tested.measure(NINE, NINE + HOUR)
    tested.now += HOUR
    tested.run()
    assert len(server.packages[0]) == 30


def test_slots_that_come_after_their_package_are_not_sent_behind_it(tested: Line, server: Ministry) -> None:
    tested.measure(NINE, NINE + 40 * MINUTE)
    tested.now += HOUR
    tested.run()
    tested.measure(NINE + 40 * MINUTE, NINE + HOUR)
    tested.now += 2 * HOUR
    tested.run()
    assert len(server.stored) == 20


def test_only_parameters_switched_on_are_sent(server: Ministry, tmp_path: Path) -> None:
    with line(tmp_path, server.url, points=(point(Parameter.PH, Parameter.DEBIT),)) as narrow:
        narrow.passed_test()
        narrow.hours(1)
    assert list(next(iter(server.stored.values()))) == ["datetime", "pH", "debit"]


@pytest.mark.parametrize(
    ("unit", "value", "sent"),
    [("m3/h", 3.0, 0.05), ("m3/min", 3.12, 3.12), ("L/s", 1.0, 0.06), ("m3/d", 100.0, 0.0694), ("L/min", 5, 0.005)],
)
def test_the_flow_is_brought_to_cubic_metres_a_minute(
    tested: Line, server: Ministry, unit: str, value: float, sent: float
) -> None:
    tested.measure(NINE, NINE + HOUR, ph=7, cod=80, tss=30, nh3n=1.5)
    tested.add([(NINE + slot * SLOT, value) for slot in range(30)], "flow_rate", unit=unit)
    tested.now += HOUR
    tested.run()
    assert server.stored[UID, NINE // 1000]["debit"] == sent


def test_a_unit_that_is_no_flow_is_never_sent(tested: Line, server: Ministry) -> None:
    tested.add([(NINE, 3.0)], "flow_rate", unit="m3")
    tested.now += HOUR
    report = tested.run()
    assert (server.packages, report.problem) == (
        [],
        "debit is measured in m3, which cannot be brought to m3/min",
    )


def test_the_receipt_holds_a_fingerprint_and_never_the_secret(tested: Line, server: Ministry) -> None:
    tested.hours(1)
    receipt = tested.receipts()[0]
    assert receipt.fingerprint == fingerprint(server.secret)
    assert server.secret not in repr(receipt)


def test_the_queue_holds_the_payload_and_never_a_token(tested: Line) -> None:
    tested.hours(1)
    assert list(json.loads(tested.packages()[0].payload)) == ["uid", "data"]


def test_nothing_is_sent_while_it_is_off(server: Ministry, tmp_path: Path) -> None:
    with line(tmp_path, server.url, enabled=False) as off:
        off.passed_test()
        assert [report.skipped for report in off.hours(2)] == [SkipReason.OFF] * 2
    assert server.packages == []


def test_nothing_is_sent_before_a_test_succeeded(untested: Line, server: Ministry) -> None:
    assert [report.skipped for report in untested.hours(2)] == [SkipReason.UNTESTED] * 2
    assert server.handed_out == []


def test_the_test_posts_the_newest_record_to_its_own_door(untested: Line, server: Ministry) -> None:
    receipt = untested.passed_test()
    assert receipt.verdict is Verdict.ACCEPTED
    assert (len(server.tested), server.stored) == (1, {})


def test_a_failed_test_opens_nothing(untested: Line, server: Ministry) -> None:
    server.uids.clear()
    assert untested.passed_test().verdict is Verdict.REFUSED
    assert untested.run().skipped is SkipReason.UNTESTED


def test_a_test_without_measurements_invents_none(untested: Line) -> None:
    with pytest.raises(Exception, match="nothing is invented"):
        untested.sender.test(POINT)


def test_every_slot_alone_in_the_two_minute_mode(server: Ministry, tmp_path: Path) -> None:
    with line(tmp_path, server.url, mode="two_minutes") as quick:
        quick.passed_test()
        for _ in range(5):
            quick.measure(quick.now, quick.now + SLOT)
            quick.now += SLOT
            quick.run()
    assert server.packages == [[NINE // 1000 + 120 * slot] for slot in range(5)]


def test_a_change_of_mode_sends_no_slot_twice(server: Ministry, tmp_path: Path) -> None:
    with line(tmp_path, server.url) as hourly:
        hourly.passed_test()
        hourly.hours(2)
    with line(tmp_path, server.url, now=NINE + 2 * HOUR, mode="two_minutes") as quick:
        quick.now += SLOT
        quick.measure(quick.now - SLOT, quick.now)
        quick.run()
    assert server.packages[-1] == [(NINE + 2 * HOUR) // 1000]
    assert len(server.packages) == 2 + 1


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_an_hour_is_sent_from_its_border_on(tested: Line, server: Ministry, late: int) -> None:
    tested.measure(NINE, NINE + HOUR)
    tested.now = NINE + HOUR + late
    tested.run()
    assert len(server.stored) == (0 if late < 0 else 30)


def test_the_last_readings_are_given_time_to_arrive(server: Ministry, tmp_path: Path) -> None:
    with line(tmp_path, server.url, settle_seconds=20) as patient:
        patient.passed_test()
        patient.measure(NINE, NINE + HOUR)
        patient.now = NINE + HOUR + 19_999
        assert patient.run().made == 0
        patient.now += 1
        assert patient.run().made == 1


def test_a_clock_set_back_over_the_border_sends_no_hour_twice(tested: Line, server: Ministry) -> None:
    tested.hours(1)
    tested.now -= 10 * MINUTE
    tested.run()
    tested.now += 10 * MINUTE
    tested.run()
    assert len(server.packages) == 1
