"""What time alone does to alerts: shelves that end, re-alarms, chattering that calms (by `Alert.due`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.ports import AlertBook
from domain.reading import Millis

if TYPE_CHECKING:
    from alerts.causes.causes import Causes
    from alerts.rulebook import Compiled
    from alerts.work import Work


def alerts_due(book: AlertBook, work: Work, rules: Compiled, now: Millis, causes: Causes | None = None) -> bool:
    """Decide on one batch of alerts whose `due` has come; whether there may be more."""
    return False
