"""What is known of the past when the evaluator begins, or the registry changed: from the book and the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alerts.causes.children import SYSTEM, all_open
from alerts.causes.conditions import EVERYTHING
from alerts.causes.silences import Silences
from alerts.causes.situation import DEAF, OFFLINE, Situation
from alerts.causes.standing import CONDITIONS, Standing, subject_of
from domain.alert import AlertState
from domain.ports import AlertBook, Journal
from domain.reading import Millis
from domain.rule import ANY_METRIC
from domain.series import Selection
from domain.system_condition import SystemCondition

ONLINE = "online"


def recall_clocks(
    silences: Silences, before: Silences, heard: Callable[[str], Millis | None], journal: Journal
) -> None:
    """When groups were heard: as it was known, or of what memory knows, or of the newest rows of all."""
    for key, group in silences.groups.all.items():
        known = before.groups.all.get(key)
        if known is not None:
            group.heard, group.since = known.heard, known.since
    if not _unheard(silences):
        return
    for device in silences.groups.of:
        at = heard(device)
        if at is not None:
            silences.tell(device, at)
    if _unheard(silences):
        for reading in journal.latest(Selection()):
            if reading.value is not None and reading.series.metric != ONLINE:
                silences.tell(reading.series.device, reading.received_at or reading.time)


def _unheard(silences: Silences) -> bool:
    return any(group.heard == 0 and group.patience is not None for group in silences.groups.all.values())


def connections(journal: Journal, gateways: frozenset[str]) -> Iterator[tuple[str, bool, Millis]]:
    """What the broker last said of each gateway, and when."""
    if gateways:
        for reading in journal.latest(Selection(devices=gateways, metric=ONLINE)):
            if reading.value is not None:
                yield reading.series.device, reading.value > 0, reading.received_at or reading.time


def load(
    situation: Situation, standing: Standing, book: AlertBook, gateways: frozenset[str], now: Millis
) -> set[str]:
    """Where the system rules stand and who is silent alone; returns the devices with suppressed alerts."""
    groups = situation.groups
    standing.load([key for key, group in groups.all.items() if group.patience is not None], now)
    standing.load([(OFFLINE, gateway) for gateway in sorted(gateways)], now)
    standing.load([(condition, EVERYTHING) for condition in SystemCondition], now)
    suppressed: set[str] = set()
    for alert in all_open(book):
        if alert.kind == SYSTEM and alert.metric in CONDITIONS:
            standing.load([(CONDITIONS[alert.metric], subject_of(alert))], now)
        elif alert.kind == "no_data" and alert.active and alert.metric == ANY_METRIC:
            situation.silences.away.add(alert.device)
        if alert.state is AlertState.SUPPRESSED:
            suppressed.add(alert.device)
    for key, group in groups.all.items():
        group.state = standing.states.get(key, group.state)
    ended = max(standing.states[condition, EVERYTHING].watermark or 0 for condition in DEAF)
    situation.deaf_until = max(situation.deaf_until, ended)
    return suppressed
