"""One delivery: finds the notifier, fills in the secrets, and turns every failure into a `DeliveryError`."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from msgspec.structs import replace

from alerts.contacts import Channel
from alerts.secrets import Secrets
from domain.errors import DeliveryError
from domain.ports import Notice, Notifier

log = structlog.get_logger()


class OurFault(DeliveryError):
    """Something is wrong with the message or with us: tried again, and no other message waits for it."""


class Courier:
    """Safe for several threads, as notifiers are."""

    def __init__(self, notifiers: Mapping[str, Notifier], secrets: Secrets | None = None) -> None:
        self._notifiers = notifiers
        self._secrets = secrets or Secrets(None)

    def deliver(self, channel: Channel, notice: Notice) -> DeliveryError | None:
        """Try once; None when it was delivered. Never raises, and never says more of the address than its host."""
        notifier = self._notifiers.get(channel.notifier)
        if notifier is None:
            return DeliveryError(f"there is no notifier {channel.notifier!r}", permanent=True)
        try:
            url = channel.address.url
            filled = channel.address if url is None else replace(channel.address, url=self._secrets.fill(url))
            notifier.notify(filled, notice)
        except DeliveryError as error:
            return error
        except Exception as error:  # noqa: BLE001 (told without its text and its stack: either may show the address)
            log.error("notifier_failed", channel=channel.address.name, notice=notice.id, error=type(error).__name__)
            return OurFault(f"Pantau itself failed on this message ({type(error).__name__})", permanent=False)
        return None
