"""Since when somebody could not be told: messages that wait for another attempt, and those that were refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from domain.alert import Notification, NotificationState
from domain.ports import AlertBook
from domain.reading import Millis

PAGES: Final = 10
PAGE: Final = 200
LATELY: Final[Millis] = 86_400_000  # a refusal is news for so long, unless something gets through


def undelivered_since(book: AlertBook, now: Millis) -> Millis | None:
    """When the oldest of them was queued; None where everybody can be told."""
    return min((*_waiting(book), *_refused(book, now)), default=None)


def _waiting(book: AlertBook) -> Iterator[Millis]:
    """Of messages that were tried and could not be delivered yet."""
    after: str | None = None
    for _ in range(PAGES):
        page = book.outbox(after, PAGE, NotificationState.QUEUED)
        yield from (one.queued_at for one in page.items if one.attempts)
        after = page.next
        if after is None:
            return


def _refused(book: AlertBook, now: Millis) -> Iterator[Millis]:
    """Of messages that failed for good, where nothing reached the same person by the same route since."""
    failed = book.outbox(None, PAGE, NotificationState.FAILED).items
    failed = [one for one in failed if now - LATELY < one.queued_at]
    if not failed:
        return
    arrived = [book.outbox(None, PAGE, state) for state in (NotificationState.SENT, NotificationState.SEEN)]
    reached = _newest([one for page in arrived for one in page.items if one.last_error is None])
    seen_from = max(page.items[-1].id if page.next is not None else 0 for page in arrived)  # before, nothing is known
    for one in failed:
        if one.id > max(seen_from, reached.get((one.route, one.contact), 0)):
            yield one.queued_at


def _newest(arrived: Sequence[Notification]) -> dict[tuple[str, str], int]:
    """The newest that arrived, by route and contact."""
    found: dict[tuple[str, str], int] = {}
    for one in arrived:
        lane = (one.route, one.contact)
        found[lane] = max(one.id, found.get(lane, 0))
    return found
