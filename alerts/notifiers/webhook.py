"""Tells a web address: one POST with a JSON body. Deliveries may come twice; `id` says which are the same."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
import msgspec

from alerts.secrets import shown
from domain.errors import DeliveryError
from domain.ports import Address, Notice

TIMEOUT: Final = 9.0  # s for the whole delivery's every phase
WORTH_RETRYING: Final = frozenset({408, 425, 429})
LONGEST_RETRY_AFTER: Final = 86_400.0  # s; a longer one is not believed


class WebhookNotifier:
    """2xx is delivered; 4xx is permanent except 408, 425 and 429; everything else is tried again."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._client: httpx.Client | None = None  # made on first use: its TLS context takes 30 ms

    def notify(self, address: Address, notice: Notice) -> None:
        """Raises DeliveryError; its message never shows more of the address than its host."""
        if address.url is None:
            raise DeliveryError(f"{address.name} has no address", permanent=True)
        where = shown(address.url)
        try:
            answer = self._open().post(
                address.url, content=payload(notice),
                headers={"content-type": "application/json", "user-agent": "pantau", "idempotency-key": notice.id},
            )  # fmt: skip
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise DeliveryError(f"{where}: not an address", permanent=True) from None
        except httpx.HTTPError as error:
            raise DeliveryError(f"{where}: {type(error).__name__}", permanent=False) from None
        if not answer.is_success:
            raise refusal(where, answer)

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(timeout=self._timeout)
        return self._client


def refusal(where: str, answer: httpx.Response) -> DeliveryError:
    """What an answer other than 2xx means; a redirect is not followed: a secret must not wander."""
    status = answer.status_code
    hopeless = 300 <= status < 500 and status not in WORTH_RETRYING
    wait = None if hopeless else retry_after(answer.headers.get("retry-after"), answer.headers.get("date"))
    return DeliveryError(f"{where}: HTTP {status}", permanent=hopeless, retry_after=wait)


def retry_after(text: str | None, date: str | None) -> float | None:
    """Seconds by RFC 9110 10.2.3: a number, or a date, which is measured by the other side's own clock."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return min(float(text), LONGEST_RETRY_AFTER)
    until, since = _date(text), _date(date or "")
    if until is None or since is None:
        return None
    return min(max(0.0, (until - since).total_seconds()), LONGEST_RETRY_AFTER)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def payload(notice: Notice) -> bytes:
    """`id` (the same when it comes twice), the worded message, the alert as it is now, the transition, the age in ms.

    `alert` and `transition` are null for a digest or a summary.
    """
    return msgspec.json.encode(
        {
            "id": notice.id,
            "subject": notice.subject,
            "body": notice.body,
            "age_ms": notice.age,
            "link": notice.link,
            "alert": notice.alert,
            "transition": notice.transition,
        }
    )
