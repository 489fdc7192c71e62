"""Which metrics count: a straight line over a counter would turn into an amount that nothing counted."""

from __future__ import annotations

from domain.errors import NotFound
from domain.metrics import MetricKind
from domain.ports import ProfileBook, Registry


class CounterMetrics:
    """Looks into the registry and the profiles each time: they may change."""

    def __init__(self, registry: Registry, profiles: ProfileBook) -> None:
        self._registry, self._profiles = registry, profiles

    def __call__(self, device: str, metric: str) -> bool:
        """Whether a metric of a device is a counter; not where either is unknown."""
        devices = self._registry.installation().devices
        profile = next((one.profile for one in devices if one.id == device), None)
        if profile is None:
            return False
        try:
            infos = self._profiles.profile(profile).metrics
        except NotFound:
            return False
        return any(one.metric == metric and one.kind is MetricKind.COUNTER for one in infos)
