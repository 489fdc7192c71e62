"""What people do on the pages: log in, choose a language, acknowledge, comment, shelve, replay."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dashboard.pages_session import inside
from domain.account import Role
from domain.alert import AlertState, Priority
from domain.services import SESSION_COOKIE, Services
from domain.text import Language
from support.mojokerto import MINUTE, raised
from support.pages import csrf_of, gate_of, log_in


@pytest.fixture
def alert(services: Services) -> str:
    """An alert that nobody has acknowledged."""
    return raised(services, "alert-ph", "ipal-outlet", "ph", 9.72, 9.0, Priority.CRITICAL, 5 * MINUTE).id


# ── the door ──


def test_the_right_password_leads_back_to_the_page_asked_for(stranger: httpx.Client) -> None:
    answer = log_in(stranger, "technician", "/sites/batik")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sites/batik")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: httpx.Client) -> None:
    cookies = log_in(stranger, "technician").headers.get_list("set-cookie")
    ours = next(one for one in cookies if one.startswith(SESSION_COOKIE))
    assert "HttpOnly" in ours
    assert "samesite=lax" in ours.lower()


def test_a_wrong_password_is_said_without_saying_which(stranger: httpx.Client) -> None:
    answer = log_in(stranger, "technician", password="keruh")
    assert (answer.status_code, "Nama atau kata sandi salah." in answer.text) == (401, True)


def test_too_many_tries_say_how_long_to_wait(stranger: httpx.Client) -> None:
    for _ in range(10):
        log_in(stranger, "technician", password="keruh")
    answer = log_in(stranger, "technician", password="keruh")
    assert (answer.status_code, "Terlalu banyak percobaan. Coba lagi dalam" in answer.text) == (429, True)


def test_a_login_form_from_elsewhere_is_refused(stranger: httpx.Client) -> None:
    gate_of(stranger)
    assert stranger.post("/login", data={"name": "admin", "password": "x", "gate": "forged"}).status_code == 403


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\nb"])
def test_nobody_is_led_out_of_the_house(target: str) -> None:
    assert inside(target) == "/"


def test_logging_out_ends_the_session(enter: Any) -> None:
    client = enter()
    client.post("/logout", data={"csrf": csrf_of(client)})
    assert client.get("/").status_code == 303


def test_a_person_keeps_the_language_they_chose(enter: Any) -> None:
    client = enter(Role.OPERATOR)
    client.post("/language", data={"language": "en", "csrf": csrf_of(client), "target": "/"})
    assert '<html lang="en">' in client.get("/").text


def test_a_stranger_chooses_the_language_of_the_login_page(stranger: httpx.Client) -> None:
    stranger.post("/language", data={"language": "en", "target": "/login"})
    assert '<html lang="en">' in stranger.get("/login").text


# ── alerts ──


def test_one_tap_acknowledges(enter: Any, services: Services, alert: str) -> None:
    client = enter(Role.OPERATOR)
    answer = client.post(f"/alerts/{alert}/acknowledge", data={"csrf": csrf_of(client)})
    assert (answer.status_code, services.book.alert(alert).acknowledged_by) == (303, "operator")


def test_a_note_goes_with_the_acknowledgement(enter: Any, services: Services, alert: str) -> None:
    client = enter()
    client.post(f"/alerts/{alert}/acknowledge", data={"csrf": csrf_of(client), "comment": "Saya ke bak aerob."})
    assert services.book.transitions(alert)[-1].comment == "Saya ke bak aerob."
    assert "Saya ke bak aerob." in client.get(f"/alerts/{alert}").text


def test_who_comes_second_is_told_how_it_stands(enter: Any, alert: str) -> None:
    first, second = enter(Role.OPERATOR), enter(Role.TECHNICIAN)
    first.post(f"/alerts/{alert}/acknowledge", data={"csrf": csrf_of(first)})
    answer = second.post(f"/alerts/{alert}/acknowledge", data={"csrf": csrf_of(second)})
    assert answer.status_code == 409
    assert "Peringatan ini sudah berubah lebih dulu. Keadaan sekarang: sudah ditanggapi." in answer.text


def test_after_htmx_the_answer_is_the_page_as_it_is_now(enter: Any, alert: str) -> None:
    client = enter()
    answer = client.post(
        f"/alerts/{alert}/acknowledge", data={"csrf": csrf_of(client)}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, "Ditanggapi technician" in answer.text) == (200, True)


def test_a_form_without_our_token_changes_nothing(enter: Any, services: Services, alert: str) -> None:
    answer = enter().post(f"/alerts/{alert}/acknowledge", data={"csrf": "forged"})
    assert (answer.status_code, services.book.alert(alert).state) == (403, AlertState.UNACKNOWLEDGED)


@pytest.mark.parametrize(
    ("role", "act", "form"),
    [
        (Role.VIEWER, "acknowledge", {}),
        (Role.VIEWER, "comment", {"comment": "x"}),
        (Role.OFFICER, "acknowledge", {}),
        (Role.OPERATOR, "shelve", {"minutes": "30", "reason": "x"}),
        (Role.OPERATOR, "unshelve", {}),
        (Role.OPERATOR, "take-out", {"reason": "x"}),
        (Role.OPERATOR, "put-back", {}),
    ],
)
def test_a_role_does_only_what_it_includes(
    role: Role, act: str, form: dict[str, str], enter: Any, services: Services, alert: str
) -> None:
    client = enter(role)
    answer = client.post(f"/alerts/{alert}/{act}", data={"csrf": csrf_of(client), **form})
    assert (answer.status_code, len(services.book.transitions(alert))) == (403, 1)


def test_a_viewer_sees_no_buttons(enter: Any, alert: str) -> None:
    assert f"/alerts/{alert}/" not in enter(Role.VIEWER).get(f"/alerts/{alert}").text


def test_an_alert_says_what_to_do_and_by_which_law(enter: Any, services: Services, alert: str) -> None:
    page = enter().get(f"/alerts/{alert}").text
    rule = services.rules.rule(services.book.alert(alert).rule)
    assert rule.action.id in page
    assert rule.source is not None
    assert rule.source.replace("<", "&lt;") in page


def test_an_alert_whose_rule_is_gone_still_shows(enter: Any, services: Services) -> None:
    raised(services, "orphan", "ipal-outlet", "online", 0.0, 0.5, Priority.LOW)
    assert enter(language=Language.EN).get("/alerts/orphan").status_code == 200


def test_a_technician_shelves_with_a_reason_and_takes_it_back(enter: Any, services: Services, alert: str) -> None:
    client = enter()
    form = {"csrf": csrf_of(client), "minutes": "480", "reason": "Menunggu suku cadang."}
    client.post(f"/alerts/{alert}/shelve", data=form)
    assert services.book.alert(alert).state is AlertState.SHELVED
    client.post(f"/alerts/{alert}/unshelve", data={"csrf": form["csrf"]})
    assert services.book.alert(alert).state is AlertState.ACKNOWLEDGED


@pytest.mark.parametrize("form", [{"minutes": "30", "reason": " "}, {"minutes": "9999", "reason": "x"}])
def test_shelving_needs_a_reason_and_an_end(form: dict[str, str], enter: Any, services: Services, alert: str) -> None:
    client = enter()
    answer = client.post(f"/alerts/{alert}/shelve", data={"csrf": csrf_of(client), **form})
    assert (answer.status_code, services.book.alert(alert).state) == (422, AlertState.UNACKNOWLEDGED)


def test_a_note_may_not_be_empty(enter: Any, alert: str) -> None:
    client = enter()
    answer = client.post(f"/alerts/{alert}/comment", data={"csrf": csrf_of(client), "comment": "  "})
    assert (answer.status_code, "Catatan masih kosong." in answer.text) == (422, True)


def test_an_officer_may_comment(enter: Any, services: Services, alert: str) -> None:
    client = enter(Role.OFFICER)
    client.post(f"/alerts/{alert}/comment", data={"csrf": csrf_of(client), "comment": "Dicatat."})
    assert services.book.transitions(alert)[-1].comment == "Dicatat."


def test_an_admin_reads_dead_letters_again(enter: Any, services: Services) -> None:
    client = enter(Role.ADMIN)
    answer = client.post("/dead-letters/replay", data={"csrf": csrf_of(client), "reason": "bad_json"})
    assert answer.headers["Location"] == "/dead-letters?read=2&refused=1"
    assert services.replayer.asked == [("bad_json", None)]  # type: ignore[attr-defined]


def test_a_technician_does_not_replay(enter: Any) -> None:
    client = enter(Role.TECHNICIAN)
    assert client.post("/dead-letters/replay", data={"csrf": csrf_of(client)}).status_code == 403
