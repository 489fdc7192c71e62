"""The names that an installation's parts may refer to, and how a name without its target is told. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from domain.errors import Problem
from domain.registry import Installation
from domain.shift_schedules import shift_schedule_id, shifts_of


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean x?` where something known is close, nothing otherwise."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def missing(kind: str, word: str, known: Iterable[str]) -> str:
    """`there is no site batk; did you mean batik?`."""
    return f"there is no {kind} {word}{did_you_mean(word, known)}"


def unknown(key: str, kind: str, words: Iterable[str | None], known: Collection[str]) -> Iterator[Problem]:
    """A problem for each of the words that is not known; None refers to nothing and is fine."""
    for word in words:
        if word is not None and word not in known:
            yield Problem("", key, missing(kind, word, known))


def unknown_each(key: str, kind: str, words: Iterable[str], known: Collection[str]) -> Iterator[Problem]:
    """The same for a list, whose places are counted in the key."""
    for number, word in enumerate(words):
        yield from unknown(f"{key}[{number}]", kind, [word], known)


class Names:
    """Every name there is, looked up by what refers to it."""

    def __init__(self, installation: Installation) -> None:
        self.stages = {site.id: {stage.id for stage in site.stages} for site in installation.sites}
        self.every_stage: set[str] = set().union(*self.stages.values())
        self.devices = {device.id: device for device in installation.devices}
        self.limit_sets = {limit_set.id for limit_set in installation.limit_sets}
        self.schedules = {schedule.id for schedule in installation.schedules}
        self.rule_schedules = self.schedules | {shift_schedule_id(device.id) for device, _ in shifts_of(installation)}
        self.contacts = {contact.id for contact in installation.contacts}
        self.rotas = {rota.id for rota in installation.rotas}
        self.routes = {route.id for route in installation.routes}
        self.rules = {rule.id: rule for rule in installation.rules}

    def place(self, key: str, site: str, stage: str | None, site_key: str = ".site") -> Iterator[Problem]:
        """A site that does not exist, or a stage that it does not have."""
        if site not in self.stages:
            yield Problem("", f"{key}{site_key}", missing("site", site, self.stages))
        elif stage is not None and stage not in self.stages[site]:
            known = self.stages[site]
            yield Problem("", f"{key}.stage", f"site {site} has no stage {stage}{did_you_mean(stage, known)}")

    def device(self, key: str, device: str, site: str | None) -> Iterator[Problem]:
        """A device that does not exist, or stands at another site."""
        found = self.devices.get(device)
        if found is None:
            yield Problem("", key, missing("device", device, self.devices))
        elif site not in (None, found.site):
            yield Problem("", key, f"device {device} is at site {found.site}, not at {site}")
