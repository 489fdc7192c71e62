"""From a document to the items in it: which metric, which raw value, its raw quality and time.

This is the seam for other shapes: a source of items (`device_profiles/sources.py` holds that for values with ids)
yields the same `Item`s, and everything after it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from device_profiles.clock import Clock
from device_profiles.hexadecimal import bits_fetcher
from device_profiles.item import Item
from device_profiles.judge import FlagReader, Judge
from device_profiles.path import ABSENT, Document, Fetch, Path, fetcher, first_of
from device_profiles.profile_metric import Metric
from domain.message import Rejection
from domain.reading import GOOD


class ItemSource(Protocol):
    """Finds the values of the known metrics in a document. Never raises."""

    def items(self, document: Document) -> Sequence[Item | Rejection]:
        """Those that are there; a metric that is absent is simply not sent this time."""
        ...

    def names(self, document: Document) -> list[str]:
        """What values are called in the document, for the person who has to find out why none was known."""
        ...


class PathSource:
    """Finds each metric at its path."""

    def __init__(self, readers: Iterable[PathReader]) -> None:
        self._readers = tuple(readers)

    def items(self, document: Document) -> list[Item]:
        """In the order of the profile."""
        found: list[Item] = []
        for reader in self._readers:
            raw = reader.fetch(document)
            if reader.plain:
                if raw is not ABSENT:
                    found.append(Item(reader.judge.name, raw))
            else:
                item = reader.marked(document, raw)
                if item is not None:
                    found.append(item)
        return found

    def names(self, document: Document) -> list[str]:
        """Nothing has a name here but the keys of the document."""
        return []


class PathReader:
    """How one metric is found. `plain`: there is nothing beside the value to look at."""

    __slots__ = ("_clock", "_fetch_flag", "_fetch_unit", "_flag", "_retained", "fetch", "judge", "plain")

    def __init__(self, judge: Judge, metric: Metric, default: tuple[Path, ...], clock: Clock | None) -> None:
        self.judge = judge
        self.fetch = _value_fetcher(metric, default)
        self._fetch_unit = fetcher(metric.unit_path) if metric.unit_path is not None else None
        self._flag = FlagReader(metric.quality) if metric.quality else None
        self._fetch_flag = first_of(metric.quality.places) if metric.quality else None
        self._clock = clock
        self._retained = metric.retained
        self.plain = not (self._fetch_unit or self._flag or clock or metric.retained)

    def marked(self, document: Document, raw: Any, flag: int = GOOD) -> Item | None:
        """The value with what stands beside it. A fault mark without a value is a value that is missing."""
        if self._flag is not None and self._fetch_flag is not None:
            flag = max(flag, self._flag.quality(self._fetch_flag(document)))
        if raw is ABSENT:
            if flag == GOOD:
                return None
            raw = None
        unit = self._fetch_unit(document) if self._fetch_unit else None
        return Item(
            self.judge.name, raw, None if unit is ABSENT else unit, flag, self._clock, document, self._retained
        )


def _value_fetcher(metric: Metric, default: tuple[Path, ...]) -> Fetch:
    fetch = first_of(metric.own_paths or default)
    if metric.array in ("first", "last"):
        fetch = _end_of_array(fetch, 0 if metric.array == "first" else -1)
    bits = metric.bits
    if bits is None:
        return fetch
    return bits_fetcher(fetch, bits.first, bits.count, signed=bits.signed, floating=bits.floating, little=bits.little)


def _end_of_array(fetch: Fetch, position: int) -> Fetch:
    def fetch_end(document: Document) -> Any:
        """An empty array has no value; what is no array is the value itself."""
        found = fetch(document)
        if type(found) is not list:
            return found
        return found[position] if found else None

    return fetch_end
