"""A Python process of our own that is killed with -9 at a moment we choose."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def killed_after(seconds: float, *arguments: str) -> list[str]:
    """Run Python with these arguments and kill it so long after its first line; the whole lines it said."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    with subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            said = child.stdout.readline()
            time.sleep(seconds)
        finally:
            child.kill()
        said += child.stdout.read()
    return said.split("\n")[:-1]


def kill_until_done(pause: Callable[[int], float], *arguments: str) -> int:
    """Kill it again and again, `pause(kills so far)` seconds after its first line, until it says `done`.

    How often it was killed.
    """
    for kills in range(200):
        if "done" in killed_after(pause(kills), *arguments):
            return kills
    raise AssertionError("it never came to its end")
