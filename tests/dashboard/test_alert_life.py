"""One alert through all of its life: why it rests, what is held down, what was found late, who was told."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.account import Role
from domain.alert import AlertState, Notification, NotificationState, Target
from domain.services import Services
from support.alert_scenes import GATEWAY, a_paused_stage, about_pantau, behind_a_gateway, kept
from support.pages import csrf_of, text_of


def test_an_alert_behind_a_cause_says_so_and_leads_to_it(enter: Any, services: Services) -> None:
    behind_a_gateway(services)
    page = enter().get("/alerts/child-0")
    assert "tidak dinilai karena" in text_of(page)
    assert f'href="/alerts/{GATEWAY}"' in page.text


def test_a_cause_counts_what_rests_because_of_it(enter: Any, services: Services) -> None:
    behind_a_gateway(services, children=4)
    assert "4 peringatan tidak dinilai" in text_of(enter().get(f"/alerts/{GATEWAY}"))


def test_an_alert_in_a_paused_place_names_the_reason(enter: Any, services: Services) -> None:
    a_paused_stage(services)
    kept(services, "still", device="bak-aerob", state=AlertState.SUPPRESSED)
    assert "dihentikan sementara: Bak dikuras" in text_of(enter().get("/alerts/still"))


def test_an_alert_about_pantau_has_no_device_to_visit(enter: Any, services: Services) -> None:
    about_pantau(services, "disk", "disk_low", site="")
    page = enter().get("/alerts/disk")
    assert page.status_code == 200
    assert "/devices/pantau" not in page.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"chattering": True}, "Bolak-balik muncul dan pulih."),
        ({"latching": True}, "tetap terbuka sampai seseorang menanggapinya"),
        ({"found_late": True, "returned_at": 1_795_233_600_000}, "Ditemukan terlambat"),
        ({"occurrences": 7}, "terjadi 7 kali"),
    ],
    ids=["chattering", "latching", "found late", "again and again"],
)
def test_what_is_special_about_an_alert_is_said_in_words(
    changes: dict[str, Any], said: str, enter: Any, services: Services
) -> None:
    kept(services, "special", **changes)
    assert said in text_of(enter().get("/alerts/special"))


def test_an_episode_found_late_tells_its_true_times(enter: Any, services: Services) -> None:
    start, stop = 1_795_226_400_000, 1_795_230_000_000  # 09.00 and 10.00 WIB
    ended = {"state": AlertState.NORMAL, "active": False, "closed_at": services.clock()}
    kept(services, "late", found_late=True, since=start, returned_at=stop, **ended)
    assert "Terjadi 09.00 WIB sampai 10.00 WIB, selama 60 menit" in text_of(enter().get("/alerts/late"))


def test_a_technician_takes_an_alert_out_of_service_and_puts_it_back(enter: Any, services: Services) -> None:
    kept(services, "broken")
    client = enter()
    form = {"csrf": csrf_of(client), "reason": "Sensor dikirim ke bengkel."}
    client.post("/alerts/broken/take-out", data=form)
    assert services.book.alert("broken").state is AlertState.OUT_OF_SERVICE
    client.post("/alerts/broken/put-back", data={"csrf": form["csrf"]})
    assert services.book.alert("broken").state is AlertState.NORMAL


def test_taking_out_of_service_needs_a_reason(enter: Any, services: Services) -> None:
    kept(services, "broken")
    client = enter()
    answer = client.post("/alerts/broken/take-out", data={"csrf": csrf_of(client), "reason": " "})
    assert (answer.status_code, "Tulis alasan menonaktifkan." in answer.text) == (422, True)


@pytest.mark.parametrize("minutes", [30, 120, 480, 1440, 10_080])
def test_an_alert_is_shelved_for_as_long_as_chosen(minutes: int, enter: Any, services: Services) -> None:
    kept(services, "known")
    client = enter()
    client.post("/alerts/known/shelve", data={"csrf": csrf_of(client), "minutes": str(minutes), "reason": "x"})
    assert services.book.alert("known").shelved_until == services.clock() + minutes * 60_000


@pytest.mark.parametrize("deed", ["put-back", "unshelve"])
def test_a_deed_that_no_longer_fits_shows_how_it_stands(deed: str, enter: Any, services: Services) -> None:
    kept(services, "moved")
    client = enter()
    answer = client.post(f"/alerts/moved/{deed}", data={"csrf": csrf_of(client)})
    assert (answer.status_code, "Keadaan sekarang: belum ditanggapi." in text_of(answer)) == (409, True)


def test_who_was_told_and_how_that_went(enter: Any, services: Services) -> None:
    kept(services, "news", told=(Target("wa", "budi"), Target("mail", "sari")))
    for note in services.book.notifications("news"):
        state = NotificationState.SENT if note.contact == "budi" else NotificationState.FAILED
        services.book.update_notification(_at(note, state, services.clock()))
    page = text_of(enter(Role.VIEWER).get("/alerts/news"))
    assert "budi wa · kabar · Muncul terkirim 12.00 WIB" in page
    assert "sari mail · kabar · Muncul gagal kirim" in page


def test_an_error_that_may_name_an_address_is_never_shown(enter: Any, services: Services) -> None:
    kept(services, "news", told=(Target("wa", "budi"),))
    note = services.book.notifications("news")[0]
    services.book.update_notification(_at(note, NotificationState.FAILED, 0, "tgram://bot-secret/1234 refused"))
    client = enter(Role.ADMIN)
    assert "bot-secret" not in client.get("/alerts/news").text + client.get("/people").text


def _at(note: Notification, state: NotificationState, at: int, error: str | None = None) -> Notification:
    return replace(note, state=state, sent_at=at or None, attempts=1, last_error=error)
