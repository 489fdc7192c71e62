"""Refusals, duplicates, changing secrets, outages, kills: nothing is lost, nothing counts twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from domain.sparing import HOUR, PackageState, Verdict
from reports.sparing.package import slots_in
from reports.sparing.sender import LEASE, pause_after
from support.killing import ROOT
from support.sparing_line import MINUTE, NINE, POINT, Line
from support.sparing_ministry import Fault, Ministry

DAY = 24 * HOUR


def verdicts(line: Line) -> list[Verdict]:
    """What the attempts came to, oldest first."""
    return [receipt.verdict for receipt in line.receipts()]


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (Fault.REFUSED, Verdict.REFUSED),
        (Fault.SERVER_ERROR, Verdict.HTTP_ERROR),
        (Fault.PAGE, Verdict.NOT_UNDERSTOOD),
        (Fault.SILENCE, Verdict.UNREACHABLE),
        (Fault.NO_SECRET, Verdict.NO_SECRET),
        (Fault.SECRET_PAGE, Verdict.NO_SECRET),
    ],
)
def test_what_failed_is_tried_again_and_arrives_once(
    tested: Line, server: Ministry, fault: Fault, verdict: Verdict
) -> None:
    server.faults.append(fault)
    tested.hours(1)
    tested.now += MINUTE
    tested.run()
    assert verdicts(tested) == [verdict, Verdict.ACCEPTED]
    assert len(server.stored) == 30


def test_a_refusal_with_http_200_is_a_refusal_with_its_words(tested: Line, server: Ministry) -> None:
    server.faults.append(Fault.REFUSED)
    tested.hours(1)
    receipt = tested.receipts()[0]
    assert (receipt.http, receipt.status, receipt.desc) == (200, False, "Data tidak valid")


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.ODD_SUCCESS])
def test_what_arrived_without_an_answer_is_understood_as_a_duplicate(
    tested: Line, server: Ministry, fault: Fault
) -> None:
    server.faults.append(fault)
    tested.hours(1)
    tested.now += MINUTE
    tested.run()
    assert (verdicts(tested)[-1], tested.states()) == (Verdict.DUPLICATE, [PackageState.DELIVERED])


def test_the_body_counts_whatever_its_type_is_called(tested: Line, server: Ministry) -> None:
    server.faults.append(Fault.PLAIN_TYPE)
    tested.hours(1)
    assert verdicts(tested) == [Verdict.ACCEPTED]


def as_wib(slot: int) -> str:
    """A time as a server in Jakarta would write it."""
    return (datetime.fromtimestamp(slot, UTC) + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize("written", [int, str, as_wib, lambda slot: {"datetime": slot}])
def test_slots_named_as_duplicates_are_not_sent_again(tested: Line, server: Ministry, written: object) -> None:
    tested.measure(NINE, NINE + HOUR)
    known = [NINE // 1000, NINE // 1000 + 120]
    server.stored.update({("ABC3fe3fa2366e1acce66XYZ", slot): {} for slot in known})
    server.written_as = written  # type: ignore[assignment]
    tested.now += HOUR
    tested.run()
    assert verdicts(tested) == [Verdict.PARTLY_DUPLICATE, Verdict.ACCEPTED]
    assert len(server.packages[-1]) == 28


def test_a_duplicate_without_a_list_means_all_of_it(tested: Line, server: Ministry) -> None:
    server.faults += [Fault.CUT, Fault.UNLISTED]
    tested.hours(1)
    tested.now += MINUTE
    tested.run()
    assert tested.states() == [PackageState.DELIVERED]


def test_duplicates_that_are_none_of_ours_do_not_count_as_delivered(tested: Line, server: Ministry) -> None:
    tested.measure(NINE, NINE + HOUR)
    server.stored["ABC3fe3fa2366e1acce66XYZ", NINE // 1000] = {}
    server.written_as = lambda _: 12345
    tested.now += HOUR
    tested.run()
    assert (verdicts(tested), tested.states()) == ([Verdict.REFUSED], [PackageState.QUEUED])


def test_a_secret_that_changes_between_fetch_and_send_costs_no_attempt(tested: Line, server: Ministry) -> None:
    server.faults.append(Fault.ROTATED)
    tested.hours(1)
    assert verdicts(tested) == [Verdict.ACCEPTED]


def test_a_refusal_is_not_repeated_while_the_secret_stands(tested: Line, server: Ministry) -> None:
    server.faults += [Fault.REFUSED, Fault.REFUSED]
    tested.hours(1)
    assert list(server.faults) == [Fault.REFUSED]


def test_one_refused_hour_does_not_hold_up_the_others(tested: Line, server: Ministry) -> None:
    server.faults.append(Fault.REFUSED)
    tested.measure(NINE, NINE + 2 * HOUR)
    tested.now += 2 * HOUR
    tested.run()
    assert tested.states() == [PackageState.QUEUED, PackageState.DELIVERED]


def test_an_outage_of_six_hours_ends_with_every_hour_delivered_oldest_first(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.hours(6)
    server.start()
    tested.now += HOUR
    tested.run()
    starts = [package[0] for package in server.packages]
    assert starts == [(NINE + hour * HOUR) // 1000 for hour in range(6)]
    assert len(server.stored) == 180


def test_a_server_that_is_away_is_asked_once_a_run(tested: Line, server: Ministry) -> None:
    server.stop()
    assert [report.attempts for report in tested.hours(3)] == [1, 1, 1]


def test_the_pauses_grow_to_an_hour() -> None:
    assert [pause_after(attempt) // MINUTE for attempt in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_nothing_is_asked_before_the_pause_is_over(tested: Line, server: Ministry) -> None:
    server.faults.append(Fault.SERVER_ERROR)
    tested.hours(1)
    tested.now += MINUTE - 1
    assert tested.run().attempts == 0


def test_send_now_does_not_wait_for_the_pause(tested: Line, server: Ministry) -> None:
    server.faults.append(Fault.SERVER_ERROR)
    tested.hours(1)
    assert tested.sender.resend()[0].delivered == 1


def test_what_is_older_than_a_week_is_given_up(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.hours(1)
    tested.now = NINE + HOUR + 7 * DAY + 1
    report = tested.run()
    assert (report.given_up, tested.packages()[0].state) == (1, PackageState.GIVEN_UP)
    assert Verdict.GIVEN_UP in verdicts(tested)


def test_what_is_a_week_old_is_still_tried(tested: Line, server: Ministry) -> None:
    server.stop()
    tested.hours(1)
    server.start()
    tested.now = NINE + HOUR + 7 * DAY
    tested.run()
    assert tested.packages()[0].state is PackageState.DELIVERED


def test_hours_of_a_power_cut_are_caught_up_from_what_was_measured(tested: Line, server: Ministry) -> None:
    tested.measure(NINE, NINE + 5 * HOUR)
    tested.now += 5 * HOUR
    assert tested.run().delivered == 5


def test_two_senders_at_once_send_an_hour_once(tested: Line, server: Ministry) -> None:
    tested.measure(NINE, NINE + HOUR)
    tested.now += HOUR
    other = tested.another()
    server.after_storing = lambda: other.resend() and None
    tested.run()
    assert len(server.packages) == 1


def test_after_a_start_old_hours_wait_for_what_is_still_coming_in(tested: Line, server: Ministry) -> None:
    tested.measure(NINE, NINE + 20 * MINUTE)
    tested.now = NINE + 3 * HOUR
    restarted = tested.another(grace=10 * MINUTE)
    restarted.run_once()
    assert server.packages == []
    tested.measure(NINE + 20 * MINUTE, NINE + HOUR)
    tested.now += 10 * MINUTE
    restarted.run_once()
    assert [len(package) for package in server.packages] == [30]


def test_after_a_start_the_hour_that_goes_on_does_not_wait(tested: Line, server: Ministry) -> None:
    tested.now = NINE + HOUR - 5 * MINUTE
    restarted = tested.another(grace=10 * MINUTE)
    tested.measure(NINE, NINE + HOUR)
    tested.now = NINE + HOUR
    restarted.run_once()
    assert len(server.stored) == 30


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_every_slot_arrives_once(tested: Line, server: Ministry, seed: int) -> None:
    chance = Random(seed)
    usual = [fault for fault in Fault if fault not in (Fault.SILENCE, Fault.DRIP)]  # they cost a second each
    for _ in range(8):
        server.faults.extend(chance.choices(usual, k=chance.randrange(3)))
        tested.hours(1)
        tested.now += chance.randrange(3) * 20 * MINUTE
        tested.run()
        tested.now = -(-tested.now // HOUR) * HOUR
    measured = {at // 1000 for at in range(NINE, tested.now, 120_000)}
    server.faults.clear()
    tested.now += 2 * HOUR
    tested.run()
    sent = [slot for package in tested.packages() for slot in (*slots_in(package), *package.duplicates)]
    left_out = {slot for package in tested.packages() for slot in package.missing}
    assert {slot for _, slot in server.stored} == set(sent)
    assert set(tested.states()) <= {PackageState.DELIVERED, PackageState.EMPTY}
    assert measured <= set(sent) | left_out


CHILD = """
import sys
from pathlib import Path
from support.sparing_line import NINE, line
from domain.sparing import HOUR
with line(Path(sys.argv[1]), sys.argv[2], now=NINE + HOUR) as opened:
    opened.run()
