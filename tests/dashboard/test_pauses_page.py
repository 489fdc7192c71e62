"""Places out of operation: technicians pause and resume, everybody sees why nothing rings."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.account import Role
from domain.services import Services
from support.alert_scenes import a_paused_stage, about_pantau
from support.pages import csrf_of, text_of

HOUR = 3_600_000
FORM = {"place": "stage:batik/aerob", "reason": "Bak dikuras", "length": "120"}


@pytest.mark.parametrize(
    ("place", "stage", "device"),
    [
        ("site:batik", None, None),
        ("stage:batik/aerob", "aerob", None),
        ("device:batik/bak-aerob", "aerob", "bak-aerob"),
    ],
)
def test_a_technician_pauses_a_place(
    place: str, stage: str | None, device: str | None, enter: Any, services: Services
) -> None:
    client = enter()
    client.post("/pauses", data=FORM | {"csrf": csrf_of(client), "place": place})
    held = services.pauses.now(services.clock())[0]
    assert (held.site, held.stage, held.device) == ("batik", stage, device)
    assert (held.who, held.stop) == ("technician", services.clock() + 2 * HOUR)


def test_a_pause_may_end_at_a_moment_of_ones_own(enter: Any, services: Services) -> None:
    client = enter()
    form = FORM | {"csrf": csrf_of(client), "length": "until", "stop": "2026-11-21T15:30"}
    client.post("/pauses", data=form)
    assert services.pauses.now(services.clock())[0].stop == services.clock() + int(3.5 * HOUR)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": " "}, "Tulis alasannya."),
        ({"place": ""}, "Pilih tempatnya."),
        ({"place": "stage:nowhere/x"}, "Pilih tempatnya."),
        ({"length": "until", "stop": "2020-01-01T00:00"}, "Waktu selesai harus di depan."),
        ({"length": "until", "stop": "besok"}, "Waktu selesai harus di depan."),
        ({"length": "until", "stop": "2027-01-01T00:00"}, "Paling lama 30 hari."),
        ({"length": "open"}, "Waktu selesai harus di depan."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_paused(
    changes: dict[str, str], said: str, enter: Any, services: Services
) -> None:
    client = enter()
    answer = client.post("/pauses", data=FORM | {"csrf": csrf_of(client)} | changes)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert services.pauses.now(services.clock()) == []


def test_resuming_ends_it_and_twice_is_fine(enter: Any, services: Services) -> None:
    pause = a_paused_stage(services)
    client = enter()
    for _ in range(2):
        assert client.post(f"/pauses/{pause.id}/end", data={"csrf": csrf_of(client)}).status_code == 303
    assert services.pauses.now(services.clock()) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.OFFICER])
def test_others_only_look(role: Role, enter: Any, services: Services) -> None:
    client = enter(role)
    assert 'action="/pauses"' not in client.get("/pauses").text
    assert client.post("/pauses", data=FORM | {"csrf": csrf_of(client)}).status_code == 403


@pytest.mark.parametrize("page", ["/sites/batik", "/devices/bak-aerob"])
def test_a_device_in_a_paused_place_is_not_judged(page: str, enter: Any, services: Services) -> None:
    a_paused_stage(services)
    assert "tidak dinilai karena dihentikan sementara: Bak dikuras" in text_of(enter().get(page))


@pytest.mark.parametrize("page", ["/sites/alas-kaki", "/devices/press-1"])
def test_a_device_behind_a_cause_is_not_judged(page: str, enter: Any, services: Services) -> None:
    about_pantau(services, "broker", "broker_down", site="")
    answer = enter().get(page)
    assert re.search(r'href="/alerts/broker">tidak dinilai karena', answer.text)


def test_a_cause_at_one_site_leaves_the_other_judged(enter: Any, services: Services) -> None:
    about_pantau(services, "power", "site_silent", site="batik")
    assert "tidak dinilai" not in enter().get("/devices/press-1").text
