"""The registry: applied idempotently, checked as a whole, audited, given back as it came."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time

import pytest

from domain.account import AuditEntry
from domain.errors import Invalid, NotFound
from domain.registry import Changes, Contact, DeviceStatus, Hours, Installation, Rota, Schedule, Turn
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.registry import SqlRegistry
from support.installations import BATIK, LIMITS, POINT, ROUTE, RULE, SMALL, device, words

NOON = 1_795_240_800_000


@pytest.fixture
def registry(db: Database) -> SqlRegistry:
    return SqlRegistry(db)


@pytest.fixture
def filled(registry: SqlRegistry) -> SqlRegistry:
    registry.apply(SMALL, "sari", NOON)
    return registry


def entries(db: Database) -> list[AuditEntry]:
    """The whole audit log, oldest first."""
    return SqlAuditLog(db).page(None, 1_000).items[::-1]


def devices(*changed: object) -> Installation:
    """An installation of devices only."""
    return Installation.model_validate({"devices": changed})


def test_an_empty_registry_is_an_empty_installation_at_revision_0(registry: SqlRegistry) -> None:
    assert (registry.installation(), registry.revision()) == (Installation(), 0)


def test_the_installation_comes_back_as_it_was_applied(filled: SqlRegistry) -> None:
    assert filled.installation() == SMALL


def test_the_first_apply_names_what_it_added(registry: SqlRegistry) -> None:
    assert registry.apply(SMALL, "sari", NOON) == Changes(
        added=(
            "site/batik",
            "device/outlet",
            "device/inlet",
            "limit_set/limits",
            "compliance_point/point",
            "route/team",
            "rule/cod-high",
        )
    )


def test_applied_again_it_changes_nothing(filled: SqlRegistry, db: Database) -> None:
    before = (filled.revision(), len(entries(db)))
    assert filled.apply(SMALL, "sari", NOON + 1) == Changes(unchanged=7)
    assert (filled.revision(), len(entries(db))) == before


def test_a_change_grows_the_revision_by_one(filled: SqlRegistry) -> None:
    before = filled.revision()
    changed = devices(device("outlet", status=DeviceStatus.OUT_OF_SERVICE), device("third"))
    assert filled.apply(changed, "sari", NOON) == Changes(added=("device/third",), changed=("device/outlet",))
    assert filled.revision() == before + 1


def test_what_is_not_given_stays_and_the_order_as_well(filled: SqlRegistry) -> None:
    filled.apply(devices(device("aerasi"), device("outlet", address="o-1")), "sari", NOON)
    assert [found.id for found in filled.installation().devices] == ["outlet", "inlet", "aerasi"]


def test_the_order_of_stages_is_that_of_the_file(filled: SqlRegistry) -> None:
    turned = BATIK.model_copy(update={"stages": BATIK.stages[::-1]})
    filled.apply(Installation(sites=(turned,)), "sari", NOON)
    assert [stage.id for stage in filled.installation().sites[0].stages] == ["inlet", "outlet"]


def test_every_change_is_audited_with_before_and_after(filled: SqlRegistry, db: Database) -> None:
    moved = device("outlet", address="o-1")
    filled.apply(devices(moved), "budi", NOON + 5)
    entry = entries(db)[-1]
    assert (entry.at, entry.who, entry.action, entry.target) == (NOON + 5, "budi", "change", "device/outlet")
    assert (entry.before, entry.after) == (SMALL.devices[0].model_dump_json(), moved.model_dump_json())


def test_what_is_added_has_no_before(filled: SqlRegistry, db: Database) -> None:
    first = entries(db)[0]
    assert (first.action, first.target, first.before) == ("add", "site/batik", None)


def test_a_secret_in_the_address_of_a_route_never_enters_the_audit_log(filled: SqlRegistry, db: Database) -> None:
    (entry,) = [found for found in entries(db) if found.target == "route/team"]
    assert "secret-token" not in str(entry)
    assert "https://hooks.example/…" in str(entry)


DAY = Schedule(id="day", name=words("Siang"), hours=(Hours(start=time(7), end=time(16)),))
SARI = Contact(id="sari", name="Sari", address="tgram://123456:bot-secret/42", quiet="day")
DUTY = Rota(id="duty", name=words("Jaga"), turns=(Turn(contact="sari", schedule="day"),), starts=date(2026, 1, 5),
            rotate_days=7)  # fmt: skip
PEOPLE = Installation(schedules=(DAY,), contacts=(SARI,), rotas=(DUTY,))


def test_schedules_contacts_and_rotas_come_back_as_they_were_applied(registry: SqlRegistry) -> None:
    registry.apply(PEOPLE, "sari", NOON)
    assert registry.installation() == PEOPLE


def test_a_secret_in_the_address_of_a_contact_never_enters_the_audit_log(registry: SqlRegistry, db: Database) -> None:
    registry.apply(PEOPLE, "sari", NOON)
    registry.apply(Installation(contacts=(SARI.model_copy(update={"name": "Sari W."}),)), "sari", NOON)
    told = [entry for entry in entries(db) if entry.target == "contact/sari"]
    assert "bot-secret" not in str(told)
    assert str(told).count("tgram://…") == 3


BROKEN = {
    "devices[0].site: there is no site batk; did you mean batik?": devices(device("x", site="batk")),
    "devices[0].stage: site batik has no stage outlt; did you mean outlet?": devices(device("x", stage="outlt")),
    "compliance_points[0].limit_set: there is no limit set limit; did you mean limits?": Installation(
        compliance_points=(POINT.model_copy(update={"limit_set": "limit"}),)
    ),
    "compliance_points[0].devices[0]: there is no device oulet; did you mean outlet?": Installation(
        compliance_points=(POINT.model_copy(update={"devices": ("oulet",)}),)
    ),
    "rules[0].scope.device: there is no device press-1": Installation(
        rules=(RULE.model_copy(update={"scope": RULE.scope.model_copy(update={"device": "press-1"})}),)
    ),
    "rules[0].scope.stage: there is no stage line-1": Installation(
        rules=(RULE.model_copy(update={"scope": RULE.scope.model_copy(update={"device": None, "stage": "line-1"})}),)
    ),
    "routes[0].sites[0]: there is no site alas-kaki": Installation(
        routes=(ROUTE.model_copy(update={"sites": ("alas-kaki",)}),)
    ),
    "devices: x is given 2 times": devices(device("x", address="a"), device("x", address="b")),
    "x would answer to the same topic as outlet": devices(device("outlet"), device("x", address="outlet")),
    "devices[0].stage: site batik has no stage outlet": Installation(
        sites=(BATIK.model_copy(update={"stages": BATIK.stages[1:]}),)
    ),
}


@pytest.mark.parametrize("said", BROKEN)
def test_what_refers_to_nothing_is_refused_with_its_place(filled: SqlRegistry, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        filled.apply(BROKEN[said], "sari", NOON)
    assert said in str(refused.value)


def test_all_problems_are_told_at_once(filled: SqlRegistry) -> None:
    with pytest.raises(Invalid) as refused:
        filled.apply(devices(device("x", site="a"), device("y", site="b")), "sari", NOON)
    assert (len(str(refused.value).splitlines()), refused.value.field) == (2, "devices[0].site")


def test_of_a_refused_apply_nothing_stays(filled: SqlRegistry, db: Database) -> None:
    before = (filled.revision(), filled.installation(), len(entries(db)))
    with pytest.raises(Invalid):
        filled.apply(devices(device("fine"), device("x", site="batk")), "sari", NOON)
    assert (filled.revision(), filled.installation(), len(entries(db))) == before


def test_a_limit_set_may_be_replaced_under_its_id(filled: SqlRegistry) -> None:
    stricter = LIMITS.model_copy(update={"limits": LIMITS.limits[:1]})
    filled.apply(Installation(limit_sets=(stricter,)), "sari", NOON)
    assert filled.installation().limit_sets == (stricter,)


def test_one_device_is_found_by_its_id(filled: SqlRegistry) -> None:
    assert filled.device("outlet") == SMALL.devices[0]


def test_an_unknown_device_is_not_found(filled: SqlRegistry) -> None:
    with pytest.raises(NotFound):
        filled.device("nowhere")


def test_devices_are_paged_by_id_within_a_site(filled: SqlRegistry) -> None:
    other = BATIK.model_copy(update={"id": "alas-kaki"})
    more = [device(f"d{i}") for i in range(4)] + [device("press-1", site="alas-kaki")]
    filled.apply(Installation(sites=(other,), devices=tuple(more)), "sari", NOON)
    first = filled.devices("batik", None, 3)
    second = filled.devices("batik", first.next, 3)
    assert [found.id for found in first.items + second.items] == ["d0", "d1", "d2", "d3", "inlet", "outlet"]
    assert (second.next, [found.id for found in filled.devices("alas-kaki", None, 9).items]) == (None, ["press-1"])


def test_two_who_apply_at_once_do_not_lose_each_others_change(filled: SqlRegistry, beside) -> None:
    before = filled.revision()

    def add(number: int) -> None:
        SqlRegistry(beside()).apply(devices(device(f"d{number}")), "sari", NOON)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(6)))
    assert (filled.revision(), len(filled.installation().devices)) == (before + 6, 8)


def test_thousands_of_devices_are_applied_at_once(filled: SqlRegistry) -> None:
    many = devices(*(device(f"d{i:05d}") for i in range(5_000)))
    filled.apply(many, "sari", NOON)
    assert filled.apply(many, "sari", NOON).unchanged == 5_000
