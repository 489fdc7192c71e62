"""`pantau report …`: the file it writes, and whether the data still give it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.reading import Reading, Series
from domain.report_period import midnight
from service import cli
from storage.audit import SqlAuditLog
from storage.chunk_store import SqliteReadingStore
from storage.database import Database
from support.app import PASSWORD

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(str(path) for path in (ROOT / "examples" / "mojokerto").glob("*.toml"))
START = midnight(date(2026, 10, 5), ZoneInfo("Asia/Jakarta"))
PH = Series("batik", "ipal-outlet", "ph", "pH", "outlet")
Command = Callable[..., int]


def write(folder: Path, first: int, values: list[float]) -> None:
    """Readings of pH, one a minute."""
    with SqliteReadingStore(folder / "readings.db") as store:
        store.write([Reading(PH, START + first + n * 60_000, value) for n, value in enumerate(values)])


@pytest.fixture
def pantau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on the example installation, with an hour of pH in October 2026."""

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["pantau", *words, "--data-dir", str(tmp_path)])
        return cli.main()

    assert run("apply", *EXAMPLES) == 0
    write(tmp_path, 0, [7.2] * 60)
    return run


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv", "csv-data", "json"])
def test_a_report_that_was_written_is_verified(pantau: Command, tmp_path: Path, form: str) -> None:
    file = str(tmp_path / f"report.{form}")

    assert (
        pantau("report", "monthly", "--site", "batik", "--month", "2026-10", "--format", form, "--output", file) == 0
    )
    assert pantau("report", "verify", file) == 0


def test_a_late_reading_makes_it_another_report(
    pantau: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "report.json")
    pantau("report", "daily", "--site", "batik", "--day", "2026-10-05", "--format", "json", "--output", file)
    write(tmp_path, 7_200_000, [7.4])

    assert pantau("report", "verify", file) == 1
    assert "parameters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("monthly", "--site", "batik", "--month", "oktober"), "write it like 2026-10"),
        (("monthly", "--site", "sepatu", "--month", "2026-10"), "no site sepatu"),
        (("monthly", "--site", "batik", "--month", "2999-01"), "no day of 2999-01 is over"),
        (("yearly", "--site", "batik", "--year", "2026", "--format", "doc"), "no format doc"),
        (("quarterly", "--site", "batik", "--quarter", "2026-Q4", "--point", "x"), "no compliance point x"),
    ],
)
def test_what_cannot_be_made_is_said(
    pantau: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert pantau("report", *words, "--output", str(tmp_path / "x")) == 1
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_file_that_is_no_report_is_refused(
    pantau: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.7 something else")

    assert pantau("report", "verify", str(tmp_path / "other.pdf")) == 1
    assert "no fingerprint" in capsys.readouterr().err


@pytest.mark.parametrize(("form", "head"), [("pdf", b"%PDF"), ("json", b'{"activity"')])
def test_the_month_on_one_page_is_written(pantau: Command, tmp_path: Path, form: str, head: bytes) -> None:
    file = tmp_path / "month"

    assert pantau("report", "activity", "--month", "2026-10", "--format", form, "--output", str(file)) == 0
    assert file.read_bytes().startswith(head)


# ── finished reports ────────────────────────────────────────────────────────────────────────────

OCTOBER = ("--point", "titik-penaatan-outlet", "--period", "2026-10")


@pytest.fixture
def office(pantau: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same with an officer (siti) and a technician (budi), and October's report made."""
    for name, role in (("siti", "officer"), ("budi", "technician")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
        assert pantau("user", "create", name, "--role", role, "--password-stdin") == 0
    assert pantau("report", "make", *OCTOBER, "--by", "siti") == 0
    return pantau


@pytest.fixture
def sign(office: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Signs October with a password on standard input."""

    def run(*words: str, password: str = PASSWORD) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
        return office("report", "sign", *OCTOBER, "--password-stdin", *words)

    return run


def test_a_report_that_was_made_is_listed(office: Command, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    office("report", "list", "--json")
    listed = json.loads(capsys.readouterr().out)
    assert [(one["period"], one["made_by"]) for one in listed["items"]] == [("2026-10", "siti")]


def test_made_again_from_the_same_data_it_stands(office: Command, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    office("report", "make", *OCTOBER, "--json")
    assert json.loads(capsys.readouterr().out)["made"] is False


def test_an_officer_signs_with_a_password(sign: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sign("--by", "siti") == 0
    assert "revisi 1: siti" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("who", "password", "said"),
    [
        ("budi", PASSWORD, "budi is a technician"),
        ("nobody", PASSWORD, "nobody is not known to this installation"),
        ("siti", "guessed it is", "password"),
    ],
)
def test_nobody_else_signs(
    sign: Command, capsys: pytest.CaptureFixture[str], who: str, password: str, said: str
) -> None:
    assert sign("--by", who, password=password) == 1
    assert said in " ".join(capsys.readouterr().err.split())


def test_the_audit_says_by_what_way_it_was_signed(sign: Command, tmp_path: Path) -> None:
    sign("--by", "siti")
    with closing(Database(f"sqlite:///{tmp_path / 'pantau.db'}")) as database:
        signed = next(one for one in SqlAuditLog(database).page(None, 5).items if one.action == "sign")
    assert (signed.who, "pantau report sign" in (signed.after or "")) == ("siti", True)


def test_an_empty_month_is_signed_as_such_only(
    office: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    september = ("--point", "titik-penaatan-outlet", "--period", "2026-09")
    office("report", "make", *september)
    codes = []
    for more in ((), ("--no-data",)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
        codes.append(office("report", "sign", *september, "--by", "siti", "--password-stdin", *more))
    assert codes == [1, 0]


def test_a_late_reading_is_a_difference(office: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert office("report", "diff", *OCTOBER) == 0
    write(tmp_path, 7_200_000, [7.4])
    assert office("report", "diff", *OCTOBER, "--all") == 1
    assert "Parameter harian: pH, 05/10/2026" in " ".join(capsys.readouterr().out.split())


def test_a_revision_tells_what_it_changed(
    sign: Command, office: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign("--by", "siti")
    write(tmp_path, 7_200_000, [7.4])
    assert office("report", "make", *OCTOBER) == 1
    assert office("report", "make", *OCTOBER, "--reason", "data susulan", "--by", "siti") == 0
    assert office("report", "diff", *OCTOBER, "--revision", "2") == 1


def test_a_report_that_was_never_made_is_said(pantau: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert pantau("report", "diff", *OCTOBER) == 1
    assert "pantau report list" in " ".join(capsys.readouterr().err.split())
