"""What is told once: noted in the book when it was delivered or given up, tried again while what hinders it may pass.

A restart repeats nothing; killed between sending and noting it, it comes twice, with the same id.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from alerts.dispatch import FIRST_WAIT, LONGEST_WAIT
from alerts.links import digest
from domain.errors import DeliveryError
from domain.ports import AlertBook
from domain.reading import Millis


class Posted(Struct):
    """What one look did: delivered, tried in vain, given up."""

    sent: int = 0
    retrying: int = 0
    failed: int = 0


class ToldOnce:
    """One telling is one key: what is told, and to whom."""

    def __init__(self, book: AlertBook) -> None:
        self._book = book
        self._again: dict[str, tuple[int, Millis]] = {}  # key: (tries, not before)

    def due(self, key: str, now: Millis) -> bool:
        """Whether it has not been told, and no wait holds it back. Raises Unavailable when the book is away."""
        _, not_before = self._again.get(key, (0, 0))
        return not_before <= now and not self._book.used(digest(key))

    def tell(
        self,
        key: str,
        deliver: Callable[[], DeliveryError | None],
        done: Posted,
        now: Millis,
        term: int | None = None,
    ) -> None:
        """Deliver it and count what came of it in `done`. `deliver` returns or raises what hindered it.

        Raises Deposed when another has taken over since `term`.
        """
        try:
            error = deliver()
        except DeliveryError as refused:
            error = refused
        if error is not None and not error.permanent:
            tries, _ = self._again.get(key, (0, 0))
            wait = max(min(LONGEST_WAIT, FIRST_WAIT * 2**tries), round((error.retry_after or 0) * 1000))
            self._again[key] = (tries + 1, now + wait)
            done.retrying += 1
            return
        self._again.pop(key, None)
        self._book.use_once(digest(key), now, term)
        done.sent += error is None
        done.failed += error is not None
