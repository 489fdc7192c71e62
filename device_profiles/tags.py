"""Metrics that ask for tags: `ph` of the line with `slave=3`, another `ph` of the one with `slave=4`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from device_profiles.extraction import ItemSource
from device_profiles.item import Item
from device_profiles.path import Document
from device_profiles.profile_metric import Metric
from domain.message import Rejection

Tags = tuple[tuple[str, str], ...]
Make = Callable[[Mapping[str, Metric]], ItemSource]


def tagged(metrics: Mapping[str, Metric], make: Make) -> ItemSource:
    """The source that `make` makes; where metrics ask for tags, one for those that ask for the same."""
    groups: dict[Tags, dict[str, Metric]] = defaultdict(dict)
    for name, metric in metrics.items():
        groups[tuple(sorted(metric.tags.items()))][name] = metric
    if not any(groups):
        return make(metrics)
    return TaggedSource([(tags, make(group)) for tags, group in groups.items()])


class TaggedSource:
    """Finds values in documents with `tags`; what the document is called (`measurement`) counts as one."""

    def __init__(self, groups: Sequence[tuple[Tags, ItemSource]]) -> None:
        self._groups = tuple(groups)

    def items(self, document: Document) -> list[Item | Rejection]:
        """Those of the metrics whose tags the document has."""
        return [item for tags, source in self._groups if _has(document, tags) for item in source.items(document)]

    def names(self, document: Document) -> list[str]:
        """What values are called in the document."""
        return list(dict.fromkeys(name for _, source in self._groups for name in source.names(document)))


def _has(document: Document, tags: Tags) -> bool:
    if not tags:
        return True
    if type(document) is not dict or type(document.get("tags")) is not dict:
        return False
    said = {"measurement": document.get("measurement")} | document["tags"]
    return all(said.get(tag) == value for tag, value in tags)
