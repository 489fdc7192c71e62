"""`pantau report …`: the file it writes, and whether the data still give it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.reading import Reading, Series
from domain.report_period import midnight
from service import cli
from storage.chunk_store import SqliteReadingStore

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
