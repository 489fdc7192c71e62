"""What in an installation refers to something that does not exist. Pure; used by apply and by check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from operator import attrgetter

from domain.errors import Problem
from domain.registry import Installation

KINDS = (
    "sites",
    "devices",
    "limit_sets",
    "compliance_points",
    "schedules",
    "contacts",
    "rotas",
    "routes",
    "rules",
)
"""The lists of an `Installation`, in the order in which they may refer to each other."""


def reference_problems(installation: Installation) -> list[Problem]:
    """Every reference without its target, every id given twice; `file` is empty, `key` like `devices[3].site`."""
    check = _Check(installation)
    return [*_twice(installation), *check.devices(), *check.points(), *check.rules(), *check.routes()]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean x?` where something known is close, nothing otherwise."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def missing(kind: str, word: str, known: Iterable[str]) -> str:
    """`there is no site batk; did you mean batik?`."""
    return f"there is no {kind} {word}{did_you_mean(word, known)}"


def _twice(installation: Installation) -> Iterator[Problem]:
    lists: list[tuple[str, Iterable[str]]] = [
        (kind, map(attrgetter("id"), getattr(installation, kind))) for kind in KINDS
    ]
    for index, site in enumerate(installation.sites):
        lists.append((f"sites[{index}].stages", [stage.id for stage in site.stages]))
    for key, ids in lists:
        for word, count in Counter(ids).items():
            if count > 1:
                yield Problem("", key, f"{word} is given {count} times")


class _Check:
    """The names there are, looked up by what refers to them."""

    def __init__(self, installation: Installation) -> None:
        self.all = installation
        self.stages = {site.id: {stage.id for stage in site.stages} for site in installation.sites}
        self.every_stage = set().union(*self.stages.values())
        self.device_site = {device.id: device.site for device in installation.devices}
        self.limit_sets = {limit_set.id for limit_set in installation.limit_sets}

    def devices(self) -> Iterator[Problem]:
        addresses: dict[tuple[str, str, str], str] = {}
        for index, device in enumerate(self.all.devices):
            yield from self._place(f"devices[{index}]", device.site, device.stage)
            spoken = (device.site, device.profile, device.topic_name)
            other = addresses.setdefault(spoken, device.id)
            if other != device.id:
                message = (
                    f"{device.id} would answer to the same topic as {other}: both are called {device.topic_name}"
                )
                yield Problem("", f"devices[{index}].address", message)

    def points(self) -> Iterator[Problem]:
        for index, point in enumerate(self.all.compliance_points):
            key = f"compliance_points[{index}]"
            yield from self._place(key, point.site, point.stage)
            if point.limit_set not in self.limit_sets:
                message = missing("limit set", point.limit_set, self.limit_sets)
                yield Problem("", f"{key}.limit_set", message)
            for number, device in enumerate(point.devices):
                yield from self._device(f"{key}.devices[{number}]", device, point.site)

    def rules(self) -> Iterator[Problem]:
        for index, rule in enumerate(self.all.rules):
            key, scope = f"rules[{index}].scope", rule.scope
            if scope.site is not None:
                yield from self._place(key, scope.site, scope.stage)
            elif scope.stage is not None and scope.stage not in self.every_stage:
                yield Problem("", f"{key}.stage", missing("stage", scope.stage, self.every_stage))
            if scope.device is not None:
                yield from self._device(f"{key}.device", scope.device, scope.site)

    def routes(self) -> Iterator[Problem]:
        for index, route in enumerate(self.all.routes):
            for number, site in enumerate(route.sites):
                yield from self._place(f"routes[{index}].sites[{number}]", site, None, site_key="")

    def _place(self, key: str, site: str, stage: str | None, site_key: str = ".site") -> Iterator[Problem]:
        if site not in self.stages:
            yield Problem("", f"{key}{site_key}", missing("site", site, self.stages))
        elif stage is not None and stage not in self.stages[site]:
            yield Problem(
                "", f"{key}.stage", f"site {site} has no stage {stage}{did_you_mean(stage, self.stages[site])}"
            )

    def _device(self, key: str, device: str, site: str | None) -> Iterator[Problem]:
        found = self.device_site.get(device)
        if found is None:
            yield Problem("", key, missing("device", device, self.device_site))
        elif site not in (None, found):
            yield Problem("", key, f"device {device} is at site {found}, not at {site}")
