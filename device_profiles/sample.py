"""What is in a sample payload: its format, every value with its path, the device's time, the level of its name.

Guesses for a first draft of a profile (`device_profiles/skeleton.py`), never used for readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import msgspec
from msgspec import Struct

from device_profiles.formats import FORMATS
from device_profiles.path import NESTED, Document, Path
from device_profiles.refusal import Refused
from device_profiles.sparkplug_topic import data_topic
from device_profiles.times import EARLIEST, PARSERS
from device_profiles.vocabulary import folded_key
from domain.errors import Invalid
from domain.reading import Millis

MOST_LEAVES = 400
_ELEMENTS = 8  # of an array
_DEEPEST = 12
_TIME_WORDS = """time ts t timestamp epoch datetime date date_time received_at time_stamp data_time sampled_at utc
    measured_at published_at tst time_ms unixtime bt unix_time waktu source_timestamp sourcetimestamp"""
_TIME_KEYS = frozenset(_TIME_WORDS.split())
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_DIGITS = re.compile(r"[0-9]")
_SERIAL = re.compile(r"(?=.*[0-9])[0-9a-fA-F]{8,}$")
# levels that say what a topic is for, not who speaks on it
_ROLE_WORDS = """telemetry data state status sensor sensors up uplink event events device devices application tele
    stat v1 v2 v3 zigbee2mqtt shellies homeassistant milesight rtl_433 wmbusmeters telegraf advantech homie info json
    value values attributes gateway messages signal readings measurement production relay emeter modbus topic"""
_ROLES = frozenset(_ROLE_WORDS.split())
_BEFORE_DEVICE = frozenset({"device", "devices", "probe", "node", "client", "unit", "machine", "mesin"})


class Leaf(Struct, frozen=True):
    """One value that is no object and no array, with the object it stands in."""

    path: Path
    value: Any
    siblings: dict[str, Any]

    @property
    def keys(self) -> list[str]:
        """The keys of its path, outermost first."""
        return [step for step in self.path if isinstance(step, str)]


class TimeGuess(Struct, frozen=True):
    """Where the device's time seems to stand and how it is written."""

    path: Path
    format: str


def format_of(topic: str, payload: bytes) -> tuple[str, Document]:
    """The first format that reads the payload, and its first document. Raises Invalid."""
    for name in _likely_formats(topic, payload):
        try:
            documents = FORMATS[name].decode(payload)
        except Refused:
            continue
        found = next((document for document in documents if not isinstance(document, Refused)), None)
        if found is not None:
            return name, found
    raise Invalid(f"no format that is known ({', '.join(FORMATS)}) reads this payload", "payload")


def _likely_formats(topic: str, payload: bytes) -> list[str]:
    head = payload.lstrip()[:1]
    if topic.startswith("spBv1.0/"):
        names = ["sparkplug_b"]
    elif head == b"[" and re.search(rb'"b?n"\s*:', payload) and re.search(rb'"(v[bs]?|s)"\s*:', payload):
        names = ["senml", "json"]
    elif head in (b"{", b"["):
        names = ["json", "ndjson"]
    elif re.match(rb"[^\s,]+(,[^ ]+)? \S+=", payload) or re.match(rb"(\\.|[^\s\\])+ (\\.|[^\s\\])+=", payload):
        names = ["line", "text"]
    else:
        names = ["text", "json"]
    return [name for name in (*names, *FORMATS) if name in FORMATS]


def leaves(document: Document) -> list[Leaf]:
    """Every value in document order, within bounds; text that is JSON itself is opened."""
    return [leaf for leaf, _ in zip(_walk(document, (), {}), range(MOST_LEAVES), strict=False)]


def _walk(node: Any, path: Path, siblings: dict[str, Any]) -> Iterator[Leaf]:
    if len(path) > _DEEPEST:
        return
    if isinstance(node, dict):
        for key, below in node.items():
            if isinstance(key, str) and _encodable(key):
                yield from _walk(below, (*path, key), node)
    elif isinstance(node, list):
        for index, below in enumerate(node[:_ELEMENTS]):
            yield from _walk(below, (*path, index), siblings)
    else:
        nested = _nested(node)
        if nested is None:
            yield Leaf(path, node, siblings)
        else:
            yield from _walk(nested, (*path, NESTED), siblings)


