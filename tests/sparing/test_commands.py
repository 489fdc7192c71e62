"""`pantau sparing …` against the ministry on loopback."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from domain.sparing import HOUR, SLOT, PackageKind, Receipt, Verdict
from service import cli_sparing
from service.sparing_said import outcome_said
from support.sparing_line import POINT, UID, line
from support.sparing_ministry import Ministry

SETTINGS = """
[sparing]
enabled = true
base_url = "{url}"
settle_seconds = 0
[[sparing.points]]
point = "outlet-ipal"
uid = "ABC3fe3fa2366e1acce66XYZ"
[sparing.points.sensors]
pH = {{ device = "ipal-outlet", metric = "ph" }}
"""
Command = Callable[..., Result]


@pytest.fixture
def sparing(server: Ministry, tmp_path: Path) -> Command:
    """Runs a command in a folder in which the last two hours were measured."""
    config = tmp_path / "pantau.toml"
    config.write_text(SETTINGS.format(url=server.url))
    now = time.time_ns() // 1_000_000
    with line(tmp_path, server.url) as opened:
        opened.measure(now // SLOT * SLOT - 2 * HOUR, now, ph=7.0)
    app = typer.Typer()
    cli_sparing.add_to(app)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["sparing", *arguments, "--config", str(config), "--data-dir", str(tmp_path)])

    return run


def said(result: Result) -> Any:
    """The JSON a command printed."""
    return json.loads(result.output)


def test_the_status_says_that_a_test_is_due(sparing: Command) -> None:
    assert said(sparing("status", "--json"))["items"][0]["skipped"] == "untested"


def test_a_test_prints_its_receipt(sparing: Command) -> None:
    found = sparing("test", "--json")
    assert (found.exit_code, said(found)["items"][0]["verdict"]) == (0, "accepted")


def test_a_refused_test_exits_with_one(sparing: Command, server: Ministry) -> None:
    server.uids.clear()
    assert sparing("test").exit_code == 1


def test_a_dry_run_prints_the_record_and_contacts_nobody(sparing: Command, server: Ministry) -> None:
    found = sparing("test", "--dry-run")
    assert (found.exit_code, said(found)["uid"], said(found)["pH"]) == (0, UID, 7.0)
    assert (server.tested, server.handed_out) == ([], [])
    assert said(sparing("status", "--json"))["items"][0]["tested_at"] is None


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.GIVEN_UP])
def test_whatever_a_test_comes_to_is_told_in_a_sentence(verdict: Verdict) -> None:
    receipt = Receipt(0, POINT, UID, PackageKind.TEST, 0, 0, 1, verdict, 1, 0, http=502, desc="maaf")
    told = outcome_said(receipt, "https://x")
    assert verdict.value in told
    assert told.endswith("maaf")


def test_a_refused_test_says_what_to_look_at(sparing: Command, server: Ministry) -> None:
    server.uids.clear()
    assert f"Periksa uid {UID}" in sparing("test").output


def test_send_now_without_a_test_exits_with_one(sparing: Command) -> None:
    assert sparing("send-now").exit_code == 1


def test_send_now_after_a_test_sends_what_is_over(sparing: Command) -> None:
    sparing("test")
    found = sparing("send-now", "--json")
    assert (found.exit_code, said(found)["items"][0]["problem"]) == (0, None)


def test_receipts_are_listed(sparing: Command) -> None:
    sparing("test")
    assert [item["kind"] for item in said(sparing("receipts", "--json"))["items"]] == ["test"]


def test_tables_are_shown_to_people(sparing: Command) -> None:
    sparing("test")
    assert UID in sparing("status").output.replace("\n", "")
    assert sparing("receipts").exit_code == 0


def test_the_form_of_the_month_is_written(sparing: Command, tmp_path: Path) -> None:
    sparing("test")
    month = f"{datetime.now(ZoneInfo('Asia/Jakarta')):%Y-%m}"
    form = tmp_path / "form.xlsx"
    found = said(sparing("missing", "--month", month, "--output", str(form), "--json"))
    assert found["point"] == POINT
    assert load_workbook(form).sheetnames == ["data"]


@pytest.mark.parametrize("month", ["2026-13", "oktober", "2999-01"])
def test_a_month_that_is_none_is_refused(sparing: Command, month: str) -> None:
    assert "month" in repr(vars(sparing("missing", "--month", month).exception or object()))
