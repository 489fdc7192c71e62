"""What is entered a second time: a laboratory's sample is refused, an event is asked about."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

API = "/api/v1"
SAMPLE = {
    "point": "titik-penaatan-outlet", "code": "LHU/10/001", "sampled_at": "2026-11-20T03:00:00Z",
    "laboratory": "PT Lab", "values": [{"metric": "cod", "operator": "=", "number": 84, "unit": "mg/L"}],
}  # fmt: skip
CUT = {
    "site": "batik", "category": "power_cut", "start": "2026-11-21T02:00:00Z", "stop": "2026-11-21T03:00:00Z",
}  # fmt: skip
CONDITIONS = f"{API}/conditions"


@pytest.mark.parametrize("again", [
    {"code": "lhu/10/ 001"}, {"code": " LHU / 10 / 001 ", "laboratory": "pt lab"}, {"laboratory": ""},
    {"code": "lhu/10/001", "laboratory": "PTLab"}, {"sampled_at": "2026-11-19T03:00:00Z", "laboratory": " "},
])  # fmt: skip
def test_a_sample_is_the_same_however_it_is_spaced_or_cased_and_where_no_laboratory_is_named(
    admin: httpx.Client, again: dict[str, str]
) -> None:
    admin.post(f"{API}/samples", json=SAMPLE)
    answer = admin.post(f"{API}/samples", json=SAMPLE | again)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "code")


@pytest.mark.parametrize("other", [{"code": "LHU/10/002"}, {"laboratory": "PT Lain"}])
def test_another_code_or_another_laboratory_is_another_sample(admin: httpx.Client, other: dict[str, str]) -> None:
    admin.post(f"{API}/samples", json=SAMPLE)
    assert admin.post(f"{API}/samples", json=SAMPLE | other).status_code == 201


def test_an_event_that_shares_a_moment_with_one_of_its_kind_is_asked_about(admin: httpx.Client) -> None:
    first = admin.post(CONDITIONS, json=CUT).json()["id"]
    answer = admin.post(CONDITIONS, json=CUT | {"start": "2026-11-21T02:30:00Z", "stop": None})
    assert (answer.status_code, answer.json()["present"]) == (409, first)
    assert "even_if_overlapping" in answer.json()["detail"]


def test_both_are_kept_where_that_is_said(admin: httpx.Client) -> None:
    admin.post(CONDITIONS, json=CUT)
    assert admin.post(CONDITIONS, params={"even_if_overlapping": True}, json=CUT).status_code == 201


@pytest.mark.parametrize("other", [
    {"category": "rain"}, {"start": "2026-11-21T03:00:00Z", "stop": "2026-11-21T04:00:00Z"},
])  # fmt: skip
def test_another_kind_and_another_time_are_another_event(admin: httpx.Client, other: dict[str, Any]) -> None:
    admin.post(CONDITIONS, json=CUT)
    assert admin.post(CONDITIONS, json=CUT | other).status_code == 201


def test_a_correction_may_not_run_into_another_event_either(admin: httpx.Client) -> None:
    admin.post(CONDITIONS, json=CUT)
    later = CUT | {"start": "2026-11-21T03:00:00Z", "stop": "2026-11-21T04:00:00Z"}
    made = admin.post(CONDITIONS, json=later).json()
    body = {"revision": 1, "note": "mulai lebih awal", "record": later | {"start": "2026-11-21T02:59:00Z"}}
    address = f"{CONDITIONS}/{made['id']}"
    assert admin.put(address, json=body).status_code == 409
    assert admin.put(address, params={"even_if_overlapping": True}, json=body).status_code == 200
