"""Topics of entities that a profile does not know, of a device that is registered: told of once a day, not kept."""

from __future__ import annotations

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from domain.message import Message, Outcome, RejectReason
from domain.registry import Device, Site, SiteKind
from domain.text import Text

NAME = Text(id="uji", en="test")
NOW = 1_750_000_000_000
DAY = 86_400_000


@pytest.fixture
def interpreter() -> Interpreter:
    """One that knows an ESPHome device."""
    outlet = Device(id="outlet", site="batik", stage="outlet", profile="esphome", name=NAME)
    return Interpreter(Catalogue.load(), [outlet], [Site(id="batik", name=NAME, kind=SiteKind.IPAL)])


def said(interpreter: Interpreter, entity: str, payload: bytes = b"-61", at: int = NOW) -> Outcome:
    return interpreter.interpret(Message(f"outlet/sensor/{entity}/state", payload, at))


def is_letter(outcome: Outcome) -> bool:
    return [rejection.reason for rejection in outcome.rejections] == [RejectReason.NO_METRIC]


def test_an_entity_the_profile_does_not_know_is_one_letter_a_day(interpreter: Interpreter) -> None:
    outcomes = [said(interpreter, "garage_light", at=NOW + minute * 60_000) for minute in range(2 * 24 * 60)]
    letters = [outcome for outcome in outcomes if outcome.rejections]
    assert all(is_letter(letter) for letter in letters)
    assert len(letters) == 3  # the days of two times 24 hours that begin in an afternoon


def test_the_others_count_for_their_device_as_stale(interpreter: Interpreter) -> None:
    said(interpreter, "garage_light")
    outcome = said(interpreter, "garage_light", b"no number at all", NOW + 1)
    assert (outcome.device, outcome.stale, outcome.readings, outcome.rejections) == ("outlet", True, [], [])


def test_each_unknown_entity_has_a_letter_of_its_own(interpreter: Interpreter) -> None:
    assert is_letter(said(interpreter, "garage_light"))
    assert is_letter(said(interpreter, "porch_light"))


def test_what_is_wrong_with_a_known_entity_is_always_kept(interpreter: Interpreter) -> None:
    outcomes = [said(interpreter, "ph", b"broken") for _ in range(3)]
    assert all(outcome.rejections for outcome in outcomes)
