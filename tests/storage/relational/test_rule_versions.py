"""Rules edited one by one: compared and set by version, audited, every version kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.registry import Installation
from domain.rule import CompositeRule, LimitRule, Scope
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.registry import SqlRegistry
from support.installations import RULE, SMALL, words

NOON = 1_795_240_800_000


def rule(name: str = "ph-high", above: float = 9.0, device: str = "outlet") -> LimitRule:
    """pH of the outlet."""
    return LimitRule(
        id=name, name=words("pH"), scope=Scope(metric="ph", device=device), action=words("Cek"), above=above
    )


@pytest.fixture
def registry(db: Database) -> SqlRegistry:
    filled = SqlRegistry(db)
    filled.apply(SMALL, "sari", NOON)
    return filled


def test_a_new_rule_is_at_version_1(registry: SqlRegistry) -> None:
    made = registry.put_rule(rule(), "budi", NOON + 5, None)
    assert (made.version, made.at, made.who, made.rule) == (1, NOON + 5, "budi", rule())


def test_a_new_rule_stands_behind_the_others(registry: SqlRegistry) -> None:
    registry.put_rule(rule(), "budi", NOON, None)
    assert registry.installation().rules == (RULE, rule())


def test_a_changed_rule_keeps_its_place(registry: SqlRegistry) -> None:
    registry.put_rule(rule(), "budi", NOON, None)
    stricter = RULE.model_copy(update={"above": 100.0})
    registry.put_rule(stricter, "budi", NOON, 1)
    assert registry.installation().rules == (stricter, rule())


def test_every_version_is_kept_newest_first(registry: SqlRegistry) -> None:
    registry.put_rule(rule(), "budi", NOON, None)
    registry.put_rule(rule(above=8.5), "sari", NOON + 9, 1)
    found = registry.rule_versions("ph-high")
    assert [(one.version, one.who, one.rule) for one in found] == [(2, "sari", rule(above=8.5)), (1, "budi", rule())]


def test_a_change_of_an_older_version_is_a_conflict_that_says_where_it_is(registry: SqlRegistry) -> None:
    registry.put_rule(rule(), "budi", NOON, None)
    registry.put_rule(rule(above=8.5), "sari", NOON, 1)
    with pytest.raises(Conflict) as conflict:
        registry.put_rule(rule(above=8.7), "budi", NOON, 1)
    assert conflict.value.present == "2"


def test_a_rule_meant_to_be_new_must_not_exist(registry: SqlRegistry) -> None:
    with pytest.raises(Conflict, match="at version 1"):
        registry.put_rule(RULE, "budi", NOON, None)


def test_a_change_of_a_rule_that_does_not_exist_is_a_conflict(registry: SqlRegistry) -> None:
    with pytest.raises(Conflict, match="does not exist"):
        registry.put_rule(rule(), "budi", NOON, 3)


def test_a_rule_saved_as_it_stands_makes_no_version(registry: SqlRegistry) -> None:
    before = registry.revision()
    same = registry.put_rule(RULE, "budi", NOON + 9, 1)
    assert (same.version, same.who, registry.revision()) == (1, "sari", before)


def test_each_change_grows_the_revision_and_is_audited(registry: SqlRegistry, db: Database) -> None:
    before = registry.revision()
    registry.put_rule(rule(), "budi", NOON, None)
    registry.put_rule(rule(above=8.5), "budi", NOON, 1)
    registry.drop_rule("ph-high", "sari", NOON + 7)
    told = SqlAuditLog(db).page(None, 3).items
    assert [(entry.action, entry.target, entry.who) for entry in told] == [
        ("remove", "rule/ph-high", "sari"),
        ("change", "rule/ph-high", "budi"),
        ("add", "rule/ph-high", "budi"),
    ]
    assert registry.revision() == before + 3


def test_what_refers_to_nothing_is_refused_with_its_field(registry: SqlRegistry) -> None:
    with pytest.raises(Invalid, match="oulet; did you mean outlet") as refused:
        registry.put_rule(rule(device="oulet"), "budi", NOON, None)
    assert refused.value.field == "scope.device"


def test_of_a_refused_rule_nothing_stays(registry: SqlRegistry) -> None:
    before = registry.revision()
    with pytest.raises(Invalid):
        registry.put_rule(rule(device="oulet"), "budi", NOON, None)
    assert (registry.rule_versions("ph-high"), registry.revision()) == ([], before)


def test_a_removed_rule_is_gone_and_its_versions_stay(registry: SqlRegistry) -> None:
    registry.put_rule(rule(), "budi", NOON, None)
    registry.drop_rule("ph-high", "sari", NOON + 7)
    found = [(one.version, one.who, one.rule) for one in registry.rule_versions("ph-high")]
    assert (registry.installation().rules, found) == ((RULE,), [(2, "sari", None), (1, "budi", rule())])


def test_a_removed_rule_may_come_again_with_the_next_version(registry: SqlRegistry) -> None:
    registry.put_rule(rule(), "budi", NOON, None)
    registry.drop_rule("ph-high", "sari", NOON)
    assert registry.put_rule(rule(), "budi", NOON, None).version == 3


def test_a_rule_is_removed_only_at_the_version_that_was_looked_at(registry: SqlRegistry) -> None:
    registry.put_rule(rule(), "budi", NOON, None)
    registry.put_rule(rule(above=8.5), "sari", NOON, 1)
    with pytest.raises(Conflict) as refused:
        registry.drop_rule("ph-high", "budi", NOON, 1)
    assert (refused.value.present, registry.rule_versions("ph-high")[0].version) == ("2", 2)
    registry.drop_rule("ph-high", "budi", NOON, 2)
    assert registry.rule_versions("ph-high")[0].rule is None


def test_a_rule_that_is_not_there_cannot_be_removed(registry: SqlRegistry) -> None:
    with pytest.raises(NotFound):
        registry.drop_rule("nowhere", "sari", NOON)


def test_a_rule_that_another_names_cannot_be_removed(registry: SqlRegistry) -> None:
    registry.put_rule(rule(), "budi", NOON, None)
    both = CompositeRule(id="both", name=words("Dua"), action=words("Cek"), of=("ph-high", "cod-high"))
    registry.put_rule(both, "budi", NOON, None)
    with pytest.raises(Invalid, match="ph-high"):
        registry.drop_rule("ph-high", "sari", NOON)


def test_a_rule_never_written_down_has_no_versions(registry: SqlRegistry) -> None:
    assert registry.rule_versions("no-data.outlet") == []


def test_applied_files_make_versions_where_a_rule_changed(registry: SqlRegistry) -> None:
    registry.apply(Installation(rules=(RULE, rule())), "files", NOON + 1)
    registry.apply(Installation(rules=(RULE, rule(above=8.5))), "files", NOON + 2)
    found = [(one.version, one.at, one.who) for one in registry.rule_versions("ph-high")]
    assert (found, len(registry.rule_versions("cod-high"))) == ([(2, NOON + 2, "files"), (1, NOON + 1, "files")], 1)


def test_of_two_who_change_a_rule_at_once_one_succeeds(registry: SqlRegistry, beside) -> None:
    def change(number: int) -> bool:
        try:
            SqlRegistry(beside()).put_rule(RULE.model_copy(update={"above": 100.0 + number}), "budi", NOON, 1)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(change, range(6)))
    assert (outcomes.count(True), len(registry.rule_versions("cod-high"))) == (1, 2)
