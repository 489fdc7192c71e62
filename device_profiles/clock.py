"""When a reading was taken, judged: the device's own time, or that of receipt with the reason why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from device_profiles.path import ABSENT, Document, Fetch, fetcher
from device_profiles.profile_topic import TimeSource
from device_profiles.shift import shift_of
from device_profiles.times import EARLIEST, PARSERS, Doubtful, Parse, Relative, pattern_parser
from domain.reading import GOOD, SUSPECT, Millis, Reason


class Stamp(Struct, frozen=True, gc=False):
    """A time and how far it can be trusted. `own`: it is the device's, not that of receipt."""

    time: Millis
    own: bool = False
    quality: int = GOOD
    reason: str | None = None


class Clock:
    """Reads the time of a document for one device. Takes the first source that gives a usable time."""

    __slots__ = ("_sources",)

    def __init__(self, sources: Sequence[TimeSource], zone: tzinfo) -> None:
        self._sources = [
            (
                _fetcher(source),
                _parser(source),
                ZoneInfo(source.zone) if source.zone else zone,
                shift_of(source),
                source.step is not None or source.step_path is not None,
            )
            for source in sources
        ]

    def read(self, document: Document, received_at: Millis, otherwise: Stamp | None = None) -> Stamp:
        """The device's time; receipt with reason `clock` where it is unusable.

        Where it sent none: `otherwise`, the stamp of the whole message, or receipt.
        """
        sent = False
        for fetch, parse, zone, shift, stepped in self._sources:
            raw = fetch(document)
            if raw is ABSENT or raw is None or raw == "":
                sent = sent or stepped  # values one step apart are not all of now
                continue
            sent = True
            time = parse(raw, zone, received_at)
            if shift is not None and time is not None:
                time = shift(time, document)
            if time is not None and time >= EARLIEST:
                return _own(time)
        if sent:
            return Stamp(received_at, quality=SUSPECT, reason=Reason.CLOCK)
        return otherwise if otherwise is not None else Stamp(received_at)


def _own(time: Millis) -> Stamp:
    if type(time) is Doubtful:
        return Stamp(int(time), own=True, quality=SUSPECT, reason=Reason.CLOCK)
    if type(time) is Relative:
        return Stamp(int(time))
    return Stamp(time, own=True)


def _fetcher(source: TimeSource) -> Fetch:
    if source.path is not None:
        return fetcher(source.path)
    fetchers = [fetcher(path) for path in source.join]

    def joined(document: Document) -> Any:
        """Date and time with a space between them; absent where one of them is."""
        parts = [fetch(document) for fetch in fetchers]
        return ABSENT if any(part in (ABSENT, None, "") for part in parts) else " ".join(map(str, parts))

    return joined


def _parser(source: TimeSource) -> Parse:
    return pattern_parser(source.pattern) if source.pattern is not None else PARSERS[source.format]


NO_CLOCK: Any = Clock((), ZoneInfo("UTC"))
