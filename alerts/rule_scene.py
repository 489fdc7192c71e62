"""The scene of a story: the rule, its devices as they are in the installation or made up, and their profiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from domain.errors import Invalid, NotFound
from domain.metrics import MetricInfo, ProfileInfo
from domain.ports import ProfileBook
from domain.reading import Series
from domain.references_rules import covers
from domain.registry import Device, Installation, Schedule, Site, SiteKind, Stage
from domain.rule import ANY_METRIC, CompositeRule, Rule, Scope, SystemRule
from domain.shift_schedules import named as schedules_named
from domain.shift_schedules import shift_schedules
from domain.text import Text
from domain.timeline import Timeline

RULE_OF = Callable[[str], Rule]
MADE_UP: Final = "story"  # the profile of devices that the installation does not have
DEVICE: Final = "device"
SITE: Final = "site"
STAGE: Final = "stage"
NAME: Final = Text(id="Cerita", en="Story")


class Scene(Struct, frozen=True):
    """Everything a story needs. `device` and `metric` are meant where a step names none."""

    rule: Rule
    installation: Installation
    profiles: ProfileBook
    device: str
    metric: str | None

    def series(self, device: str | None, metric: str | None) -> Series:
        """What a step's values are of. Raises Invalid where nothing says which metric."""
        name = metric or self.metric
        if name is None:
            raise Invalid("the rule watches no single metric: say which one", "steps.metric")
        found = next(one for one in self.installation.devices if one.id == (device or self.device))
        infos = self.profiles.profile(found.profile).metrics
        unit = next((info.unit for info in infos if info.metric == name), "1")
        return Series(found.site, found.id, name, unit, found.stage)


class StoryProfiles:
    """The installation's profiles, and one of made-up devices, which expects nothing in time."""

    def __init__(
        self, profiles: ProfileBook, metrics: frozenset[str], units: Mapping[str, str] | None = None
    ) -> None:
        self._profiles = profiles
        infos = tuple(MetricInfo(metric, (units or {}).get(metric, "1"), NAME) for metric in sorted(metrics))
        self._story = ProfileInfo(MADE_UP, NAME, "json", (), infos)

    def profiles(self) -> list[ProfileInfo]:
        """All, by name."""
        return sorted([*self._profiles.profiles(), self._story], key=lambda one: one.name)

    def profile(self, name: str) -> ProfileInfo:
        """One. Raises NotFound."""
        return self._story if name == MADE_UP else self._profiles.profile(name)


def scene_of(timeline: Timeline, installation: Installation, rule_of: RULE_OF, profiles: ProfileBook) -> Scene:
    """The scene. Raises Invalid, naming the key, for a rule that is not there or cannot be told a story."""
    rule = _rule(timeline.rule, rule_of)
    if isinstance(rule, SystemRule):
        raise Invalid("what happens to Pantau itself cannot be told as readings", "rule.kind")
    if timeline.model_fields_set.isdisjoint({"transitions", "alerts"}) and not any(s.expect for s in timeline.steps):
        raise Invalid("the story expects nothing: give transitions, alerts or an expect", "transitions")
    beside = {one.id: one for one in timeline.beside}
    members = [beside.get(name) or _rule(name, rule_of, "rule.of") for name in _members(rule)]
    rules = (rule, *members)
    first = _device(rule, members, installation)
    named = {first, *(step.device for step in timeline.steps if step.device is not None)}
    stage = _stage(named, rules, installation, timeline.schedules)
    metrics = frozenset({*(step.metric for step in timeline.steps if step.metric), *_scoped(rules)})
    return Scene(rule, stage, StoryProfiles(profiles, metrics, timeline.units), first, _metric(rule, members))


def _rule(given: Rule | str, rule_of: RULE_OF, key: str = "rule") -> Rule:
    if not isinstance(given, str):
        return given
    try:
        return rule_of(given)
    except NotFound as error:
        raise Invalid(f"{error}; write the rule out, or name one of the installation", key) from None


def _members(rule: Rule) -> tuple[str, ...]:
    return rule.of if isinstance(rule, CompositeRule) else ()


def _scoped(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield from (rule.scope.metric for rule in rules if rule.scope.metric != ANY_METRIC)


def _metric(rule: Rule, members: list[Rule]) -> str | None:
    """The one metric that the rule, or all rules of a composite, are about."""
    found = set(_scoped((rule, *members)))
    return found.pop() if len(found) == 1 else None


def _device(rule: Rule, members: list[Rule], installation: Installation) -> str:
    """The device that a scope names, else the first one in the rule's scope, else a made-up one."""
    for one in (rule, *members):
        if one.scope.device is not None:
            return one.scope.device
    return min((device.id for device in installation.devices if covers(rule.scope, device)), default=DEVICE)


def _stage(
    named: set[str], rules: tuple[Rule, ...], installation: Installation, schedules: tuple[Schedule, ...]
) -> Installation:
    """Only the devices of the story, at their sites; the rules ring for nobody."""
    known = {device.id: device for device in installation.devices}
    made_up = _made_up_site(rules[0].scope, installation)
    devices = tuple(
        known[name].model_copy(update={"gateway": None}) if name in known else _made_up(name, rules[0].scope, made_up)
        for name in sorted(named)
    )
    places = {device.site for device in devices} | {rule.scope.site for rule in rules if rule.scope.site}
    sites = {site.id: site for site in installation.sites if site.id in places}
    sites.setdefault(made_up.id, made_up)
    ours = schedules_named(shift_schedules(installation), [rule.schedule for rule in rules])
    return Installation(
        sites=tuple(sites.values()),
        devices=devices,
        schedules=tuple({one.id: one for one in (*ours, *installation.schedules, *schedules)}.values()),
        rules=tuple(_alone(rule) for rule in rules),
    )


def _alone(rule: Rule) -> Rule:
    """The rule as it is, but nobody is told, and it is enabled."""
    return rule.model_copy(update={"routes": (), "enabled": True})


def _made_up_site(scope: Scope, installation: Installation) -> Site:
    known = {site.id: site for site in installation.sites}
    if scope.site in known:
        return known[scope.site]
    stages = (Stage(id=scope.stage or STAGE, name=NAME),)
    return Site(id=scope.site or SITE, name=NAME, kind=SiteKind.IPAL, stages=stages)


def _made_up(name: str, scope: Scope, site: Site) -> Device:
    stage = scope.stage or site.stages[0].id
    return Device(id=name, site=site.id, stage=stage, profile=MADE_UP, name=NAME)
