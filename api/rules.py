"""Routes: rules, what they are, were, and would do."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Response

from api.access import Configurer, InstalledOf, Reader, ServicesOf
from api.installed import Installed
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit, opened, page_of, sealed
from api.rule_schemas import (
    RuleBody,
    RuleDetail,
    RuleOut,
    RuleVersionOut,
    Stories,
    StoryOut,
    Trial,
    TrialOut,
    definition_of,
)
from api.schemas import ListOf, SiteFilter
from api.times import DAY, span
from domain.errors import Invalid, NotFound
from domain.references_rules import metric_problems
from domain.registry import Device, Installation
from domain.rule import CompositeRule, Rule
from domain.rule_record import RuleVersion
from domain.services import Services

router = APIRouter(prefix="/rules", tags=["rules"])

MONTH: Final = 30 * DAY
YEAR: Final = 366 * DAY
CONNECTION: Final = "online"  # every profile with a status topic or a last will has it, declared or not
RuleIdPath = Annotated[str, Path(pattern=r"^[a-z0-9]+([-.][a-z0-9_]+)*$", max_length=128)]
Match = Annotated[
    str | None,
    Header(alias="If-Match", pattern=r'^(W/)?"?\d{1,9}"?$', description="The `ETag` of the rule as it was read."),
]


@router.get("", responses=READS, summary="Rules in force")
def list_rules(
    caller: Reader, services: ServicesOf, site: SiteFilter = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RuleOut]:
    """All enabled rules by id: the installation's own, and those derived from limit sets and profiles."""
    rules = [rule for rule in services.rules.rules() if site in (None, rule.scope.site)]
    page = page_of(rules, lambda rule: rule.id, opened("rules", cursor), limit)
    return ListOf(items=[RuleOut.of_rule(rule) for rule in page.items], next=sealed("rules", page.next))


@router.post("", status_code=201, responses=CHANGES, summary="Add a rule")
def create_rule(
    caller: Configurer,
    services: ServicesOf,
    installed: InstalledOf,
    response: Response,
    rule: Annotated[Rule, RuleBody],
) -> RuleDetail:
    """Adds a rule; one with the id of a derived rule takes its place. 409 when somebody wrote one of this id."""
    return _put(caller.name, services, installed, response, rule, None)


@router.get("/{rule_id}", responses=READS_ONE, summary="One rule")
def get_rule(caller: Reader, services: ServicesOf, response: Response, rule_id: RuleIdPath) -> RuleDetail:
    """One rule, also a disabled one. Its version stands in `ETag` too."""
    return _detail(services.rules.rule(rule_id), _standing(services, rule_id), response)


@router.put("/{rule_id}", responses=CHANGES, summary="Change a rule")
def change_rule(
    caller: Configurer,
    services: ServicesOf,
    installed: InstalledOf,
    response: Response,
    rule_id: RuleIdPath,
    rule: Annotated[Rule, RuleBody],
    if_match: Match = None,
) -> RuleDetail:
    """Replaces the rule at the version named in `If-Match`; without it the rule must be new (or derived).

    409 with the present version when somebody else changed it meanwhile.
    """
    if rule.id != rule_id:
        raise Invalid(f"the rule's id is {rule.id}, the path says {rule_id}", "id")
    return _put(caller.name, services, installed, response, rule, _version(if_match))


@router.delete("/{rule_id}", status_code=204, responses=CHANGES, summary="Remove a rule")
def remove_rule(
    caller: Configurer, services: ServicesOf, installed: InstalledOf, rule_id: RuleIdPath, if_match: Match = None
) -> None:
    """Removes a written rule, with `If-Match` only at that version; its versions stay, and a derived rule it replaced
    holds again. 422 while a composite names it.
    """
    try:
        services.registry.drop_rule(rule_id, caller.name, services.clock(), _version(if_match))
    except Invalid:
        users = _composites_of(rule_id, installed)
        if not users:
            raise
        raise Invalid(f"{', '.join(users)} names rule {rule_id}: change or remove that first", "rule_id") from None


@router.get("/{rule_id}/versions", responses=READS_ONE, summary="Every version of a rule")
def list_rule_versions(caller: Reader, services: ServicesOf, rule_id: RuleIdPath) -> ListOf[RuleVersionOut]:
    """Newest first, with who made each; empty for a derived rule."""
    versions = services.registry.rule_versions(rule_id)
    if not versions:
        services.rules.rule(rule_id)
    return ListOf(items=[RuleVersionOut.of(version) for version in versions])


@router.post("/what-if", responses=CHANGES, summary="What a rule would have done")
def try_rule(caller: Configurer, services: ServicesOf, installed: InstalledOf, body: Trial) -> TrialOut:
    """Judges stored readings by the rule alone; nothing is kept. 409 while another trial runs: they take minutes."""
    start, stop = span(body.start, body.stop, services.clock(), MONTH, YEAR)
    _refuse_unmeasured(services, installed, body.rule)
    return TrialOut.of(services.trials.what_if(body.rule, start, stop))


@router.post("/test", responses=CHANGES, summary="Tell rules a story, and compare")
def test_rules(caller: Configurer, services: ServicesOf, body: Stories) -> ListOf[StoryOut]:
    """Each timeline is played on a stage of its own, with the real engine; nothing is kept. See
    docs/alert-rules.md.
    """
    return ListOf(items=[StoryOut.of(services.trials.play(timeline)) for timeline in body.timelines])


def _composites_of(rule: str, installed: Installed) -> list[str]:
    """The composites that name it."""
    rules = installed.installation().rules
    return [other.id for other in rules if isinstance(other, CompositeRule) and rule in other.of]


def _version(if_match: str | None) -> int | None:
    return None if if_match is None else int(if_match.removeprefix("W/").strip('"'))


def _put(
    who: str, services: Services, installed: Installed, response: Response, rule: Rule, version: int | None
) -> RuleDetail:
    _refuse_unmeasured(services, installed, rule)
    return _detail(rule, services.registry.put_rule(rule, who, services.clock(), version), response)


def _detail(rule: Rule, standing: RuleVersion | None, response: Response) -> RuleDetail:
    version = None if standing is None else standing.version
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return RuleDetail.of_rule(rule, version=version, derived=version is None, definition=definition_of(rule))


def _standing(services: Services, rule: str) -> RuleVersion | None:
    """The version a written rule is at; None for a derived one, also where a written one was removed."""
    versions = services.registry.rule_versions(rule)
    return versions[0] if versions and versions[0].rule is not None else None


def _refuse_unmeasured(services: Services, installed: Installed, rule: Rule) -> None:
    """Raises Invalid for a metric that nothing in the rule's scope measures."""

    def metrics_of(device: Device) -> set[str] | None:
        try:
            profile = services.profiles.profile(device.profile)
        except NotFound:
            return None
        return {CONNECTION, *(info.metric for info in profile.metrics)}

    alone = Installation(devices=installed.installation().devices, rules=(rule,))
    for problem in metric_problems(alone, metrics_of):
        raise Invalid(problem.message, problem.key.removeprefix("rules[0]."))
