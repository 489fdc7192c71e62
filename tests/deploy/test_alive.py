"""The health check of the containers that serve no pages."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from service.clock import now
from storage.database import Database
from storage.heartbeats import SqlHeartbeats
from support.compose import ROOT


def check(data: Path, part: str) -> subprocess.CompletedProcess[str]:
    """As the container would run it."""
    environment = {"PANTAU_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "service.alive", part]
    return subprocess.run(command, env=environment, cwd=data, capture_output=True, text=True, timeout=60)


def beat(data: Path, part: str, age: int) -> None:
    with closing(Database(f"sqlite:///{data / 'pantau.db'}")) as database:
        database.migrate()
        SqlHeartbeats(database).beat(part, now() - age, {"state": "ok"})


def test_a_part_that_spoke_lately_is_alive(tmp_path: Path) -> None:
    beat(tmp_path, "collector", 5_000)
    assert check(tmp_path, "collector").returncode == 0


def test_a_part_silent_for_minutes_is_not(tmp_path: Path) -> None:
    beat(tmp_path, "collector", 180_000)
    assert check(tmp_path, "collector").returncode == 1


def test_a_part_that_never_spoke_is_not(tmp_path: Path) -> None:
    beat(tmp_path, "collector", 0)
    done = check(tmp_path, "alerts")
    assert (done.returncode, done.stdout) == (1, "alerts has never reported\n")


def test_a_database_that_is_not_there_yet_is_no_crash(tmp_path: Path) -> None:
    done = check(tmp_path, "collector")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
