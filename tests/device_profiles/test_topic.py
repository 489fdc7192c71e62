"""Templates, what they subscribe to, and the way from a topic to a device."""

from __future__ import annotations

import tracemalloc

import pytest
import structlog

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from device_profiles.topic import Template, covers, without_covered
from domain.errors import ConfigurationError
from domain.message import Message
from domain.registry import Device, Site, SiteKind
from domain.text import Text

NAME = Text(id="uji", en="test")
SITE = Site(id="batik", name=NAME, kind=SiteKind.IPAL)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def _interpreter(catalogue: Catalogue, count: int = 1) -> Interpreter:
    devices = [
        Device(id=f"tank-{n}", site="batik", stage="aerob", profile="house-tank", name=NAME) for n in range(count)
    ]
    return Interpreter(catalogue, devices, [SITE])


def test_a_placeholder_becomes_one_level_of_the_subscription() -> None:
    assert Template.parse("spBv1.0/{group}/DDATA/{node}/{device}").filter() == "spBv1.0/+/DDATA/+/+"


def test_a_level_that_is_partly_fixed_is_subscribed_whole_and_matched_exactly() -> None:
    template = Template.parse("shelly-{device}/status/em1:2")
    assert template.filter() == "+/status/em1:2"
    assert template.matcher().fullmatch("shelly-48f6/status/em1:2")
    assert not template.matcher().fullmatch("tasmota-48f6/status/em1:2")


def test_a_dot_in_a_template_is_only_a_dot() -> None:
    assert not Template.parse("spBv1.0/{device}").matcher().fullmatch("spBv1x0/line")


@pytest.mark.parametrize("topic", ["tele//SENSOR", "/tele/x/SENSOR", "tele/x/SENSOR/", "tele/x/y/SENSOR", "tele/x"])
def test_a_topic_with_other_levels_does_not_fit(topic: str) -> None:
    assert not Template.parse("tele/{device}/SENSOR").matcher().fullmatch(topic)


def test_a_filter_covers_what_it_receives() -> None:
    assert covers("+/status/+", "a/status/+")
    assert not covers("a/status/+", "+/status/+")


def test_no_subscription_covers_another() -> None:
    assert without_covered({"a/+/c", "a/b/c", "+/b"}) == ["+/b", "a/+/c"]


def test_the_house_needs_two_subscriptions(catalogue: Catalogue) -> None:
    filters = _interpreter(catalogue).subscriptions()
    assert [f for f in filters if f.startswith("pantau/")] == ["pantau/+/+/status", "pantau/+/+/telemetry"]


def test_an_address_of_several_levels_is_subscribed_to(catalogue: Catalogue) -> None:
    device = Device(id="t", site="batik", stage="aerob", profile="house-tank", name=NAME, address="gw/1")
    assert "pantau/+/gw/1/telemetry" in Interpreter(catalogue, [device], [SITE]).subscriptions()


def test_a_flood_of_new_topics_does_not_grow_the_memory(catalogue: Catalogue) -> None:
    interpreter = _interpreter(catalogue)
    _flood(interpreter, 0, 10_000)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    _flood(interpreter, 10_000, 30_000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 4_000_000  # the 4,096 remembered refusals themselves


def _flood(interpreter: Interpreter, start: int, stop: int) -> None:
    for n in range(start, stop):
        outcome = interpreter.interpret(Message(f"pantau/batik/dev{n}/telemetry", b"7.21", 1))
        assert outcome.rejections[0].reason == "unknown_device"


def test_a_known_device_is_read_after_a_flood(catalogue: Catalogue) -> None:
    interpreter = _interpreter(catalogue)
    _flood(interpreter, 0, 10_000)
    assert interpreter.interpret(Message("pantau/batik/tank-0/telemetry", b'{"ph": 7}', 1)).readings


def test_the_first_message_of_a_device_costs_the_same_whatever_the_number_of_devices(catalogue: Catalogue) -> None:
    """Counted, not timed: the patterns tried for a topic depend on the profiles alone."""
    few, many = _interpreter(catalogue, 1), _interpreter(catalogue, 2_000)
    assert len(few._routes._patterns) == len(many._routes._patterns)
    assert many.interpret(Message("pantau/batik/tank-1999/telemetry", b'{"ph": 7}', 1)).device == "tank-1999"


def test_two_devices_with_one_address_are_told(catalogue: Catalogue) -> None:
    twins = [
        Device(id=name, site="batik", stage="aerob", profile="house-tank", name=NAME, address="tank")
        for name in ("tank-a", "tank-b")
    ]
    with structlog.testing.capture_logs() as logs:
        Interpreter(catalogue, twins, [SITE])
    assert [(line["device"], line["other"]) for line in logs] == [("tank-b", "tank-a")]


def test_a_device_in_a_zone_that_does_not_exist_is_wrong_configuration(catalogue: Catalogue) -> None:
    device = Device(id="t", site="batik", stage="aerob", profile="house-tank", name=NAME, timezone="Asia/Jakata")
    with pytest.raises(ConfigurationError, match=r"devices\.t\.timezone"):
        Interpreter(catalogue, [device], [SITE])
