"""A metric keeps its unit for life: a chart, a limit or a report over two units would be wrong without showing it."""

from __future__ import annotations

from collections.abc import Iterable

from device_profiles.catalogue import Catalogue
from device_profiles.units import folded
from domain.errors import NotFound, Problem
from domain.reading import Series
from domain.registry import Device


def unit_changes(known: Iterable[Series], devices: Iterable[Device], catalogue: Catalogue) -> list[Problem]:
    """One problem for each metric that has readings in another unit than its profile would now give it.

    `known`: the series that have readings. Another spelling of the same unit is no change.
    """
    profiles = {device.id: device.profile for device in devices}
    changed: dict[tuple[str, str, str, str], list[str]] = {}
    for series in known:
        profile = profiles.get(series.device)
        unit = _unit(catalogue, profile, series.metric) if profile is not None else None
        if profile is not None and unit is not None and folded(unit) != folded(series.unit):
            changed.setdefault((profile, series.metric, series.unit, unit), []).append(series.device)
    return [_problem(*what, sorted(set(found))) for what, found in changed.items()]


def _unit(catalogue: Catalogue, profile: str, metric: str) -> str | None:
    try:
        found = catalogue.get(profile).metrics.get(metric)
    except NotFound:
        return None
    return None if found is None else found.unit


def _problem(profile: str, metric: str, before: str, after: str, devices: list[str]) -> Problem:
    shown = ", ".join(devices[:3]) + (f" and {len(devices) - 3} more" if len(devices) > 3 else "")
    name = f"{metric}_{''.join(c if c.isascii() and c.isalnum() else '_' for c in after.lower()).strip('_') or 'new'}"
    message = (
        f"{metric} has readings in {before!r} (of {shown}) and cannot become {after!r}: convert with scale, "
        f"or give the metric a new name such as {name}"
    )
    return Problem(profile, f"metrics.{metric}.unit", message)
