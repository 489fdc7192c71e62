"""The stage on which the alerts play."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.alerts_stage import AlertStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[AlertStage]:
    """A real journal and a real book (SQLite), empty."""
    made = AlertStage(tmp_path)
    yield made
    made.close()
