"""A child process that ticks until it is killed: `python ticking.py FOLDER`. Prints each tick's judged count."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from support.alerts_stage import AlertStage


def main(folder: Path) -> None:
    """Small slices, so that a kill falls between two commits of one tick."""
    stage = AlertStage(folder)
    stage.rebuild(slice_rows=7)
    began = time.monotonic()
    while True:
        report = stage.tick(10_000 + int(time.monotonic() - began))
        print(report.judged, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
