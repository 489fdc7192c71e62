"""The arrows between the packages point down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.compose import ROOT


def test_packages_import_only_what_stands_below_them() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