print("survived")
"""


def killed_while_sending(folder: Path, server: Ministry) -> int:
    """Run a connector in a process of its own; the server kills it when it has stored, before it answers."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    with subprocess.Popen([sys.executable, "-c", CHILD, str(folder), server.url], env=environment) as child:
        server.after_storing = child.kill
        code = child.wait(60)
    server.after_storing = lambda: None
    return code


def test_a_kill_between_send_and_note_is_understood_after_the_restart(
    tested: Line, server: Ministry, tmp_path: Path
) -> None:
    tested.measure(NINE, NINE + HOUR)
    assert killed_while_sending(tmp_path, server) == -signal.SIGKILL
    tested.now = NINE + HOUR + LEASE
    tested.run()
    assert [(receipt.verdict, receipt.attempt) for receipt in tested.receipts()] == [(Verdict.DUPLICATE, 2)]


def test_a_kill_stores_no_slot_twice(tested: Line, server: Ministry, tmp_path: Path) -> None:
    tested.measure(NINE, NINE + HOUR)
    killed_while_sending(tmp_path, server)
    tested.now = NINE + 2 * HOUR
    tested.run()
    assert len(server.stored) == 30


def test_a_test_survives_a_restart(tested: Line, server: Ministry) -> None:
    assert tested.queue.tested(POINT, "ABC3fe3fa2366e1acce66XYZ") == NINE


def test_another_uid_must_be_tested_again(tested: Line) -> None:
    assert tested.queue.tested(POINT, "another") is None
