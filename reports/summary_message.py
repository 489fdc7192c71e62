"""The daily summary as a message: one subject, the sites below each other, and whether all messages arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from domain.alert import NotificationState
from domain.ports import AlertBook, Registry
from domain.reading import Millis
from domain.registry import Site
from domain.text import Language
from reports.daily_summary import DailySummaries, DailySummary, day_span
from reports.summary_text import render, written

PAGE: Final = 500
PAGES: Final = 10


class SummaryMessages:
    """Subject and body of a day at some sites, in a language; what the post of the summaries is given."""

    def __init__(self, summaries: DailySummaries, registry: Registry, book: AlertBook) -> None:
        self._summaries = summaries
        self._registry = registry
        self._book = book

    def __call__(self, sites: Sequence[Site], day: date, language: str, now: Millis) -> tuple[str, str]:
        """Raises Unavailable when a store is away."""
        installation = self._registry.installation()
        found = [self._summaries.of(installation, site, day) for site in sites]
        blocks = [render(summary, installation, language) for summary in found]
        failed = self._failed(day_span(day, ZoneInfo(sites[0].timezone))[0]) if sites else 0
        if failed:
            blocks.append(
                f"{failed} messages could not be delivered."
                if language == Language.EN
                else f"{failed} pesan tidak terkirim."
            )
        return subject(found, day, language), "\n\n".join(blocks)

    def _failed(self, since: Millis) -> int:
        """Notifications given up that were queued since then."""
        count = 0
        after: str | None = None
        for _ in range(PAGES):
            page = self._book.outbox(after, PAGE, NotificationState.FAILED)
            count += sum(one.queued_at >= since for one in page.items)
            after = page.next
            if after is None or page.items[-1].queued_at < since:
                break
        return count


def subject(found: Sequence[DailySummary], day: date, language: str) -> str:
    """`Ringkasan 21 November 2026: 2 peringatan belum selesai`."""
    still, silent = sum(one.open for one in found), sum(len(one.silent) for one in found)
    if language == Language.EN:
        said = f"Summary {written(day, language)}: {still or 'no'} open alerts"
        return said + (f", {silent} silent devices" if silent else "")
    said = f"Ringkasan {written(day, language)}: {still or 'tidak ada'} peringatan belum selesai"
    return said + (f", {silent} alat diam" if silent else "")
