"""The stage on which the alerts play."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.alerts_stage import AlertStage
from support.folders import MEMORY


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory: thousands of ticks, each with transactions of its own, need not wait for a disk."""
    with tempfile.TemporaryDirectory(prefix="pantau-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[AlertStage]:
    """A real journal and a real book (SQLite), empty."""
    made = AlertStage(tmp_path)
    yield made
    made.close()
