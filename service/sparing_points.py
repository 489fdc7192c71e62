"""Whether the compliance points that SPARING is set up for are those of the installation."""

from __future__ import annotations

from collections.abc import Collection

from domain.errors import ConfigurationError, Problem
from domain.ports import Registry
from domain.references import did_you_mean
from reports.sparing.config import SparingConfig


def unknown_points(config: SparingConfig, points: Collection[str]) -> list[Problem]:
    """One for each point of the settings that is none of `points`; none while nothing is registered yet."""
    there_are = ", ".join(sorted(points))
    return [
        Problem(
            "settings",
            f"sparing.points[{at}].point",
            f"there is no compliance point {one.point}{did_you_mean(one.point, points)}; there are: {there_are}",
        )
        for at, one in enumerate(config.points)
        if points and one.point not in points
    ]


def require_points(config: SparingConfig, registry: Registry) -> None:
    """Raises ConfigurationError naming every point that is not registered, and those there are."""
    problems = unknown_points(config, {one.id for one in registry.installation().compliance_points})
    if problems:
        raise ConfigurationError(problems)
