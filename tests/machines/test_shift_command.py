"""`pantau report shift`: what it writes, and what it refuses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service import cli

EXAMPLES = sorted(str(path) for path in (Path(__file__).parents[2] / "examples" / "mojokerto").glob("*.toml"))
Command = Callable[..., int]


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Makes a shift report of the example installation, of which nothing was measured."""

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["pantau", *words, "--data-dir", str(tmp_path)])
        return cli.main()

    assert run("apply", *EXAMPLES) == 0
    file = str(tmp_path / "shift.csv")
    return lambda day: run(
        "report", "shift", "--site", "alas-kaki", "--day", day, "--format", "csv", "--output", file
    )


def test_a_day_ahead_is_refused_and_nothing_is_written(
    report: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    assert report(ahead) != 0
    assert f"no shift of {ahead} has begun yet" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "shift.csv").exists()


def test_a_day_without_a_signal_is_an_honest_report(report: Command, tmp_path: Path) -> None:
    assert report("2026-10-05") == 0
    assert "tidak diketahui" in (tmp_path / "shift.csv").read_text("utf-8-sig")
