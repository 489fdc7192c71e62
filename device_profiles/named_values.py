"""Values that stand with their own id in a sample: recognised, for a first draft of a profile.

In formats that say themselves where ids and values stand (line protocol, SenML, Sparkplug B) nothing has to be
declared; in JSON the draft declares `items`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from device_profiles.formats import FORMATS
from device_profiles.path import Document, Path
from device_profiles.sample import Leaf, time_format

_IDS = (
    "id",
    "Id",
    "ID",
    "n",
    "name",
    "Name",
    "tag",
    "Tag",
    "tagName",
    "TagName",
    "metric",
    "key",
    "NodeId",
    "sensor",
)
_VALUES = ("v", "value", "Value", "val", "Val", "vb", "currentValue")
_UNITS = ("u", "unit", "Unit", "uom")
_TIMES = ("t", "time", "timestamp", "ts", "Timestamp", "SourceTimestamp")
_DEEPEST = 4


class Named(Struct, frozen=True):
    """Values with ids. `path` leads to the array; keys are None where nothing stands beside the values.

    `declared`: the profile must say where they stand. `leaves` hold one value each; their last key is the id.
    """

    path: Path
    id: str
    value: str
    unit: str | None
    time: tuple[str, str] | None  # key and format
    declared: bool
    leaves: list[Leaf]


def named_values(kind: str, document: Document, received_at: int) -> Named | None:
    """The values with ids of a document; None where it has none."""
    if kind == "line":
        fields = document["fields"]
        return Named(("fields",), "@key", "", None, None, False, [Leaf((key,), v, {}) for key, v in fields.items()])
    for path, elements in _arrays(document, ()):
        found = _named(path, elements, received_at, declared=not FORMATS[kind].shape)
        if found is not None:
            return found
    return None


def _arrays(node: Any, path: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    if isinstance(node, list) and node and all(isinstance(one, dict) for one in node):
        yield path, node
    if isinstance(node, dict) and len(path) < _DEEPEST:
        for key, below in node.items():
            yield from _arrays(below, (*path, key))


def _named(path: Path, elements: list[dict[str, Any]], received_at: int, *, declared: bool) -> Named | None:
    """Ids must be texts; of several keys that may be one, the first that every element has."""
    with_value = [one for one in elements if _key_in(_VALUES, one) is not None]
    if not with_value:
        return None
    preferred = _IDS if declared else ("name", *_IDS)  # a name without its base serves many devices
    id_key = next((key for key in preferred if all(isinstance(one.get(key), str) for one in with_value)), None)
    value_key = _key_in(_VALUES, with_value[0])
    if id_key is None or value_key is None:
        return None
    chosen = {one[id_key]: one for one in reversed(with_value) if value_key in one}
    leaves = [Leaf((name,), one[value_key], one) for name, one in reversed(chosen.items())]
    first = with_value[0]
    time_key = _key_in(_TIMES, first)
    judged = time_format(first[time_key], received_at) if time_key else None
    time = (time_key, judged[1]) if time_key and judged else None
    return Named(path, id_key, value_key, _key_in(_UNITS, first), time, declared, leaves)


def _key_in(keys: tuple[str, ...], element: dict[str, Any]) -> str | None:
    return next((key for key in keys if key in element), None)
