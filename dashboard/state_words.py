"""What the value of a state means in words: `Berhenti` for a run signal of 0, `Ya` for a fault that is on."""

from __future__ import annotations

from typing import Final

from dashboard.formats import Formats
from dashboard.machines import RUN
from dashboard.measurement import ONLINE
from dashboard.wording import Words
from domain.metrics import MetricInfo, MetricKind

SELF_EVIDENT: Final = frozenset({RUN, ONLINE})  # the word alone says it; others need the metric's name before it


def state_word(words: Words, formats: Formats, metric: str, info: MetricInfo | None, value: float) -> str:
    """One value: running or stopped, connected or not, yes or no; any other by its figure."""
    yes_or_no = metric in SELF_EVIDENT or (info is not None and info.kind is MetricKind.STATE)
    if not yes_or_no or value not in (0.0, 1.0):
        return formats.brief(value)
    if metric == RUN:
        return words.of("machine_state", "executing" if value else "not_executing")
    if metric == ONLINE:
        return words("online.is_yes" if value else "online.is_no")
    return words("state.on" if value else "state.off")
