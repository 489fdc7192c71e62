"""What record forms say of what was typed, and in what order they list sensors."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dashboard.wording import Words, load
from domain.services import Services
from domain.text import Language
from support.mojokerto import all_well
from support.pages import csrf_of, text_of

PH = "/calibrations/ipal-outlet/ph"
DAY = {"site": "batik", "day": "2026-11-20", "tons": "1", "pieces": "3"}


@pytest.mark.parametrize("typed", ["abc", "1e9", "7,25 mg/L", "<3"])
@pytest.mark.parametrize(("path", "field", "form"), [
    (f"{PH}/mode", "minutes", {}), ("/water", "tons", DAY),
    ("/logbook", "energy", {"site": "batik", "day": "2026-11-20", "shift": "pagi"}),
])  # fmt: skip
def test_what_is_no_number_is_said_to_be_none(
    enter: Any, path: str, field: str, form: dict[str, str], typed: str
) -> None:
    client = enter()
    answer = client.post(path, data=form | {field: typed, "csrf": csrf_of(client)})
    assert answer.status_code == 422
    assert "Bukan angka. Tulis angkanya saja, misalnya 7,25." in text_of(answer)


def test_a_text_that_is_too_long_is_refused_and_stays_whole(enter: Any, services: Services) -> None:
    client, long = enter(), "x" * 4001
    form = {"place": "batik", "category": "rain", "start": "2026-11-21T08:00", "description": long}
    answer = client.post("/conditions", data=form | {"csrf": csrf_of(client)})
    assert (answer.status_code, long in answer.text) == (422, True)
    assert "maxlength" not in answer.text
    assert services.evidence.conditions.page("batik", None, 1).items == []


@pytest.mark.parametrize(("path", "pattern"), [
    ("/calibrations", r'href="/calibrations/([^/"]+)/[^/"]+"'), ("/conditions", r'<option value="([^/"]+)/[^/"]+"'),
])  # fmt: skip
def test_sensors_of_the_outlet_are_listed_first_and_machines_last(
    enter: Any, services: Services, path: str, pattern: str
) -> None:
    listed = re.findall(pattern, enter().get(path).text)
    installation = services.registry.installation()
    law = {device for point in installation.compliance_points for device in point.devices}
    site = {device.id: device.site for device in installation.devices}
    kinds = [0 if one in law else 1 if site[one] == "batik" else 2 for one in listed]
    assert kinds == sorted(kinds)
    assert set(kinds) == {0, 1, 2}


def test_a_sum_of_water_says_of_how_many_days_it_is(enter: Any, services: Services) -> None:
    client = enter()
    assert "hanya" not in text_of(client.get("/water"))
    all_well(services, minutes=60)
    assert "hanya 1 dari 21 hari, mulai 21/11/2026" in text_of(client.get("/water"))


@pytest.mark.parametrize(("n", "said"), [(1, "1 day left"), (2, "2 days left"), (0, "0 days left")])
def test_one_day_is_a_day(n: int, said: str) -> None:
    assert Words(Language.EN, load(Language.EN))("calibration.left", n=n) == said
