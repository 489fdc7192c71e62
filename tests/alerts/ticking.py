"""A child process that ticks until it is killed: `python ticking.py FOLDER`. Says when it begins."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from support.alerts_stage import AlertStage


def main(folder: Path) -> None:
    """Small slices, so that a kill falls between two commits of one tick."""
    stage = AlertStage(folder)
    stage.rebuild(slice_rows=7)
    print("ready", flush=True)
    began = time.monotonic()
    while True:
        stage.tick(10_000 + int(time.monotonic() - began))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
