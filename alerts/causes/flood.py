"""Alarm floods (standards.md 1): more than ten alerts of a site in ten minutes begin one, fewer than five end it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from alerts.causes.conditions import Trouble
from domain.performance import FLOOD_ENDS, FLOOD_STARTS, FLOOD_WINDOW
from domain.ports import AlertBook
from domain.reading import Millis
from domain.system_condition import SystemCondition

if TYPE_CHECKING:
    from alerts.causes.standing import Standing


def floods(book: AlertBook, standing: Standing, now: Millis) -> Iterator[Trouble]:
    """The sites with a flood now. Alerts that were suppressed at once did not ring and do not count."""
    flooded = {subject for condition, subject in standing.open if condition is SystemCondition.FLOOD}
    for site, count in sorted(book.rang(now - FLOOD_WINDOW, now).items()):
        if site and (count > FLOOD_STARTS or (site in flooded and count >= FLOOD_ENDS)):
            limit = float(FLOOD_STARTS)
            yield Trouble(SystemCondition.FLOOD, now, subject=site, site=site, value=float(count), limit=limit)
