"""A correction on the page: refused where it cannot be, ticked where it is large, honest about signed reports."""

from __future__ import annotations

from typing import Any

import pytest

from domain.services import Services
from support.mojokerto import all_well
from support.pages import csrf_of, text_of

PH = "/calibrations/ipal-outlet/ph"
ASKED = {"from": "2026-11-21T11:30", "offset_from": "-0,15", "slope_from": "1", "reason": "buffer 7"}


def asked(client: Any, **change: str) -> Any:
    """What the page answers to a correction."""
    return client.post(f"{PH}/corrections", data=ASKED | change | {"csrf": csrf_of(client)}, follow_redirects=False)


def applied(services: Services) -> int:
    """Corrections that count."""
    return len(services.evidence.corrections.page(None, None, 9).items)


@pytest.mark.parametrize("do", ["preview", "apply"])
def test_what_leaves_no_value_possible_is_refused(enter: Any, services: Services, do: str) -> None:
    all_well(services, minutes=60)
    answer = asked(enter(), offset_from="99999999999", do=do, unusual_meant="yes")
    assert (answer.status_code, applied(services)) == (422, 0)
    assert "di luar rentang yang mungkin (0 sampai 14)" in text_of(answer)
    assert "Terapkan koreksi" not in text_of(answer)


def test_a_large_step_waits_for_a_tick(enter: Any, services: Services) -> None:
    all_well(services, minutes=60)
    client = enter()
    answer = asked(client, offset_from="2", do="apply")
    assert 'name="unusual_meant"' in answer.text
    assert applied(services) == 0
    assert asked(client, offset_from="2", do="apply", unusual_meant="yes").status_code == 303


def test_a_small_step_asks_nothing(enter: Any, services: Services) -> None:
    all_well(services, minutes=60)
    assert 'name="unusual_meant"' not in asked(enter()).text


def test_a_correction_keeps_the_calibration_it_follows_from(enter: Any, services: Services) -> None:
    client = enter()
    record = {"start": "2026-11-21T10:00", "stop": "2026-11-21T10:30", "csrf": csrf_of(client)}
    client.post(f"{PH}/records", data=record)
    newest = services.evidence.calibrations.newest()["ipal-outlet", "ph"].id
    assert f'<option value="{newest}" selected>' in client.get(PH).text
    asked(client, calibration=newest, do="apply")
    assert services.evidence.corrections.page(None, None, 1).items[0].record.calibration == newest


def test_the_record_of_a_calibration_can_be_saved_as_it_opens(enter: Any, services: Services) -> None:
    client = enter()
    fields = dict.fromkeys(("start", "stop"), "")
    page = client.get(PH).text
    for name in fields:
        fields[name] = page.split(f'name="{name}" type="datetime-local" value="')[1].split('"')[0]
    answer = client.post(f"{PH}/records", data=fields | {"csrf": csrf_of(client)}, follow_redirects=False)
    assert answer.status_code == 303
