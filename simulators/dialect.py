"""Speaks as a profile reads: values in, messages out, in the dialect of any built-in profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from device_profiles.formats import FORMATS
from device_profiles.path import KEY, VALUES, Path
from device_profiles.profile import Announces, Items, Metric, Profile, QualityMark, TimeSource, Topic
from domain.reading import Millis
from simulators import sparkplug
from simulators.document import Slot, Taken, Tree, element
from simulators.fault import Outgoing
from simulators.payload import encode
from simulators.written import can_write, raw_of, time_text

HOME: Final = ZoneInfo("Asia/Jakarta")


class Dialect:
    """One device of a profile. `address` stands for {device}, `site` for {site} in its topics."""

    def __init__(self, profile: Profile, address: str, site: str = "batik", zone: tzinfo = HOME) -> None:
        self._profile, self._address, self._site, self._zone = profile, address, site, zone
        self._numbers = {name: str(number) for number, name in enumerate(profile.metrics, 101)}

    def messages(self, values: Mapping[str, float], time: Millis) -> list[Outgoing]:
        """What the device sends to say these values of its metrics, taken at `time`; in as few messages as it can."""
        sent: list[Outgoing] = []
        for key, topic in self._profile.topics.items():
            metrics = {n: m for n, m in self._profile.metrics_of(key) if self._profile.topic_of(n) == key}
            waiting = {name: values[name] for name in metrics if name in values}
            if topic.format == "sparkplug_b":
                sent += self._session(topic, metrics, waiting, time)
                continue
            while waiting:
                sent.append(self._message(key, topic, metrics, waiting, time))
        return [*self._announced(time), *sent]

    def _session(
        self, topic: Topic, metrics: Mapping[str, Metric], values: Mapping[str, float], time: Millis
    ) -> list[Outgoing]:
        """Sparkplug says by birth that a device is online."""
        named = {metrics[n].identities(n)[0]: raw_of(metrics[n], v) for n, v in values.items() if n != "online"}
        return sparkplug.session(self._address, named, time, node="node" not in topic.template.placeholders)

    def _message(
        self, key: str, topic: Topic, metrics: Mapping[str, Metric], waiting: dict[str, float], time: Millis
    ) -> Outgoing:
        """One message with as many of the waiting values as fit; those are taken out of `waiting`."""
        first = next(iter(waiting))
        together = [name for name in waiting if _alike(topic, metrics, first, name)]
        page = Page(topic, self._address, self._numbers, time, self._zone)
        for number, name in enumerate(together):
            try:
                page.write(name, metrics[name], waiting[name])
            except Taken:
                if not number:
                    raise
                continue
            del waiting[name]
        payload = encode(topic, page.tree.document, metrics[first].tags, time)
        return Outgoing(time, self._topic(topic, first, metrics[first]), payload, topic.retained)

    def _topic(self, topic: Topic, name: str, metric: Metric | None) -> str:
        text, known = topic.template.text, {"device": self._address, "site": self._site}
        if metric is not None:
            known |= {"metric": metric.identities(name)[0], **metric.where}
        for placeholder in topic.template.placeholders:
            text = text.replace(f"{{{placeholder}}}", known.get(placeholder, placeholder))
        return text

    def _announced(self, time: Millis) -> Iterator[Outgoing]:
        """The messages that give numbers their names, where the profile has such."""
        for topic in self._profile.topics.values():
            if topic.announces is not None:
                page = Page(topic, self._address, self._numbers, time, self._zone)
                for name, metric in self._profile.metrics.items():
                    page.announce(topic.announces, self._numbers[name], metric.identities(name)[0])
                yield Outgoing(time, self._topic(topic, "", None), encode(topic, page.tree.document, {}, time))


def _alike(topic: Topic, metrics: Mapping[str, Metric], first: str, other: str) -> bool:
    """Whether two metrics can stand in one message."""
    if first == other:
        return True
    alone = FORMATS[topic.format].whole or "metric" in topic.template.placeholders
    one, two = metrics[first], metrics[other]
    return not alone and one.where == two.where and one.tags == two.tags


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
            slot.put(metric.alternatives(name, whole=FORMATS[self._topic.format].whole)[0], raw)
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
            slot.put(mark.path, mark.good[0])

    def _stamp(self, slot: Slot, sources: Sequence[TimeSource]) -> None:
        source = next((source for source in sources if can_write(source)), None)
        if source is not None and source.path is not None:
            slot.put(source.path, time_text(source, self._time, self._zone))
