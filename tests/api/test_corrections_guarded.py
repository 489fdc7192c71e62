"""A correction over the API: refused where no value stays possible, asked about where it is large."""

from __future__ import annotations

import httpx

CORRECTIONS = "/api/v1/corrections"
ASKED = {
    "device": "ipal-outlet",
    "metric": "ph",
    "start": "2026-11-21T04:58:30Z",
    "offset": -0.15,
    "reason": "Buffer 7",
}


def test_what_leaves_no_value_possible_is_refused_at_its_field(admin: httpx.Client) -> None:
    answer = admin.post(CORRECTIONS, params={"even_if_unusual": True}, json=ASKED | {"offset": 99_999_999_999})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "offset")


def test_a_large_step_is_asked_about(admin: httpx.Client) -> None:
    assert admin.post(CORRECTIONS, json=ASKED | {"offset": 2}).status_code == 409
    assert admin.post(CORRECTIONS, params={"even_if_unusual": True}, json=ASKED | {"offset": 2}).status_code == 201


def test_a_change_of_a_correction_is_looked_at_as_well(admin: httpx.Client) -> None:
    made = admin.post(CORRECTIONS, json=ASKED).json()
    body = {"revision": 1, "note": "salah ketik", "record": ASKED | {"offset": 15}}
    assert admin.put(f"{CORRECTIONS}/{made['id']}", json=body).status_code == 422
