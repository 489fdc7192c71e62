"""Values that stand with their own id: `{"id": "PH", "v": 7.2, "q": true, "t": …}` in arrays, objects and pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from device_profiles.alike import Alike, clash
from device_profiles.announcements import Resolve
from device_profiles.clock import Clock
from device_profiles.extraction import ItemSource, PathReader, PathSource
from device_profiles.item import Item
from device_profiles.judge import FlagReader, Judge
from device_profiles.path import ABSENT, ELEMENTS, Document, Place, fetcher, first_of
from device_profiles.places import elements_of
from device_profiles.profile_metric import Metric
from device_profiles.profile_topic import Announces, Items, Topic
from device_profiles.refusal import excerpt
from domain.message import Rejection, RejectReason
from domain.reading import GOOD

_NAMES_SHOWN = 20


Learn = Callable[[Iterable[tuple[str, str]]], None]


def announcer(announces: Announces, learn: Learn) -> Callable[[Document], bool]:
    """A function that hands over the names in a document, and says whether there were any."""
    places = elements_of(announces.path, fetcher(announces.id))
    id_of, name_of = fetcher(announces.id), fetcher(announces.name)

    def announce(document: Document) -> bool:
        pairs = ((_text(id_of(place)), _text(name_of(place))) for place in places(document))
        known = [(number, name) for number, name in pairs if number is not None and name is not None]
        if known:
            learn(known)
        return bool(known)

    return announce


def source_of(
    topic: Topic,
    metrics: Mapping[str, Metric],
    judges: Mapping[str, Judge],
    zone: tzinfo,
    resolve: Resolve,
    *,
    whole: bool,
) -> ItemSource:
    """The source for a topic. Where values have ids, metrics with a path of their own are still read there."""
    readers = {
        name: PathReader(
            judges[name],
            metric,
            topic.value_paths or (((),) if whole else ((name,),)),
            Clock(metric.time, zone) if metric.time else None,
        )
        for name, metric in metrics.items()
    }
    each = {name: metric for name, metric in metrics.items() if metric.array == "each"}
    loose = {name for name, metric in metrics.items() if not (topic.items and not metric.own_paths)} - each.keys()
    named = {name: metric for name, metric in metrics.items() if not metric.own_paths}
    sources: list[ItemSource] = [
        *([PathSource([readers[name] for name in metrics if name in loose])] if loose else []),
        *(NamedSource(items, named, readers, zone, resolve, alike=topic.alike) for items in topic.items),
        *(
            NamedSource(_elements(name, metric, topic), named, readers, zone, resolve)
            for name, metric in each.items()
        ),
    ]
    return sources[0] if len(sources) == 1 else ManySources(sources)


def _elements(name: str, metric: Metric, topic: Topic) -> Items:
    """Where the values of a metric stand that come in an array of their own."""
    path = next(iter(metric.own_paths or topic.value_paths), (name,))
    return Items(path=[*path, ELEMENTS], metric=name)


class ManySources:
    """Several sources, one after the other."""

    def __init__(self, sources: Sequence[ItemSource]) -> None:
        self._sources = tuple(sources)

    def items(self, document: Document) -> list[Item | Rejection]:
        """What all of them find."""
        return [item for source in self._sources for item in source.items(document)]

    def names(self, document: Document) -> list[str]:
        """What values are called in the document."""
        return [name for source in self._sources for name in source.names(document)]


class NamedSource:
    """Finds values by the id that stands with each."""

    def __init__(
        self,
        items: Items,
        metrics: Mapping[str, Metric],
        readers: Mapping[str, PathReader],
        zone: tzinfo,
        resolve: Resolve,
        *,
        alike: bool = False,
    ) -> None:
        self._id = first_of(items.id_paths) if items.id_paths else None
        self._alias = fetcher(items.alias) if items.alias is not None else None
        self._resolve = resolve
        self._places = elements_of(items.path, self._id or self._alias)
        self._value = first_of(items.value_paths)
        self._unit = fetcher(items.unit) if items.unit is not None else None
        self._flag = FlagReader(items.quality) if items.quality else None
        self._fetch_flag = first_of(items.quality.places) if items.quality else None
        self._clock = Clock(items.time, zone) if items.time else None
        known = _by_identity(metrics, readers)
        self._alike = Alike(known, lambda meant: ", ".join(reader.judge.name for reader in meant)) if alike else None
        self._readers = self._alike or known
        self._only = [reader for name, reader in readers.items() if name == items.metric]

    def items(self, document: Document) -> list[Item | Rejection]:
        """One for each value whose id is that of a metric; a metric may come several times."""
        found: list[Item | Rejection] = []
        unannounced: list[str] = []
        for place in self._places(document):
            for reader in self._wanted(place, unannounced):
                item = self._item(place, reader)
                if item is not None:
                    found.append(item)
        if unannounced:
            found.append(_unannounced(unannounced))
        if self._alike is None:
            return found
        return _without_clashes(found, [*self._alike.clashes(), *self._spelled_twice(document, found)])

    def _spelled_twice(self, document: Document, found: Sequence[Item | Rejection]) -> list[Rejection]:
        """The metrics that two spellings of one name claim in the same message: `ph` and `pH` are two values."""
        metrics = [item.metric for item in found if not isinstance(item, Rejection)]
        if self._id is None or len(set(metrics)) == len(metrics):
            return []
        spelled: dict[str, dict[str, None]] = {}
        for name in filter(None, (_text(self._id(place)) for place in self._places(document))):
            for reader in self._readers.get(name, ()):
                spelled.setdefault(reader.judge.name, {})[name] = None
        return [clash(metric, list(names)) for metric, names in spelled.items() if len(names) > 1]

    def names(self, document: Document) -> list[str]:
        """The ids in the document."""
        if self._id is None:
            return []
        ids = (_text(self._id(place)) for place in self._places(document)[:_NAMES_SHOWN])
        return [name for name in ids if name is not None]

    def _wanted(self, place: Place, unannounced: list[str]) -> Iterable[PathReader]:
        if self._only:
            return self._only
        name = _text(self._id(place)) if self._id is not None else None
        if name is None and self._alias is not None:
            alias = _text(self._alias(place))
            if alias is None:
                return ()
            name = self._resolve(alias) or (alias if self._readers.get(alias, ()) else None)
            if name is None:
                unannounced.append(alias)
        return self._readers.get(name, ()) if name is not None else ()

    def _item(self, place: Place, reader: PathReader) -> Item | None:
        flag = GOOD
        if self._flag is not None and self._fetch_flag is not None:
            flag = self._flag.quality(self._fetch_flag(place))
        item = reader.marked(place, self._value(place), flag)
        if item is None:
            return None
        unit = self._unit(place) if self._unit else ABSENT
        if unit is not ABSENT:
            item.unit = unit
        if item.clock is None and self._clock is not None:
            item.clock, item.timed = self._clock, place
        return item


def _without_clashes(found: list[Item | Rejection], clashes: Sequence[Rejection]) -> list[Item | Rejection]:
    """Neither of two values whose names mean the same metric is taken, also not the one that was found first."""
    if not clashes:
        return found
    clashing = {metric for clash in clashes for metric in (clash.metric or "").split(", ")}
    return [*(one for one in found if isinstance(one, Rejection) or one.metric not in clashing), *clashes]


def _unannounced(ids: Sequence[str]) -> Rejection:
    shown = ", ".join(excerpt(number) for number in ids[:5])
    more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
    detail = f"nobody has announced yet what {shown}{more} stands for"
    return Rejection(RejectReason.UNANNOUNCED, detail)


def _by_identity(
    metrics: Mapping[str, Metric], readers: Mapping[str, PathReader]
) -> dict[str, tuple[PathReader, ...]]:
    known: dict[str, tuple[PathReader, ...]] = {}
    for name, metric in metrics.items():
        for identity in metric.identities(name):
            known[identity] = (*known.get(identity, ()), readers[name])
    return known


def _text(raw: Any) -> str | None:
    """An id as text: `104` and `"104"` are the same."""
    if type(raw) is str:
        return raw
    return str(raw) if type(raw) is int else None
