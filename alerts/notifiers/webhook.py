"""Tells a web address: one POST with a JSON body. Deliveries may come twice; `id` says which are the same."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from domain.errors import DeliveryError
from domain.ports import Notice
from domain.registry import Route

TIMEOUT: Final = 10.0  # s for the whole delivery's every phase
WORTH_RETRYING: Final = frozenset({408, 425, 429})


class WebhookNotifier:
    """2xx is delivered; 4xx is permanent except 408, 425 and 429; everything else is tried again."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._client: httpx.Client | None = None  # made on first use: its TLS context takes 30 ms

    def notify(self, route: Route, notice: Notice) -> None:
        """Raises DeliveryError; its message never shows more of the address than its host."""
        if route.url is None:
            raise DeliveryError(f"route {route.id} has no url", permanent=True)
        url = str(route.url)
        try:
            answer = self._open().post(
                url, content=payload(route, notice),
                headers={"content-type": "application/json", "user-agent": "pantau"},
            )  # fmt: skip
        except httpx.InvalidURL:
            raise DeliveryError(f"{redacted(url)}: not an address", permanent=True) from None
        except httpx.HTTPError as error:
            raise DeliveryError(f"{redacted(url)}: {type(error).__name__}", permanent=False) from None
        if not answer.is_success:
            raise DeliveryError(f"{redacted(url)}: HTTP {answer.status_code}", permanent=hopeless(answer.status_code))

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(timeout=self._timeout)
        return self._client


def hopeless(status: int) -> bool:
    """Whether trying again cannot help. A redirect is not followed: a secret must not wander."""
    return 300 <= status < 500 and status not in WORTH_RETRYING


def redacted(url: str) -> str:
    """Scheme, host and port; user, path and query may hold secrets."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/…"


def payload(route: Route, notice: Notice) -> bytes:
    """`id` (the transition's), the worded message, the alert as it is now, the transition, the age in ms."""
    return msgspec.json.encode(
        {
            "id": f"{notice.transition.id}:{route.id}",
            "subject": notice.subject,
            "body": notice.body,
            "age_ms": notice.age,
            "alert": notice.alert,
            "transition": notice.transition,
        }
    )
