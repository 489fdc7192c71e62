"""Tells through Apprise: Telegram, WhatsApp gateways, e-mail, ntfy, SMS gateways and a hundred more, by one URL.

The library answers only yes, no or too late, with lines for its log. Those may show topics and recipients, so of them
nothing but the number of the answer's status is taken, and its logger is kept to itself.
"""

from __future__ import annotations

import logging
import re
import threading
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from alerts.secrets import shown
from domain.alert import AlertEvent, Priority
from domain.errors import DeliveryError
from domain.ports import Address, Notice

if TYPE_CHECKING:
    from apprise import Apprise

TIMEOUT: Final = 9.0  # s for one delivery as a whole
_STATUS: Final = re.compile(r"error=(\d{3})\b")


class AppriseNotifier:
    """One message to one address. Failures are temporary, except for an address that Apprise cannot read.

    What a service answers does not tell "wrong token" from "later" reliably, and a message that is tried for a week
    too long costs less than one that is given up too early.
    """

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._module: ModuleType | None = None

    def notify(self, address: Address, notice: Notice) -> None:
        """Raises DeliveryError; its message shows no more of the address than its scheme, and a web host."""
        if address.url is None:
            raise DeliveryError(f"{address.name} has no address", permanent=True)
        post, module = self._open(address.url)
        found = post.notify(
            body=notice.body, title=notice.subject, notify_type=_type(module, notice),
            body_format=module.NotifyFormat.TEXT, log_level=logging.WARNING,
            attach=list(notice.files) if notice.files and _carries_files(address.url) else None,
        )  # fmt: skip
        if not found:
            raise DeliveryError(f"{shown(address.url)}: {_why(module, found)}", permanent=False)

    def check(self, url: str) -> None:
        """Raises a permanent DeliveryError for an address that Apprise cannot read; sends nothing."""
        self._open(url)

    def schemes(self) -> frozenset[str]:
        """What an address may begin with, such as `tgram`."""
        self._load()
        from apprise.manager_plugins import NotificationManager

        manager: Any = NotificationManager
        return frozenset(manager().schemas())

    def _open(self, url: str) -> tuple[Apprise, ModuleType]:
        module = self._load()
        asset = module.AppriseAsset(
            app_id="Pantau", app_desc="Pantau", app_url="", async_mode=False, http_redirects=False,
            service_timeout=self._timeout,
        )  # fmt: skip
        post: Apprise = module.Apprise(asset=asset)
        if not post.add(url) or len(post) != 1:
            raise DeliveryError(f"{shown(url)}: Apprise cannot read this address", permanent=True)
        return post, module

    def _load(self) -> ModuleType:
        """On first use: with its plugins it takes 0.3 s and 30 MB, which who tells nobody by it does not pay."""
        with self._lock:
            if self._module is None:
                own = logging.getLogger("apprise")
                own.propagate = False
                own.addHandler(logging.NullHandler())
                own.setLevel(logging.WARNING)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)  # the library's own imports
                    import apprise

                    apprise.Apprise.instantiate("json://localhost")  # loads the plugins
                self._module = apprise
        return self._module


def _type(module: ModuleType, notice: Notice) -> Any:
    """The mark that some services show beside a message."""
    if notice.alert is None or notice.transition is None:
        return module.NotifyType.INFO
    if notice.transition.event is AlertEvent.RETURNED:
        return module.NotifyType.SUCCESS
    grave = notice.alert.priority in (Priority.HIGH, Priority.CRITICAL)
    return module.NotifyType.FAILURE if grave else module.NotifyType.WARNING


def _carries_files(url: str) -> bool:
    """E-mail does everywhere; chat programs and gateways get the link in the text."""
    return url.partition(":")[0].lower() in ("mailto", "mailtos")


def _why(module: ModuleType, found: Any) -> str:
    if found.status == module.AppriseResultStatus.TIMEOUT:
        return "no answer in time"
    said = " ".join(entry.message for result in found for entry in result.logs())
    status = _STATUS.search(said)
    return f"answered {status[1]}" if status else "not delivered"
