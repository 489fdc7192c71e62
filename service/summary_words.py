"""The daily summary as a message: one day of some sites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.ports import Registry
from domain.reading import Millis
from domain.registry import Site
from reports.daily_summary import DailySummaries
from reports.summary_text import render


class SummaryWords:
    """Called for each reader in his language."""

    def __init__(self, summaries: DailySummaries, registry: Registry) -> None:
        self._summaries = summaries
        self._registry = registry

    def __call__(self, sites: Sequence[Site], day: date, language: str, now: Millis) -> tuple[str, str]:
        """Subject and body. Raises Unavailable while a store is away."""
        installation = self._registry.installation()
        texts = [render(self._summaries.of(installation, site, day), installation, language) for site in sites]
        subject = texts[0].partition("\n")[0] if texts else ""
        return subject, "\n\n".join(texts)
