"""Rules nobody has to write, from the built-in profiles and a limit set, and the book that holds them."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.actions import ADVICE, action_of
from alerts.engine import AlertEngine
from alerts.rulebook import CompiledRuleBook, derive_rules
from device_profiles.catalogue import Catalogue
from domain.alert import Priority
from domain.errors import NotFound
from domain.registry import (
    CompliancePoint,
    Device,
    DeviceStatus,
    Installation,
    Limit,
    LimitSet,
    Site,
    SiteKind,
    Stage,
)
from domain.rule import LimitRule, NoDataRule
from domain.text import Text
from support.alerts_stage import T0, AlertStage, limit_rule, reading

DAY = 86_400_000
NAME = Text(id="Outlet", en="Outlet")
SOURCE = "PermenLH/BPLH No. 12 Tahun 2025, Lampiran I"
LIMITS = (
    Limit(metric="ph", unit="pH", min=6, max=9),
    Limit(metric="cod", unit="mg/L", max=150),
    Limit(metric="nh3n", unit="mg/L", max=8.0),
    Limit(metric="temperature", unit="Cel", max=38),
    Limit(metric="bod", unit="mg/L", max=60, laboratory=True),
    Limit(metric="tss", unit="g/L", max=0.05),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The built-in profiles."""
    return Catalogue.load()


def plant(*rules: LimitRule, valid_from: date = date(2025, 9, 9), valid_until: date | None = None) -> Installation:
    """The outlet with its flow meter, under the textile limits."""
    site = Site(id="batik", name=NAME, kind=SiteKind.IPAL, stages=(Stage(id="outlet", name=NAME),))
    devices = tuple(
        Device(id=name, site="batik", stage="outlet", profile=profile, name=NAME)
        for name, profile in (("ipal-outlet", "house-ipal-outlet"), ("debit-outlet", "house-flow-meter"))
    )
    limits = LimitSet(
        id="textile", name=NAME, source=SOURCE, valid_from=valid_from, valid_until=valid_until, limits=LIMITS
    )
    point = CompliancePoint(
        id="titik-penaatan-outlet", site="batik", stage="outlet", name=NAME, limit_set="textile",
        devices=("ipal-outlet", "debit-outlet"),
    )  # fmt: skip
    return Installation(sites=(site,), devices=devices, limit_sets=(limits,), compliance_points=(point,), rules=rules)


def by_id(installation: Installation, catalogue: Catalogue) -> dict[str, LimitRule | NoDataRule]:
    return {rule.id: rule for rule in derive_rules(installation, catalogue)}


def test_each_measured_parameter_gets_its_legal_limit(catalogue: Catalogue) -> None:
    rule = by_id(plant(), catalogue)["limit.titik-penaatan-outlet.ph"]

    assert isinstance(rule, LimitRule)
    assert (rule.below, rule.above, rule.deadband) == (6, 9, 0.1)
    assert (rule.source, rule.priority) == (SOURCE, Priority.HIGH)
    assert rule.scope.device == "ipal-outlet"
    assert rule.action == action_of("ph")


def test_laboratory_parameters_and_other_units_are_not_judged_online(catalogue: Catalogue) -> None:
    limits = [name for name in by_id(plant(), catalogue) if name.startswith("limit.")]

    assert [name.split(".")[-1] for name in limits] == ["cod", "nh3n", "ph", "temperature"]


def test_a_limit_without_an_instrument_tolerance_returns_two_percent_back(catalogue: Catalogue) -> None:
    rule = by_id(plant(), catalogue)["limit.titik-penaatan-outlet.cod"]

    assert isinstance(rule, LimitRule)
    assert rule.deadband == pytest.approx(3.0)


def test_each_device_gets_one_rule_for_its_silence(catalogue: Catalogue) -> None:
    silent = {name: rule for name, rule in by_id(plant(), catalogue).items() if isinstance(rule, NoDataRule)}

    assert list(silent) == ["no-data.debit-outlet", "no-data.ipal-outlet"]
    assert {(rule.after, rule.scope.metric) for rule in silent.values()} == {(60.0, "*")}


