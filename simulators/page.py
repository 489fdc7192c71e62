"""One payload in the making: values put where a profile looks for them, with id, quality, time and unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from device_profiles.formats import FORMATS
from device_profiles.path import KEY, VALUES, Path
from device_profiles.profile_metric import Metric
from device_profiles.profile_topic import Announces, Items, QualityMark, TimeSource, Topic
from domain.reading import Millis
from simulators.document import Slot, Tree, element
from simulators.written import can_write, raw_of, time_text


def _document_base(topic: Topic, address: str) -> Path:
    """Where the first document in the payload stands."""
    return tuple(address if step is VALUES else step for step in topic.documents or ())


class Page:
    """One payload in the making."""

    def __init__(self, topic: Topic, address: str, numbers: Mapping[str, str], time: Millis, zone: tzinfo) -> None:
        self.tree = Tree()
        self._numbers = numbers
        self._topic, self._time, self._zone = topic, time, zone
        self._base = Slot(self.tree, _document_base(topic, address))
        self._count = 0
        if topic.device not in (None, (KEY,)):
            self._base.put(topic.device or (), address)
        self._mark(self._base, topic.quality)
        self._stamp(self._base, topic.time)

    def write(self, name: str, metric: Metric, value: float) -> None:
        """Put one value where its metric is looked for. Raises Taken where something else stands."""
        raw = raw_of(metric, value)
        placed = metric.path is not None or bool(metric.paths)
        if self._topic.items and not placed:
            slot = self._element(self._topic.items[0], name, metric, raw)
        else:
            slot = self._base
            whole = FORMATS[self._topic.format].whole
            places = metric.alternatives(name, whole=whole) if placed or not self._topic.value_paths else ()
            slot.put((*places, *self._topic.value_paths)[0], raw)
        self._mark(slot, metric.quality)
        self._stamp(slot, metric.time)
        if metric.unit_path is not None:
            slot.put(metric.unit_path, metric.unit)

    def announce(self, announces: Announces, number: str, name: str) -> None:
        """Give a number its name."""
        path = (*self._base.base, *announces.path)
        slot = element(self.tree, path, number, (announces.id,), self._count)
        self._count += 1
        slot.put(announces.name, name)

    def _element(self, items: Items, name: str, metric: Metric, raw: Any) -> Slot:
        """An element of its own, with id, value, quality, time and unit."""
        identity, ids = metric.identities(name)[0], items.id_paths
        if not ids and items.alias is not None:
            identity, ids = self._numbers[name], (items.alias,)
        slot = element(self.tree, (*self._base.base, *items.path), identity, ids, self._count)
        self._count += 1
        slot.put(items.value_paths[0], raw)
        self._mark(slot, items.quality)
        self._stamp(slot, items.time)
        if items.unit is not None and not metric.words:
            slot.put(items.unit, metric.unit)
        return slot

    def _mark(self, slot: Slot, mark: QualityMark | None) -> None:
        """The device says that the value is good."""
        if mark is not None and mark.good:
            slot.put(mark.places[0], mark.good[0])

    def _stamp(self, slot: Slot, sources: Sequence[TimeSource]) -> None:
        source = next((source for source in sources if can_write(source)), None)
        if source is not None and source.path is not None:
            slot.put(source.path, time_text(source, self._time, self._zone))
