"""The store's writer as a job: what it says is remembered, and a backlog of days holds up no stop."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from service import roles
from service.roles import StoreHealth
from storage.forwarder import ForwardResult, ForwardState


class Backlog:
    """A writer with more to forward than anybody will live to see."""

    def __init__(self) -> None:
        self.runs = 0

    def run_once(self, now: int) -> ForwardResult:
        """There is more."""
        self.runs += 1
        return ForwardResult(200_000, 0, ForwardState.FORWARDING)


def test_a_backlog_of_days_is_forwarded_in_short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "WRITE_AT_MOST", 0.05)
    writer = Backlog()
    app = SimpleNamespace(writer=writer, services=SimpleNamespace(clock=lambda: 0))
    StoreHealth(app).write()  # type: ignore[arg-type]  # all it needs of an application
    assert writer.runs > 0
