"""Rule states whose deadline has come. Deadlines are lazy: a device that spoke meanwhile is armed anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from alerts import silence
from alerts.memory import Memory
from alerts.silence import ANY_METRIC, heard_at, speaks
from alerts.work import Work
from domain.alert import RuleState
from domain.ports import AlertBook, Journal
from domain.reading import Millis
from domain.rule import NoDataRule
from domain.series import Selection

BATCH: Final = 2_000


def fall_due(
    memory: Memory, work: Work, journal: Journal, book: AlertBook, listening: Millis | None, now: Millis
) -> bool:
    """Decide on one batch of due states; whether there may be more. Only when the journal was read to its head."""
    due = book.due(now, BATCH)
    work.fetch({state.alert for state in due if state.alert is not None})
    unheard = {s.device for s in due if memory.heard(s.rule, s.device, s.metric) is None}
    latest = _heard_long_ago(journal, unheard)
    for state in due:
        rule = memory.rules.all.get(state.rule)
        if not isinstance(rule, NoDataRule) or not memory.rules.in_force(state.rule, state.device, state.metric):
            work.write(replace(state, deadline=None))
            continue
        heard = memory.heard(state.rule, state.device, state.metric) or latest.get((state.device, state.metric))
        alert = work.alert(state.alert)
        site = memory.rules.devices[state.device].site
        step = silence.fall_due(state, alert, site, heard, listening, rule, now)
        _remember(memory, work.take(state, step))
    return len(due) == BATCH


def _heard_long_ago(journal: Journal, devices: Iterable[str]) -> dict[tuple[str, str], Millis]:
    """Of devices that memory does not know: when their newest readings were received."""
    heard: dict[tuple[str, str], Millis] = {}
    names = frozenset(devices)
    if not names:
        return heard
    for reading in journal.latest(Selection(devices=names)):
        if speaks(reading):
            for metric in (reading.series.metric, ANY_METRIC):
                key = (reading.series.device, metric)
                heard[key] = max(heard.get(key, 0), heard_at(reading))
    return heard


def _remember(memory: Memory, state: RuleState) -> None:
    voice = memory.voices.get((state.rule, state.device, state.metric))
    if voice is not None:
        voice.put(state)
