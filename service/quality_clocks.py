"""Devices whose clocks are off, by receipt minus their own time, and by what was quarantined for its time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from device_profiles.checks.skew import MESSAGES, skew_of
from domain.message import DeadLetter
from domain.ports import QualityBook
from domain.quality import DEVICE, QualityChange, QualityInterval, Replacement
from domain.reading import SUSPECT, Millis, Reading, Reason

CLOCK: Final = "check:clock_skew"
JOIN: Final[Millis] = 600_000  # findings nearer than this are one

Span = tuple[Millis, Millis]


class Clock(Struct):
    """What is remembered of one device: its last messages (its time, receipt), and how far it was off."""

    recent: list[tuple[int, int]] = []
    ahead: int = 0


_CLOCK: Final = msgspec.json.Decoder(Clock)


class ClockWatch:
    """A finding is an interval of the device itself (no metric): its values stay what they are."""

    def __init__(self, book: QualityBook, tolerance: Millis) -> None:
        self._book = book
        self._tolerance = tolerance
        self._off: dict[str, Millis] = {}

    def off(self) -> dict[str, Millis]:
        """The devices whose clocks are off now, and by how much (ms, ahead positive)."""
        return dict(self._off)

    def recall(self, devices: Sequence[str]) -> None:
        """Remember what was known when the program last ran; devices that are gone are forgotten."""
        known = self._book.memory([(device, DEVICE) for device in devices])
        clocks = {device: _CLOCK.decode(text) for (device, _), text in known.items()}
        self._off = {device: clock.ahead for device, clock in clocks.items() if clock.ahead}

    def judge(self, readings: Iterable[Reading], letters: Iterable[DeadLetter], change: QualityChange) -> None:
        """What readings and refused messages, in order of arrival, say of their devices' clocks."""
        spans = self._of_readings(readings, change)
        for letter in letters:
            if letter.device is not None:
                spans.setdefault(letter.device, []).append((letter.received_at, letter.received_at + 1))
        for device, found in spans.items():
            change.replacements += self._joined(device, found)

    def _of_readings(self, readings: Iterable[Reading], change: QualityChange) -> dict[str, list[Span]]:
        arrivals: dict[str, list[tuple[int, int]]] = {}
        for reading in readings:
            if reading.reason != Reason.CLOCK and reading.time != reading.received_at and reading.received_at:
                arrivals.setdefault(reading.series.device, []).append((reading.time, reading.received_at))
        memory = self._book.memory([(device, DEVICE) for device in arrivals])
        spans: dict[str, list[Span]] = {}
        for device, messages in arrivals.items():
            text = memory.get((device, DEVICE))
            clock = Clock() if text is None else _CLOCK.decode(text)
            found = self._follow(clock, messages)
            if found:
                spans[device] = found
            change.memory[device, DEVICE] = msgspec.json.encode(clock).decode()
            self._off.pop(device, None)
            if clock.ahead:
                self._off[device] = clock.ahead
        return spans

    def _follow(self, clock: Clock, messages: Sequence[tuple[int, int]]) -> list[Span]:
        """Every message in turn; of a message with several times the newest counts."""
        found: list[Span] = []
        recent = list(clock.recent)
        for time, received in messages:
            if recent and recent[-1][1] == received:
                if time <= recent[-1][0]:
                    continue
                recent.pop()
            recent = [*recent, (time, received)][-MESSAGES:]
            ahead = skew_of(recent, self._tolerance)
            if ahead is None:
                continue
            clock.ahead = ahead
            if ahead:
                times = [at for at, _ in recent]
                found.append((min(times), max(times) + 1))
        clock.recent = recent
        return _union(found, 0)

    def _joined(self, device: str, spans: list[Span]) -> list[Replacement]:
        start, stop = min(a for a, _ in spans) - JOIN, max(b for _, b in spans) + JOIN
        said = [one for one in self._book.overlapping(device, DEVICE, start, stop) if one.who == CLOCK]
        merged = _union([*spans, *((one.start, one.stop) for one in said)], JOIN)
        rows = [QualityInterval(device, DEVICE, a, b, SUSPECT, Reason.CLOCK_SKEW, CLOCK) for a, b in merged]
        return [Replacement(device, DEVICE, CLOCK, start, stop, rows)]


def _union(spans: Iterable[Span], join: Millis) -> list[Span]:
    """Spans that touch, or are at most `join` ms apart, made one."""
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1] + join:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
