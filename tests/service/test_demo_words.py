"""What the demo says of the history it makes."""

from __future__ import annotations

import pytest

from service.demo import history_line


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        (0, ""),
        (30 * 86_400_000, "30 days of history are being written; "),
        (1_200_000, "20 minutes of history are being written; "),
    ],
)
def test_only_the_history_that_is_missing_is_said_to_be_written(missing: int, line: str) -> None:
    assert history_line(missing) == line
