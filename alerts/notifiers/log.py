"""Tells the log: always there, needs no network."""

from __future__ import annotations

import structlog

from domain.ports import Address, Notice

log = structlog.get_logger()


class LogNotifier:
    """One warning line for each notice."""

    def notify(self, address: Address, notice: Notice) -> None:
        """Never fails. The acknowledge link is left out: who reads the log is not whom it is for."""
        log.warning("told", to=address.name, id=notice.id, subject=notice.subject, **_alert(notice))


def _alert(notice: Notice) -> dict[str, str]:
    alert, transition = notice.alert, notice.transition
    if alert is None or transition is None:
        return {}
    return {
        "alert": alert.id, "rule": alert.rule, "transition": transition.event, "state": alert.state,
        "priority": alert.priority,
    }  # fmt: skip
