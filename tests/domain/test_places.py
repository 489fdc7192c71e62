"""Places that exist, and those that do not."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from domain.errors import Invalid
from domain.places import Places
from support.evidence import places


@pytest.mark.parametrize(
    "zone_of",
    [
        lambda found: found.zone_of_site("batik"),
        lambda found: found.zone_of_device("outlet"),
        lambda found: found.zone_of_point("outlet"),
    ],
)
def test_a_place_has_the_zone_of_its_site(zone_of: Callable[[Places], ZoneInfo]) -> None:
    assert zone_of(places()) == ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("ask", "field", "said"),
    [
        (lambda found: found.zone_of_site("batk"), "site", "did you mean batik"),
        (lambda found: found.zone_of_device("nothing"), "device", "no device nothing"),
        (lambda found: found.point("outlt"), "point", "did you mean outlet"),
    ],
)
def test_a_place_that_does_not_exist_is_named(ask: Callable[[Places], object], field: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        ask(places())
    assert refused.value.field == field
