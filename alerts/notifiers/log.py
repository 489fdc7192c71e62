"""Tells the log: always there, needs no network."""

from __future__ import annotations

import structlog

from domain.ports import Notice
from domain.registry import Route

log = structlog.get_logger()


class LogNotifier:
    """One warning line for each notice."""

    def notify(self, route: Route, notice: Notice) -> None:
        """Never fails."""
        log.warning(
            "alert", route=route.id, alert=notice.alert.id, rule=notice.alert.rule,
            transition=notice.transition.event,
            state=notice.alert.state, priority=notice.alert.priority, subject=notice.subject,
        )  # fmt: skip
