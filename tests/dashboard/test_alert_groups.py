"""The list of alerts: what needs someone first, what rests under its cause, several taken on at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.account import Role
from domain.alert import AlertState, Priority
from domain.services import Services
from support.alert_scenes import about_pantau, behind_a_gateway, every_state, kept
from support.mojokerto import raised
from support.pages import csrf_of, text_of


def test_every_state_has_its_place(enter: Any, services: Services) -> None:
    every_state(services)
    page = text_of(enter().get("/alerts"))
    order = [
        "Perlu seseorang sekarang",
        "Sudah ada yang menangani",
        "Tidak dinilai, sebabnya",
        "Ditunda",
        "Baru selesai",
    ]
    assert [page.index(word) for word in order] == sorted(page.index(word) for word in order)


def test_what_rests_is_counted_under_its_cause(enter: Any, services: Services) -> None:
    behind_a_gateway(services, children=12)
    assert "12 peringatan tidak dinilai" in text_of(enter().get("/alerts"))


def test_a_storm_of_resting_alerts_hides_none_that_waits(enter: Any, services: Services) -> None:
    raised(services, "waits", "ipal-outlet", "ph", 9.7, 9.0, Priority.CRITICAL, 3_600_000)
    behind_a_gateway(services, children=150)
    client = enter()
    assert 'href="/alerts/waits"' in client.get("/alerts").text
    assert 'href="/alerts/waits"' in client.get("/").text
    assert '<span class="bell" aria-label="2 belum ditanggapi">' in client.get("/").text


def test_one_tap_on_the_list_takes_an_alert_on(enter: Any, services: Services) -> None:
    kept(services, "one")
    client = enter(Role.OPERATOR)
    answer = client.post(
        "/alerts/acknowledge", data={"csrf": csrf_of(client), "alert": "one", "target": "/alerts?site=batik"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/alerts?site=batik")
    assert services.book.alert("one").acknowledged_by == "operator"


def test_all_of_one_cause_are_taken_with_one_button(enter: Any, services: Services) -> None:
    for number in range(3):
        kept(services, f"same-{number}")
    client = enter()
    form = re.search(r"<div class=\"same.*?</form>", client.get("/alerts").text, re.DOTALL)
    assert form is not None
    names = re.findall(r'name="alert" value="([^"]+)"', form[0])
    client.post("/alerts/acknowledge", data={"csrf": csrf_of(client), "alert": names})
    assert {services.book.alert(f"same-{number}").state for number in range(3)} == {AlertState.ACKNOWLEDGED}


def test_those_that_moved_on_are_named_and_the_others_taken(enter: Any, services: Services) -> None:
    kept(services, "quick")
    kept(services, "slow")
    services.desk.acknowledge("quick", "operator", None, services.clock())
    client = enter()
    answer = client.post("/alerts/acknowledge", data={"csrf": csrf_of(client), "alert": ["quick", "slow", "never"]})
    assert answer.status_code == 409
    assert "1 ditanggapi." in text_of(answer)
    assert "sudah ditanggapi; never tidak ada lagi" in text_of(answer)
    assert services.book.alert("slow").state is AlertState.ACKNOWLEDGED


def test_a_viewer_takes_nothing_on(enter: Any, services: Services) -> None:
    kept(services, "one")
    client = enter(Role.VIEWER)
    assert "/alerts/acknowledge" not in client.get("/alerts").text
    assert client.post("/alerts/acknowledge", data={"csrf": csrf_of(client), "alert": "one"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("site=batik", {"low", "great"}),
        ("priority=critical", {"great"}),
        ("site=alas-kaki", set()),
        ("priority=odd", {"low", "great"}),
    ],
)
def test_the_list_is_narrowed_by_site_and_priority(
    query: str, shown: set[str], enter: Any, services: Services
) -> None:
    kept(services, "low", priority=Priority.LOW)
    kept(services, "great", priority=Priority.CRITICAL)
    assert set(re.findall(r'href="/alerts/(low|great)"', enter().get(f"/alerts?{query}").text)) == shown


def test_what_concerns_every_site_is_on_the_list_of_each(enter: Any, services: Services) -> None:
    about_pantau(services, "broker", "broker_down", site="")
    assert 'href="/alerts/broker"' in enter().get("/alerts?site=alas-kaki").text


def test_a_flood_is_said_above_the_list(enter: Any, services: Services) -> None:
    about_pantau(services, "flooded", "flood")
    assert "Banjir peringatan di Sentra Batik." in text_of(enter().get("/alerts"))


@pytest.mark.parametrize("state", AlertState)
def test_every_state_has_a_list_of_its_own(state: AlertState, enter: Any, services: Services) -> None:
    every_state(services)
    assert enter().get(f"/alerts?show={state}").status_code == 200
