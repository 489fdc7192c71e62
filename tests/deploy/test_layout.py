"""The arrows between the packages point down, and an installed Pantau has all of them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from support.compose import ROOT


def test_packages_import_only_what_stands_below_them() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_is_installed() -> None:
    named = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"])
    tops = {name for name in named if "." not in name}
    files = (file.relative_to(ROOT) for top in tops for file in (ROOT / top).rglob("*.py"))
    assert {".".join(file.parent.parts) for file in files} == named
