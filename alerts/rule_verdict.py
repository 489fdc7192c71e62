"""What came otherwise than a story told. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from domain.alert import Alert
from domain.reading import Millis
from domain.timeline import Difference, ExpectedAlert, Timeline

TIMES: Final = ("since", "returned_at")


def differences(timeline: Timeline, told: Sequence[str], alerts: Sequence[Alert], start: Millis) -> list[Difference]:
    """Of the transitions and the alerts, as far as the story says anything of them."""
    wrong: list[Difference] = []
    if "transitions" in timeline.model_fields_set:
        wrong += _transitions(timeline.transitions, told)
    if timeline.alerts is not None:
        wrong += _alerts(timeline.alerts, alerts, start)
    return wrong


def _transitions(expected: Sequence[str], found: Sequence[str]) -> Iterator[Difference]:
    """Side by side, so that one too many does not make all that follow look wrong."""
    for _, low, high, begin, end in SequenceMatcher(None, expected, found, autojunk=False).get_opcodes():
        pairs = zip_longest(expected[low:high], found[begin:end])
        for number, (wanted, came) in enumerate(pairs, start=low):
            if wanted != came:
                yield Difference(f"transitions[{number}]", wanted, came)


def _alerts(expected: Sequence[ExpectedAlert], found: Sequence[Alert], start: Millis) -> Iterator[Difference]:
    if len(expected) != len(found):
        yield Difference("alerts", f"{len(expected)} alerts", f"{len(found)}")
    for number, (wanted, alert) in enumerate(zip(expected, found, strict=False)):
        for name in sorted(wanted.model_fields_set):
            value, came = getattr(wanted, name), getattr(alert, name)
            if name in TIMES:
                came = _as_told(value, came, start)
            if value != came:
                yield Difference(f"alerts[{number}].{name}", str(value), str(came))


def _as_told(wanted: float | datetime | None, at: Millis | None, start: Millis) -> object:
    """What was found, in the way in which the story tells times."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC) if isinstance(wanted, datetime) else (at - start) / 1000
