"""What a part of the system says of itself, in the words of whoever reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dashboard.formats import Formats
from dashboard.system import Part
from dashboard.wording import Words
from domain.reading import Millis
from domain.vitals import FINE

NOT_SHOWN: Final = frozenset({"state"})  # the line itself says it
TECHNICAL: Final = frozenset({"error", "last_error", "message", "bad_rules"})
SECONDS: Final = frozenset({"every", "duration"})

# what networks, disks and brokers answer, as phrases of the group `fault`
FAULTS: Final = (
    (re.compile(r"connection refused|errno 111", re.IGNORECASE), "refused"),
    (re.compile(r"timed? ?out", re.IGNORECASE), "timeout"),
    (re.compile(r"name or service not known|name resolution|getaddrinfo", re.IGNORECASE), "no_name"),
    (re.compile(r"no route to host|network is unreachable", re.IGNORECASE), "no_network"),
    (re.compile(r"no space left|disk.*full", re.IGNORECASE), "disk_full"),
    (re.compile(r"not authori[sz]ed|unauthori[sz]ed|bad user name|\b401\b", re.IGNORECASE), "not_allowed"),
    (re.compile(r"connection (reset|closed|lost)|broken pipe", re.IGNORECASE), "broken_off"),
    (re.compile(r"certificate", re.IGNORECASE), "certificate"),
)


@dataclass(frozen=True)
class Said:
    """One thing a part says: its name and value in words."""

    name: str
    value: str


def part_word(words: Words, said: str) -> str:
    """A part's state, or its error where it is one that is known; empty for what only technicians can read."""
    known = words.phrases.get(f"part_state.{said}")
    if known is not None:
        return known
    fault = next((phrase for pattern, phrase in FAULTS if pattern.search(said)), None)
    return words.of("fault", fault) if fault else ""


def details(words: Words, formats: Formats, part: Part, now: Millis) -> list[Said]:
    """Everything it says, named; errors come last, with the machine's own words behind ours."""
    shown = [(key, value) for key, value in part.detail.items() if value is not None and key not in NOT_SHOWN]
    shown.sort(key=lambda pair: pair[0] in TECHNICAL)
    found = [Said(words.of("part_detail", key), _value(words, formats, key, value, now)) for key, value in shown]
    state = part.detail.get("state")
    unusual = state not in FINE and state is not None
    return [Said(words("health.state"), words.of("part_state", state)), *found] if unusual else found


def _value(words: Words, formats: Formats, key: str, value: str | int | float | bool, now: Millis) -> str:
    if isinstance(value, bool):
        return words("state.on" if value else "state.off")
    if isinstance(value, str):
        ours = part_word(words, value) if key in TECHNICAL else ""
        return f"{ours} ({value})" if ours else value
    if key.endswith(("_at", "_since")):
        return formats.moment(round(value), now)
    if key in SECONDS:
        return f"{formats.brief(value)} {words('time_unit.s')}"
    return formats.number(value, 0) if key != "port" and float(value).is_integer() else formats.brief(value)
