"""A message source from a list: for the collector's own behaviour, without a broker."""

from __future__ import annotations

from collections.abc import Sequence

from domain.message import Message


class ListedMessages:
    """Hands out prepared batches and remembers what was acknowledged."""

    def __init__(self, *batches: list[Message]) -> None:
        self.batches = list(batches)
        self.acknowledged: list[Message] = []
        self.connected = True
        self.last_error: str | None = None

    def start(self) -> None:
        """Nothing to connect to."""

    def listen_to(self, filters: Sequence[str]) -> None:
        """Everything is listed already."""

    def take(self, wait: float) -> list[Message]:
        """The next batch, or nothing."""
        return self.batches.pop(0) if self.batches else []

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Remember."""
        self.acknowledged += messages

    def stop(self) -> None:
        """Nothing to leave."""
