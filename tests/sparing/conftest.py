"""The ministry on loopback, and a connector that has passed its test at nine o'clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.sparing_line import Line, line
from support.sparing_ministry import Ministry, ministry


@pytest.fixture
def server() -> Iterator[Ministry]:
    """The ministry."""
    with ministry() as running:
        yield running


@pytest.fixture
def untested(server: Ministry, tmp_path: Path) -> Iterator[Line]:
    """Switched on, never tested."""
    with line(tmp_path, server.url) as opened:
        yield opened


@pytest.fixture
def tested(untested: Line) -> Line:
    """Switched on and tested; it is 09:00 UTC and nothing is measured since."""
    assert untested.passed_test().verdict.delivered
    return untested
