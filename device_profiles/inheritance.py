"""A profile that `extends` another says only what is different: the tags of one gateway, the bounds of one plant.

Metrics are merged key by key. Topics are those of the other profile where it names none of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OWN = ("name", "replaces", "extends")  # never taken over from the profile that is extended

Table = dict[str, Any]


class Unextendable(Exception):
    """Why a profile cannot extend what it names."""


def extended(content: Table, known: Mapping[str, Table]) -> Table:
    """The content of a file with everything it takes over. `known`: what stands in the other files, by name.

    Raises Unextendable for a profile that is not there, or that extends itself in the end.
    """
    return _extended(content, known, ())


def _extended(content: Table, known: Mapping[str, Table], through: tuple[object, ...]) -> Table:
    base = content.get("extends")
    if base is None:
        return content
    if base in through:
        raise Unextendable(f"{base!r} extends itself in the end")
    found = known.get(base) if isinstance(base, str) else None
    if found is None:
        raise Unextendable(f"there is no device profile {base!r}")
    return _merged(_extended(found, known, (*through, base)), content)


def _merged(base: Table, content: Table) -> Table:
    left = (*_OWN, "discover") if "topics" in content else _OWN  # `discover` speaks of the topics
    kept = {key: value for key, value in base.items() if key not in left}
    return kept | content | {"metrics": _merged_metrics(base.get("metrics"), content.get("metrics"))}


def _merged_metrics(base: Any, own: Any) -> Any:
    """Metric by metric, key by key; a `path` of one's own takes the place of `paths`, and the other way round."""
    if not isinstance(base, dict) or not isinstance(own, dict | None):
        return own
    merged: Table = dict(base)
    for name, metric in (own or {}).items():
        if isinstance(metric, dict) and isinstance(merged.get(name), dict):
            dropped = {"path", "paths"} if metric.keys() & {"path", "paths"} else set()
            merged[name] = {k: v for k, v in merged[name].items() if k not in dropped} | metric
        else:
            merged[name] = metric
    return merged
