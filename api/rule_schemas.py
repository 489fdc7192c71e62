"""Rules, their versions and their trials on the wire."""

from __future__ import annotations

from typing import Any, Final, Self

from fastapi import Body
from pydantic import Field

from api.schemas import Given, Phrase, Wire
from api.times import Moment, WireTime, optional_time
from domain.instants import utc_text
from domain.rule import Rule, RuleBase
from domain.rule_record import Episode, RuleVersion, WhatIf
from domain.timeline import Timeline, TimelineReport

EXAMPLE: Final[dict[str, Any]] = {
    "id": "do-aerob",
    "kind": "limit",
    "name": {"id": "DO bak aerob rendah", "en": "Low DO in the aerobic tank"},
    "scope": {"site": "batik", "metric": "do"},
    "priority": "high",
    "action": {"id": "Cek blower dan diffuser.", "en": "Check the blower and the diffusers."},
    "below": 1.5,
    "deadband": 0.3,
    "on_delay": 300,
}
_SHARED: Final = frozenset({"id", "kind", "name", "scope", "action"})
RuleBody = Body(openapi_examples={"limit": {"summary": "Oxygen too low", "value": EXAMPLE}})


class RuleOut(Wire):
    """A rule. Bounds in the metric's unit; delays, `after`, `over`, `slot` and `realarm` in seconds; `rise` and
    `fall` per hour; `every` and `ahead` in hours. What the rule's kind does not have is null.
    """

    id: str
    kind: str = Field(examples=["limit"])
    name: Phrase
    metric: str
    site: str | None
    stage: str | None
    device: str | None
    priority: str
    action: Phrase
    source: str | None
    enabled: bool
    schedule: str | None = None
    latching: bool = False
    realarm: float | None = None
    routes: list[str] = Field(default_factory=list)
    above: float | None = None
    below: float | None = None
    deadband: float | None = None
    on_delay: float | None = None
    off_delay: float | None = None
    after: float | None = None
    window: str | float | None = Field(None, description="`hour` or `day` of a limit, seconds of a quality rule.")
    coverage: float | None = None
    slot: float | None = None
    tolerance: float | None = None
    rise: float | None = None
    fall: float | None = None
    over: float | None = None
    share: float | None = None
    minimum: int | None = None
    judge: str | None = None
    every: float | None = None
    ahead: float | None = None
    equals: list[float] | None = None
    condition: str | None = None
    of: list[str] | None = None
    match: str | None = None
    place: str | None = None

    @classmethod
    def of_rule(cls, rule: Rule, **more: Any) -> Self:
        own = {name: getattr(rule, name) for name in type(rule).model_fields if name not in _SHARED}
        scope = rule.scope.model_dump()
        name, action = Phrase.of(rule.name), Phrase.of(rule.action)
        return cls(id=rule.id, kind=rule.kind, name=name, action=action, **scope, **_plain(own), **more)


class RuleDetail(RuleOut):
    """A rule with where it stands: `version` is null for a derived rule, which nobody wrote."""

    version: int | None
    derived: bool
    definition: dict[str, Any] = Field(description="The rule as it would be sent back, defaults left out.")


class RuleVersionOut(Wire):
    """A rule as it was from `time` on; `rule` is null where it was removed."""

    version: int
    time: WireTime
    who: str
    rule: RuleOut | None

    @classmethod
    def of(cls, version: RuleVersion) -> Self:
        rule = None if version.rule is None else RuleOut.of_rule(version.rule)
        return cls(version=version.version, time=utc_text(version.at), who=version.who, rule=rule)


class Trial(Given):
    """Which rule to try on which stretch of history, at most 366 days; the last 30 days unless told."""

    rule: Rule = Field(examples=[EXAMPLE])
    start: Moment | None = Field(None, examples=["2026-10-22T00:00:00Z"])
    stop: Moment | None = Field(None, examples=["2026-11-21T00:00:00Z"])


class EpisodeOut(Wire):
    """One alert that would have been raised; `stop` is null where it would still hold."""

    device: str
    metric: str
    start: WireTime
    stop: WireTime | None
    peak: float | None
    limit: float | None

    @classmethod
    def of(cls, episode: Episode) -> Self:
        return cls(
            device=episode.device,
            metric=episode.metric,
            start=utc_text(episode.start),
            stop=optional_time(episode.stop),
            peak=episode.peak,
            limit=episode.limit,
        )


class TrialOut(Wire):
    """What the rule would have done. `readings`: how many were judged; `notes`: what limits the answer."""

    rule: str
    start: WireTime
    stop: WireTime
    readings: int
    total: int
    episodes: list[EpisodeOut]
    truncated: bool
    chattering: int = Field(description="How often it would have been held down for chattering.")
    devices: list[str]
    notes: list[str]

    @classmethod
    def of(cls, trial: WhatIf) -> Self:
        return cls(
            rule=trial.rule,
            start=utc_text(trial.start),
            stop=utc_text(trial.stop),
            readings=trial.readings,
            total=trial.total,
            episodes=[EpisodeOut.of(one) for one in trial.episodes],
            truncated=trial.truncated,
            chattering=trial.chattering,
            devices=trial.devices,
            notes=[note.en for note in trial.notes],
        )


class Stories(Given):
    """Stories to be told to rules, each on its own."""

    timelines: tuple[Timeline, ...] = Field(min_length=1, max_length=50)


class DifferenceOut(Wire):
    """What came otherwise. `expected` null: nothing was; `found` null: nothing came."""

    place: str = Field(examples=["transitions[1]"])
    expected: str | None
    found: str | None


class StoryOut(Wire):
    """How one story ended."""

    rule: str
    why: str
    passed: bool
    transitions: list[str]
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, report: TimelineReport) -> Self:
        return cls(
            rule=report.rule,
            why=report.why,
            passed=report.passed,
            transitions=report.transitions,
            differences=[
                DifferenceOut(place=one.place, expected=one.expected, found=one.found) for one in report.differences
            ],
        )


def definition_of(rule: RuleBase) -> dict[str, Any]:
    """The rule as JSON that a PUT takes."""
    return {"kind": rule.model_dump()["kind"], **rule.model_dump(mode="json", exclude_defaults=True)}


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
