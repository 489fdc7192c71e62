"""A device that speaks before it is registered: found, registered, and its kept messages read."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_api
from domain.account import Role
from domain.services import Services
from support.app import MovedClock, add_token, build_services, client_of
from support.newcomers import PROBE, heard, with_replay

NEW = {"id": "probe-9", "site": "batik", "stage": "outlet", "profile": "house-ipal-outlet", "name": "Probe 9"}


@pytest.fixture
def services(tmp_path: Path, clock: MovedClock) -> Services:
    return with_replay(build_services(tmp_path, clock))


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_api(services)


@pytest.fixture
def technician(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    with client_of(app, add_token(services, Role.TECHNICIAN)) as client:
        yield client


def unknown(admin: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.get("/api/v1/unknown-devices").json()["items"]
    return found


def test_an_unknown_device_is_told_with_its_last_message(admin: httpx.Client, services: Services) -> None:
    heard(services, payload=b'{"ph": 6.9}', ago=120_000)
    heard(services)
    (found,) = unknown(admin)
    assert (found["address"], found["topics"], found["count"]) == ("probe-9", [PROBE], 2)
    assert (found["first_at"], found["last_at"]) == ("2026-11-21T04:58:00.000Z", "2026-11-21T04:59:00.000Z")
    assert b"29.4" in b64decode(found["last"]["payload"])


def test_the_fitting_profile_is_proposed_first_with_what_it_reads(admin: httpx.Client, services: Services) -> None:
    heard(services)
    best = unknown(admin)[0]["proposals"][0]
    assert (best["profile"], best["address"], best["read"]) == ("house-ipal-outlet", "probe-9", 1.0)
    assert {one["metric"]: one["value"] for one in best["readings"]}["ph"] == 7.2


def test_topics_of_one_device_are_one_device(admin: httpx.Client, services: Services) -> None:
    heard(services)
    heard(services, "pantau/batik/probe-9/status", b"online")
    assert [one["topics"] for one in unknown(admin)] == [["pantau/batik/probe-9/status", PROBE]]


def test_a_message_that_no_profile_reads_has_no_proposal(admin: httpx.Client, services: Services) -> None:
    heard(services, "pabrik/x/y", b"halo", reason="unknown_topic")
    (found,) = unknown(admin)
    assert (found["topics"], found["proposals"]) == (["pabrik/x/y"], [])


def test_registering_reads_what_was_kept(admin: httpx.Client, services: Services) -> None:
    heard(services, payload=b'{"ph": 6.9}', ago=120_000)
    heard(services)
    answer = admin.post("/api/v1/devices", json=NEW)
    assert (answer.status_code, answer.json()["replayed"], answer.json()["refused"]) == (201, 2, 0)
    tail = services.journal.tail("probe-9", "ph", 0, services.clock())
    assert [(one.value, one.time) for one in tail] == [
        (6.9, services.clock() - 120_000),
        (7.2, services.clock() - 60_000),
    ]
    assert unknown(admin) == []


def test_letters_of_other_devices_are_left_alone(admin: httpx.Client, services: Services) -> None:
    heard(services)
    heard(services, "pantau/batik/probe-10/telemetry")
    heard(services, "pantau/alas-kaki/probe-9/telemetry")
    assert admin.post("/api/v1/devices", json=NEW).json()["replayed"] == 1
    assert services.dead_letters.count() == 2


def test_an_address_is_what_the_device_is_called_on_the_broker(admin: httpx.Client, services: Services) -> None:
    heard(services, "pantau/batik/Probe_9/telemetry")
    answer = admin.post("/api/v1/devices", json={**NEW, "address": "Probe_9"}).json()
    assert (answer["device"]["address"], answer["replayed"]) == ("Probe_9", 1)


def test_a_registration_is_audited(admin: httpx.Client) -> None:
    admin.post("/api/v1/devices", json=NEW)
    entry = admin.get("/api/v1/audit").json()["items"][0]
    assert (entry["who"], entry["action"], entry["target"]) == ("admin-program", "add", "device/probe-9")


def test_an_id_or_address_that_is_taken_is_a_conflict(admin: httpx.Client, services: Services) -> None:
    assert admin.post("/api/v1/devices", json={**NEW, "id": "ipal-outlet"}).status_code == 409
    answer = admin.post("/api/v1/devices", json={**NEW, "address": "ipal-outlet"})
    assert (answer.status_code, answer.json()["status"]) == (409, 409)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"profile": "house-ipal-outled"}, "did you mean 'house-ipal-outlet'"),
        ({"site": "batiks"}, "batiks"),
        ({"stage": "outlets"}, "outlets"),
        ({"id": "Probe 9"}, "id"),
        ({"address": "a/+/b"}, "address"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_device_is_refused_with_what_is_wrong(admin: httpx.Client, wrong: dict[str, str], said: str) -> None:
    answer = admin.post("/api/v1/devices", json={**NEW, **wrong})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.text


def test_a_device_is_renamed_moved_and_taken_out_of_service(admin: httpx.Client, services: Services) -> None:
    change = {"name": {"id": "Saluran akhir", "en": "Final outlet"}, "stage": "inlet", "status": "out_of_service"}
    assert admin.patch("/api/v1/devices/ipal-outlet", json=change).status_code == 200
    found = services.registry.device("ipal-outlet")
    assert (found.name.en, found.stage, found.status) == ("Final outlet", "inlet", "out_of_service")


def test_a_device_cannot_be_moved_to_a_stage_that_is_not_there(admin: httpx.Client) -> None:
    assert admin.patch("/api/v1/devices/ipal-outlet", json={"stage": "kolam"}).status_code == 422
    assert admin.patch("/api/v1/devices/nobody", json={"stage": "inlet"}).status_code == 404


def test_only_administrators_see_and_register_unknown_devices(technician: httpx.Client) -> None:
    assert technician.get("/api/v1/unknown-devices").status_code == 403
    assert technician.post("/api/v1/devices", json=NEW).status_code == 403
    assert technician.patch("/api/v1/devices/ipal-outlet", json={}).status_code == 403


def test_letters_that_came_during_a_registration_are_caught_up_with(admin: httpx.Client, services: Services) -> None:
    admin.post("/api/v1/devices", json=NEW)
    heard(services)
    assert unknown(admin) == []
    assert services.newcomers.catch_up() == (1, 0)
