"""Ways of telling people, one small file each. A new one is a file here and a line in `NOTIFIERS`."""

from __future__ import annotations

from typing import Final

from alerts.notifiers.apprise import AppriseNotifier
from alerts.notifiers.log import LogNotifier
from alerts.notifiers.webhook import WebhookNotifier
from domain.ports import Notifier

NOTIFIERS: Final[dict[str, type[Notifier]]] = {
    "apprise": AppriseNotifier,
    "log": LogNotifier,
    "webhook": WebhookNotifier,
}


def make_notifiers() -> dict[str, Notifier]:
    """One of each, by name, for the dispatcher."""
    return {name: kind() for name, kind in NOTIFIERS.items()}
