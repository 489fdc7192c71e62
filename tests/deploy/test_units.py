"""The systemd units are valid and start the commands there are."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.compose import ROOT

UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))


def directives(unit: Path) -> dict[str, list[str]]:
    """`Key=value` lines by section and key."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in unit.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(f"{section}.{key}", []).append(value)
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_it(unit: Path, tmp_path: Path) -> None:
    """By systemd itself where it is installed, by the rules below everywhere."""
    analyze = shutil.which("systemd-analyze")
    assert {"Unit.Description", "Service.ExecStart", "Install.WantedBy"} <= directives(unit).keys()
    if analyze:
        pantau = Path(sys.executable).with_name("pantau")
        here = tmp_path / unit.name
        text = unit.read_text("utf-8").replace("/opt/pantau/.venv/bin/pantau", str(pantau))
        here.write_text(text.replace("Documentation=file:/opt/pantau", f"Documentation=file:{ROOT}"), "utf-8")
        done = subprocess.run([analyze, "verify", "--man=no", here], capture_output=True, text=True, timeout=60)
        assert unit.name not in done.stderr
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_is_locked_in(unit: Path) -> None:
    found = directives(unit)
    assert found["Service.User"] == ["pantau"]
    assert found["Service.ProtectSystem"] == ["strict"]
    assert found["Service.NoNewPrivileges"] == ["yes"]
    assert found["Service.StateDirectory"] == ["pantau"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_comes_back_unless_a_setting_is_wrong(unit: Path) -> None:
    found = directives(unit)
    assert found["Service.Restart"] == ["always"]
    assert found["Service.RestartPreventExitStatus"] == ["2"]
    assert found["Unit.StartLimitIntervalSec"] == ["0"]


def test_one_process_and_three_never_run_together() -> None:
    for unit in UNITS:
        if unit.stem != "pantau":
            assert directives(unit)["Unit.Conflicts"] == ["pantau.service"]