def test_an_own_rule_takes_the_place_of_a_derived_one(catalogue: Catalogue) -> None:
    own = limit_rule(id="limit.titik-penaatan-outlet.ph", above=8.5, scope={"metric": "ph"})

    assert by_id(plant(own), catalogue)[own.id] is own


def test_a_limit_set_holds_between_its_dates(catalogue: Catalogue) -> None:
    given = plant(valid_from=date(2026, 11, 21), valid_until=date(2026, 11, 21))
    inside = [rule.id for rule in derive_rules(given, catalogue, T0)]
    midnight = T0 - 7 * 3_600_000  # 21 November begins at 17.00 UTC the day before

    assert "limit.titik-penaatan-outlet.ph" in inside
    for outside in (midnight - 1, midnight + DAY):
        assert not any(r.id.startswith("limit.") for r in derive_rules(given, catalogue, outside))
    assert "limit.titik-penaatan-outlet.ph" in [r.id for r in derive_rules(given, catalogue, midnight)]


def test_a_limit_set_that_begins_while_running_is_judged_from_then_on(
    stage: AlertStage, catalogue: Catalogue
) -> None:
    stage.apply(plant(valid_from=date(2026, 11, 22)))
    engine = AlertEngine(stage.journal, stage.book, stage.registry, catalogue)
    for at in (60, 17 * 3600 + 10):
        stage.arrive(reading(at, 9.5, device="ipal-outlet"))
        engine.tick(T0 + at * 1000)

    kinds = [(alert.kind, alert.since) for alert in stage.alerts() if alert.kind == "limit"]
    assert kinds == [("limit", T0 + (17 * 3600 + 10) * 1000)]


def test_the_book_compiles_again_only_for_a_new_revision(stage: AlertStage, catalogue: Catalogue) -> None:
    book = CompiledRuleBook(stage.registry, catalogue)
    stage.apply(plant())
    first = book.current()
    stage.apply(plant())
    assert book.current() is first
    stage.apply(plant(limit_rule(scope={"metric": "ph"})))

    assert book.current() is not first
    assert book.rule("ph-outlet").id == "ph-outlet"


def test_rules_for_a_device_are_those_of_its_metrics(stage: AlertStage, catalogue: Catalogue) -> None:
    stage.apply(
        plant(limit_rule(scope={"metric": "ph"}), limit_rule(id="off", enabled=False, scope={"metric": "ph"}))
    )
    book = CompiledRuleBook(stage.registry, catalogue)
    debit = stage.registry.device("debit-outlet")

    assert [rule.id for rule in book.rules_for(debit)] == ["no-data.debit-outlet"]
    assert "off" not in [rule.id for rule in book.rules()]
    assert book.rule("off").enabled is False
    with pytest.raises(NotFound):
        book.rule("none")


def test_an_unknown_profile_stops_nothing(catalogue: Catalogue) -> None:
    given = plant()
    odd = given.devices[0].model_copy(update={"id": "asing", "profile": "unknown"})
    rules = derive_rules(given.model_copy(update={"devices": (*given.devices, odd)}), catalogue)

    assert "no-data.asing" not in [rule.id for rule in rules]
    assert "no-data.ipal-outlet" in [rule.id for rule in rules]


def test_a_device_out_of_service_has_no_rules_in_force(stage: AlertStage, catalogue: Catalogue) -> None:
    given = plant()
    resting = given.devices[0].model_copy(update={"status": DeviceStatus.OUT_OF_SERVICE})
    stage.apply(given.model_copy(update={"devices": (resting, given.devices[1])}))
    compiled = CompiledRuleBook(stage.registry, catalogue).current()

    assert compiled.of_series("ipal-outlet", "ph") == []


def test_every_action_is_said_in_both_languages() -> None:
    for advice in ADVICE.values():
        assert advice.action.id != advice.action.en
        assert advice.action.id.endswith(".")
