"""What every built-in profile has in common."""

from __future__ import annotations

import time

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from domain.message import Message, RejectReason
from domain.metrics import MetricKind
from domain.registry import Device, Site, SiteKind
from domain.text import Text

CATALOGUE = Catalogue.load()
NAME = Text(id="uji", en="test")
SITE = Site(id="batik", name=NAME, kind=SiteKind.IPAL)


def _subscriptions(*devices: Device) -> list[str]:
    return Interpreter(CATALOGUE, devices, [SITE]).subscriptions()


def test_the_catalogue_loads_in_half_a_second_of_processor() -> None:
    assert min(_load_cost() for _ in range(3)) < 0.5


def _load_cost() -> float:
    started = time.process_time()
    Catalogue.load()
    return time.process_time() - started


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_profile_names_its_source_and_when_it_is_silent(name: str) -> None:
    profile = CATALOGUE.get(name)
    assert profile.source
    assert any(topic.interval and topic.grace for topic in profile.topics.values())


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_counters_never_fall_below_zero_and_states_have_no_unit(name: str) -> None:
    for metric in CATALOGUE.get(name).metrics.values():
        assert metric.kind is not MetricKind.COUNTER or metric.low == 0
        assert metric.kind is not MetricKind.STATE or metric.unit == "1"


def test_a_profile_that_nobody_uses_brings_no_foreign_traffic() -> None:
    for wanted in _subscriptions():
        levels = wanted.split("/")
        assert "#" not in wanted
        assert any(level not in ("", "+") for level in levels), wanted


def test_a_device_on_a_wide_topic_subscribes_only_to_its_own() -> None:
    device = Device(id="gw", site="batik", stage="x", profile="kepware-narrow", name=NAME, address="iotgateway")
    assert set(_subscriptions(device)) - set(_subscriptions()) == {"iotgateway"}


def test_a_wide_profile_claims_no_topic_until_a_device_uses_it() -> None:
    outcome = Interpreter(CATALOGUE, [], [SITE]).interpret(Message("anything/at-all", b"1", 1_750_000_000_000))
    assert [rejection.reason for rejection in outcome.rejections] == [RejectReason.UNKNOWN_TOPIC]
