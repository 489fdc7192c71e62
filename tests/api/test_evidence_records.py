"""Records of the evidence over the API: written, corrected, refused at the field, and never lost."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.account import Role
from domain.services import Services
from support.app import MovedClock, add_readings, add_token, client_of

API = "/api/v1"
CALIBRATION = {
    "device": "ipal-outlet", "metric": "ph", "start": "2026-11-21T03:00:00Z", "stop": "2026-11-21T03:30:00Z",
    "buffers": [4.01, 7], "before": [4.2, 7.15], "after": [4.01, 7], "next_due": "2026-12-21",
}  # fmt: skip
CORRECTION = {
    "device": "ipal-outlet", "metric": "ph", "start": "2026-11-21T04:58:30Z", "offset": -0.15, "reason": "Buffer 7",
}  # fmt: skip
JUDGEMENT = {
    "device": "ipal-outlet", "metric": "ph", "start": "2026-11-21T04:00:00Z", "stop": "2026-11-21T04:30:00Z",
    "category": "sensor_in_air",
}  # fmt: skip
CONDITION = {"site": "batik", "category": "power_cut", "start": "2026-11-21T02:00:00Z"}
SAMPLE = {
    "point": "titik-penaatan-outlet", "code": "LHU-1", "sampled_at": "2026-11-20T03:00:00Z",
    "values": [{"metric": "cod", "operator": "<", "number": 0.0033, "unit": "mg/L"}],
}  # fmt: skip
ENTRY = {"site": "batik", "day": "2026-11-20", "shift": "pagi", "ph_inlet": {"value": 7.1}, "notes": "tenang"}
PRODUCED = {"site": "batik", "day": "2026-11-20", "tons": 1.2, "pieces": 340}
EXCEEDANCE = {
    "point": "titik-penaatan-outlet", "metric": "ph", "start": "2026-11-20T03:00:00Z", "stop": "2026-11-20T04:00:00Z",
    "cause": "Dosing kapur berlebih", "response": "Dosing dikurangi",
}  # fmt: skip
ALL = {
    "calibrations": CALIBRATION, "corrections": CORRECTION, "judgements": JUDGEMENT, "conditions": CONDITION,
    "samples": SAMPLE, "logbook": ENTRY, "production": PRODUCED, "exceedances": EXCEEDANCE,
}  # fmt: skip
PATHS = {"logbook": "batik/2026-11-20/pagi", "production": "batik/2026-11-20"}


def written(admin: httpx.Client, noun: str) -> tuple[str, dict[str, Any]]:
    """One record of the noun, and its address."""
    answer = admin.post(f"{API}/{noun}", json=ALL[noun])
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return f"{API}/{noun}/{PATHS.get(noun, made['id'])}", made


@pytest.mark.parametrize("noun", ALL)
def test_a_record_is_written_in_the_name_of_the_caller_and_listed(admin: httpx.Client, noun: str) -> None:
    _, made = written(admin, noun)
    assert (made["revision"], made["who"]) == (1, "admin-program")
    assert admin.get(f"{API}/{noun}").json()["items"] == [made]


@pytest.mark.parametrize("noun", ALL)
def test_a_correction_keeps_what_was_said_before(admin: httpx.Client, noun: str) -> None:
    address, made = written(admin, noun)
    body = {"revision": 1, "note": "salah ketik", "record": ALL[noun]}
    assert admin.put(address, json=body).json()["revision"] == 2
    history = admin.get(address).json()["items"]
    assert [(one["revision"], one["note"]) for one in history] == [(1, ""), (2, "salah ketik")]
    assert history[0] == made


@pytest.mark.parametrize("noun", ALL)
def test_who_saw_an_older_revision_hears_of_the_newer(admin: httpx.Client, noun: str) -> None:
    address, _ = written(admin, noun)
    body = {"revision": 1, "note": "salah ketik", "record": ALL[noun]}
    admin.put(address, json=body)
    answer = admin.put(address, json=body)
    assert (answer.status_code, answer.json()["present"]) == (409, "2")


@pytest.mark.parametrize("noun", ALL)
def test_a_removed_record_no_longer_counts_and_is_kept(admin: httpx.Client, noun: str) -> None:
    address, _ = written(admin, noun)
    assert admin.delete(address, params={"revision": 1, "note": "dobel"}).json()["removed"]
    assert admin.get(f"{API}/{noun}").json()["items"] == []
    assert len(admin.get(address).json()["items"]) == 2


@pytest.mark.parametrize("noun", ALL)
def test_every_change_is_audited(admin: httpx.Client, services: Services, noun: str) -> None:
    written(admin, noun)
    newest = services.audit.page(None, 1).items[0]
    assert (newest.who, newest.action) == ("admin-program", "add")


@pytest.mark.parametrize(("noun", "role"), [
    ("calibrations", Role.OPERATOR), ("corrections", Role.OFFICER), ("judgements", Role.OPERATOR),
    ("conditions", Role.VIEWER), ("samples", Role.VIEWER), ("logbook", Role.VIEWER), ("production", Role.VIEWER),
    ("exceedances", Role.VIEWER),
])  # fmt: skip
def test_roles_without_the_right_are_refused(app: FastAPI, services: Services, noun: str, role: Role) -> None:
    with client_of(app, add_token(services, role)) as client:
        assert client.post(f"{API}/{noun}", json=ALL[noun]).status_code == 403


WRONG = [
    ("calibrations", {"start": "2026-12-01T00:00:00Z", "stop": None}, "start"),
    ("calibrations", {"metric": "phh"}, "metric"),
    ("calibrations", {"device": "outlt"}, "device"),
    ("calibrations", {"before": [4.2]}, "before"),
    ("calibrations", {"next_due": "2026-11-21"}, "next_due"),
    ("corrections", {"slope": 0}, "slope"),
    ("corrections", {"reason": ""}, "reason"),
    ("judgements", {"stop": "2026-11-21T03:00:00Z"}, "stop"),
    ("conditions", {"start": "2027-01-01T00:00:00Z"}, "start"),
    ("conditions", {"category": "sensor_stuck"}, "category"),
    ("conditions", {"site": "batk"}, "site"),
    ("samples", {"sampled_at": "2026-11-22T00:00:00Z"}, "sampled_at"),
    ("samples", {"values": []}, "values"),
    ("samples", {"point": "nowhere"}, "point"),
    ("samples", {"analysed_on": "2026-11-01"}, "analysed_on"),
    ("exceedances", {"point": "nowhere"}, "point"),
    ("exceedances", {"start": "2027-01-01T00:00:00Z", "stop": "2027-01-02T00:00:00Z"}, "start"),
    ("exceedances", {"stop": "2026-11-20T03:00:00Z"}, "stop"),
    ("exceedances", {"cause": "", "response": " "}, "cause"),
    ("logbook", {"day": "2026-11-23"}, "day"),
    ("logbook", {"ph_inlet": {"value": 15}}, "ph_inlet"),
    ("production", {"tons": -1}, "tons"),
    ("production", {"pieces": 1.5}, "pieces"),
]


@pytest.mark.parametrize(("noun", "change", "field"), WRONG)
def test_bad_input_names_its_field_and_keeps_nothing(
    admin: httpx.Client, noun: str, change: dict[str, Any], field: str
) -> None:
    answer = admin.post(f"{API}/{noun}", json={**ALL[noun], **change})
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])
    assert admin.get(f"{API}/{noun}").json()["items"] == []


def test_two_calibrations_of_one_sensor_never_overlap(admin: httpx.Client) -> None:
    written(admin, "calibrations")
    answer = admin.post(f"{API}/calibrations", json={**CALIBRATION, "start": "2026-11-21T03:15:00Z"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "start")


def test_a_file_is_kept_once_and_given_back(admin: httpx.Client) -> None:
    kept = [admin.post(f"{API}/files", files={"file": (n, b"%PDF-1.7 lhu")}).json() for n in ("a.pdf", "b.pdf")]
    assert kept[0] == kept[1]
    given = admin.get(f"{API}/files/{kept[0]['digest']}")
    assert (given.content, given.headers["content-type"]) == (b"%PDF-1.7 lhu", "application/pdf")


@pytest.mark.parametrize("content", [b"MZ\x90\x00 program", b"", b"<html>"])
def test_a_file_of_another_type_is_refused(admin: httpx.Client, content: bytes) -> None:
    answer = admin.post(f"{API}/files", files={"file": ("lhu.pdf", content)})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")


def test_a_file_may_be_larger_than_other_bodies(admin: httpx.Client) -> None:
    answer = admin.post(f"{API}/files", files={"file": ("lhu.pdf", b"%PDF-1.7" + b"0" * 3_000_000)})
    assert answer.status_code == 201


def test_calibration_mode_begins_and_ends(admin: httpx.Client, clock: MovedClock) -> None:
    made = admin.post(f"{API}/calibration-mode", json={"device": "ipal-outlet", "metrics": ["ph"]}).json()
    assert made["record"]["stop"] == "2026-11-21T05:30:00.000Z"
    clock.move(600)
    ended = admin.post(f"{API}/calibration-mode/{made['id']}/end").json()
    assert ended["record"]["stop"] == "2026-11-21T05:10:00.000Z"
    assert admin.post(f"{API}/calibration-mode/{made['id']}/end").status_code == 409


def test_a_corrected_series_stands_beside_the_raw_one(admin: httpx.Client, services: Services) -> None:
    add_readings(services, "ipal-outlet", "ph", [7.15, 7.15, 7.15])
    written(admin, "corrections")
    asked = {"device": "ipal-outlet", "metric": "ph", "start": "2026-11-21T04:55:00Z", "stop": "2026-11-21T05:00:01Z"}
    raw = admin.get(f"{API}/readings", params=asked).json()["items"]
    corrected = admin.get(f"{API}/readings", params={**asked, "corrected": "true"}).json()["items"]
    assert [one["mean"] for one in raw] == [7.15, 7.15, 7.15]
    assert [one["mean"] for one in corrected] == [7.15, pytest.approx(7.0), pytest.approx(7.0)]


def test_a_day_without_readings_has_no_volume(admin: httpx.Client) -> None:
    asked = {"site": "batik", "from": "2026-11-20", "to": "2026-11-20"}
    day = admin.get(f"{API}/water-balance", params=asked).json()["items"][0]
    assert (day["inlet"], day["outlet"]["volume"], day["per_ton"]) == (None, None, None)


def test_volume_per_ton_needs_both(admin: httpx.Client, services: Services, clock: MovedClock) -> None:
    add_readings(services, "debit-outlet", "flow_rate", [2.0] * 240)
    admin.post(f"{API}/production", json={**PRODUCED, "day": "2026-11-21", "tons": 2})
    asked = {"site": "batik", "from": "2026-11-21", "to": "2026-11-21"}
    day = admin.get(f"{API}/water-balance", params=asked).json()["items"][0]
    assert day["outlet"]["method"] == "integral"
    assert day["per_ton"] == pytest.approx(day["outlet"]["volume"] / 2)


# ── once, kept, begun ───────────────────────────────────────────────────────────────────────────


def test_the_code_of_a_sample_is_entered_once_and_the_first_is_named(admin: httpx.Client) -> None:
    _, first = written(admin, "samples")
    answer = admin.post(f"{API}/samples", json={**SAMPLE, "code": "lhu-1 ", "sampled_at": "2026-11-19T03:00:00Z"})
    assert (answer.status_code, first["id"] in answer.text) == (422, True)


@pytest.mark.parametrize(("noun", "files"), [("samples", {"file": "0" * 64}), ("conditions", {"files": ["0" * 64]})])
def test_a_record_names_only_files_that_were_kept(admin: httpx.Client, noun: str, files: dict[str, Any]) -> None:
    answer = admin.post(f"{API}/{noun}", json={**ALL[noun], **files})
    assert (answer.status_code, "attach it first" in answer.text) == (422, True)


def test_what_the_sensors_said_stands_beside_what_a_person_wrote(admin: httpx.Client) -> None:
    told = {"value": 7.3, "source": "sensor", "device": "ipal-outlet", "coverage": 0.98}
    made = admin.post(f"{API}/logbook", json={**ENTRY, "sensed": {"ph_inlet": told}}).json()
    assert (made["record"]["ph_inlet"]["value"], made["record"]["sensed"]) == (7.1, {"ph_inlet": told})