def _encodable(text: str) -> bool:
    """Whether a file can hold it: half a surrogate pair cannot be written."""
    return not any("\ud800" <= one <= "\udfff" for one in text)


def _nested(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return None
    try:
        found = msgspec.json.decode(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def time_guess(found: list[Leaf], received_at: Millis) -> TimeGuess | None:
    """The likeliest time of the device: one with a zone before one without, then the outermost."""
    guesses = [
        (rank, len(leaf.path), at, TimeGuess(leaf.path, kind))
        for at, leaf in enumerate(found)
        if is_time_key(leaf) and (judged := time_format(leaf.value, received_at)) is not None
        for rank, kind in (judged,)
    ]
    return min(guesses, key=lambda guess: guess[:3])[3] if guesses else None


def is_time_key(leaf: Leaf) -> bool:
    """Whether the key of a value says that it is a time."""
    return bool(leaf.keys) and folded_key(leaf.keys[-1]) in _TIME_KEYS


def time_format(value: Any, received_at: Millis) -> tuple[int, str] | None:
    """How a time is written (a format of `TimeSource`), with its rank: 0 unmistakable, 1 local, 2 without a date."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
        if _TIME_OF_DAY.fullmatch(value.strip()):
            return 2, "time_of_day"
        if PARSERS["rfc3339"](value, UTC, received_at) is not None:
            return 0, "rfc3339"
        return (1, "local") if PARSERS["local"](value, UTC, received_at) is not None else None
    if PARSERS["epoch"](value, UTC, received_at) is None:
        return None
    for kind in ("epoch_s", "epoch_ms", "epoch_us", "epoch_ns"):
        millis = PARSERS[kind](value, UTC, received_at)
        if millis is not None and EARLIEST <= millis < 2 * received_at:
            return 0, kind
    return 0, "epoch"


def template_of(topic: str, *, one_value: bool) -> str:
    """The topic with `{device}` in the place of the level that looks like a name.

    `one_value`: each value has a topic of its own, so that the last level names the value. Raises Invalid.
    """
    if not _encodable(topic):
        raise Invalid("the topic is no text that a file can hold", "topic")
    levels = data_topic(topic).split("/")
    at = _device_level(levels, one_value=one_value)
    shown = [f"{{level_{n + 1}}}" if set("{}+#") & set(level) else level for n, level in enumerate(levels)]
    shown[at] = "{device}"
    if levels[0] == "pantau" and len(levels) == 4:
        shown[1] = "{site}"
    if levels[0] == "spBv1.0" and len(levels) > 3:
        shown[1], shown[2] = "{group}", "{message}"
        shown[3] = "{node}" if at > 3 else shown[3]
    return "/".join(shown)


def _device_level(levels: list[str], *, one_value: bool) -> int:
    if levels[0] == "pantau" and len(levels) == 4:
        return 2
    if levels[0] == "spBv1.0":  # the node's name, or that of the device behind it
        return len(levels) - 1
    for at in range(1, len(levels)):
        if levels[at - 1].lower() in _BEFORE_DEVICE and levels[at].lower() not in _ROLES:
            return at
    named = [at for at, level in enumerate(levels) if level and level.lower() not in _ROLES]
    if one_value and len(named) > 1:
        named.pop()
    serial = [at for at in named if _SERIAL.search(levels[at])]
    if serial:
        return serial[0]
    telling = [at for at in named if _DIGITS.search(levels[at]) and len(levels[at]) > 3]
    if telling:
        return telling[0]
    filled = [at for at, level in enumerate(levels) if level]
    if not filled:
        raise Invalid("a topic has at least one level that is not empty", "topic")
    return (named[1] if len(named) > 1 else named[0]) if named else filled[-1]
