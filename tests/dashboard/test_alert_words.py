"""An alert says what is so and nothing else: what its value means, who answered for it, when it rings again."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.causes.defaults import system_rules
from alerts.phrases import CONDITIONS
from dashboard.wording import load
from domain.alert import RuleState, RuleStatus, Target
from domain.ports import TickChange
from domain.registry import Contact, Installation
from domain.rule import CompositeRule, LimitRule, Match, Rule, Scope, StateRule
from domain.services import Services
from domain.text import Language, Text
from support.alert_scenes import about_pantau, kept
from support.mojokerto import all_well
from support.pages import text_of

BARE: dict[str, Any] = {"limit": None, "peak": None}
STOPPED: dict[str, Any] = {
    "device": "press-1", "site": "alas-kaki", "metric": "run", "unit": "1", "kind": "state", "value": 0.0, **BARE,
}  # fmt: skip
FALLING: dict[str, Any] = {
    "device": "ipal-outlet", "metric": "ph", "unit": "pH", "kind": "rate_of_change", "value": -93.6, "limit": -60.0,
    "peak": -93.6,
}  # fmt: skip


def rule_kept(services: Services, rule: Rule) -> None:
    services.registry.put_rule(rule, "test", services.clock(), None)


def a_limit(name: str, above: float) -> LimitRule:
    words = Text(id=name, en=name)
    scope = Scope(metric="level", device="bak-ekualisasi")
    return LimitRule(id=name, name=words, action=words, scope=scope, above=above)


# ── ringing again ──


def test_a_rule_without_realarm_never_promises_to_ring_again(enter: Any, services: Services) -> None:
    kept(services, "taken")
    services.desk.acknowledge("taken", "technician", None, services.clock())
    assert "Berbunyi lagi" not in text_of(enter().get("/alerts/taken"))


def test_a_rule_with_realarm_says_when_from_the_first_moment(enter: Any, services: Services) -> None:
    rule_kept(services, a_limit("high", 90.0).model_copy(update={"realarm": 3600.0}))
    kept(services, "taken", rule="high")
    services.desk.acknowledge("taken", "technician", None, services.clock())
    assert "Berbunyi lagi 13.00 WIB" in text_of(enter().get("/alerts/taken"))


# ── out of service ──


@pytest.fixture
def taken_out(services: Services) -> None:
    kept(services, "broken")
    services.desk.take_out("broken", "technician", "Sensor rusak", services.clock())


@pytest.mark.usefixtures("taken_out")
@pytest.mark.parametrize("path", ["/alerts/broken", "/alerts"])
def test_what_was_taken_out_is_not_judged_and_names_who_did_it(path: str, enter: Any) -> None:
    page = text_of(enter().get(path))
    assert "dinonaktifkan oleh technician" in page
    assert "SUDAH PULIH" not in page


@pytest.mark.usefixtures("taken_out")
def test_taking_out_is_no_acknowledgement(enter: Any) -> None:
    assert "Ditanggapi technician" not in text_of(enter().get("/alerts/broken"))


@pytest.mark.usefixtures("taken_out")
def test_what_was_put_back_says_how_it_ended(enter: Any, services: Services) -> None:
    services.desk.put_back("broken", "operator", None, services.clock())
    page = text_of(enter().get("/alerts/broken"))
    assert "SELESAI diaktifkan lagi, dinilai dari awal · operator" in page
    assert "Ditanggapi" not in page


# ── what a value means ──


@pytest.mark.parametrize("path", ["/alerts", "/alerts/stopped"])
def test_a_stopped_machine_is_called_stopped(path: str, enter: Any, services: Services) -> None:
    kept(services, "stopped", **STOPPED)
    page = text_of(enter().get(path))
    assert "Berhenti" in page
    assert "keadaan" not in page


def test_a_rule_about_a_state_names_the_state(enter: Any, services: Services) -> None:
    words = Text(id="Mesin berhenti", en="Machine stopped")
    scope = Scope(metric="run", device="press-1")
    rule_kept(services, StateRule(id="halt", name=words, action=words, scope=scope, equals=(0.0,)))
    page = text_of(enter().get("/rules/halt"))
    assert ": Berhenti" in page
    assert "bernilai" not in page


@pytest.mark.parametrize(("path", "said"), [("/alerts", "turun 93,60 per jam"), ("/alerts/fast", "batas 60 per jam")])
def test_a_rate_has_its_direction_and_unit(path: str, said: str, enter: Any, services: Services) -> None:
    kept(services, "fast", **FALLING)
    assert said in text_of(enter().get(path))


def test_silence_of_a_whole_device_is_said_in_words(enter: Any, services: Services) -> None:
    kept(services, "silent", metric="*", unit="", kind="no_data", value=None, **BARE)
    assert "tanpa data apa pun" in text_of(enter().get("/alerts/silent"))


def test_a_flood_counts_whole_alerts(enter: Any, services: Services) -> None:
    about_pantau(services, "flooded", "flood", value=11.0)
    page = text_of(enter().get("/alerts/flooded"))
    assert "11 peringatan dalam 10 menit" in page
    assert "11,0" not in page


@pytest.mark.parametrize(("days", "said"), [(2.0, "2 hari lagi"), (-3.0, "lewat 3 hari")])
def test_a_service_that_is_due_tells_its_days(days: float, said: str, enter: Any, services: Services) -> None:
    about_pantau(services, "oil", "service_due", value=days, unit="d", device="jahit-1", site="alas-kaki")
    assert said in text_of(enter().get("/alerts"))


@pytest.mark.parametrize(
    ("path", "said"), [("/alerts", "Sentra Batik nearly-full"), ("/alerts/both", "terjadi: nearly-full sejak")]
)
def test_a_composite_names_the_rules_that_hold(path: str, said: str, enter: Any, services: Services) -> None:
    for rule in (a_limit("nearly-full", 80.0), a_limit("overfull", 95.0)):
        rule_kept(services, rule)
    words = Text(id="Gabungan", en="Both")
    rule_kept(
        services,
        CompositeRule(id="together", name=words, action=words, of=("nearly-full", "overfull"), match=Match.ANY),
    )
    holds = RuleState("nearly-full", "bak-ekualisasi", "level", RuleStatus.ACTIVE)
    book = services.book
    book.commit(TickChange(book.cursor(), [holds], [], [], {}), services.clock())
    kept(services, "both", rule="together", kind="composite", metric="*", unit="", value=None, **BARE)
    assert said in text_of(enter().get(path))


# ── names ──


def test_a_contact_who_answered_is_called_by_name(enter: Any, services: Services) -> None:
    budi = Contact(id="budi", name="Budi Santoso", address="mailto://budi@example.org")
    services.registry.apply(Installation(contacts=(budi,)), "test", services.clock())
    kept(services, "taken")
    services.desk.acknowledge("taken", "budi", None, services.clock())
    client = enter()
    assert "Ditanggapi Budi Santoso" in text_of(client.get("/alerts/taken"))
    assert "· Budi Santoso" in text_of(client.get("/alerts"))


def test_a_route_is_not_shown_as_a_person(enter: Any, services: Services) -> None:
    kept(services, "news", told=(Target("catatan"),))
    assert "jalur catatan (bukan orang)" in text_of(enter().get("/people"))


def test_a_change_from_the_command_line_says_so_in_the_readers_language(enter: Any, services: Services) -> None:
    services.registry.put_rule(a_limit("nearly-full", 80.0), "command line", services.clock(), None)
    assert "Versi 1 baris perintah" in text_of(enter().get("/rules/nearly-full"))


@pytest.mark.parametrize("language", Language)
def test_one_trouble_has_one_name_in_messages_rules_and_pages(language: Language) -> None:
    phrases = load(language)
    named = {condition: text.in_language(language) for condition, text in CONDITIONS.items()}
    assert {rule.condition: rule.name.in_language(language) for rule in system_rules()} == named
    assert {condition: phrases[f"system_condition.{condition}"] for condition in CONDITIONS} == named


# ── the overview, the outbox, the health page ──


def test_the_overview_names_what_silences_every_site(enter: Any, services: Services) -> None:
    about_pantau(services, "all", "all_silent", site="")
    page = enter().get("/")
    assert "Di semua sentra" in text_of(page)
    assert 'href="/alerts/all"' in page.text


def test_a_machines_shape_has_its_word(enter: Any, services: Services) -> None:
    all_well(services, minutes=1)
    assert "Arti tanda mesin" in enter().get("/").text


def test_reminders_of_one_alert_to_one_person_are_one_line(enter: Any, services: Services) -> None:
    kept(services, "news", told=tuple(Target("wa", "budi", round=number) for number in range(10)))
    page = enter().get("/people")
    assert page.text.count('href="/alerts/news"') == 1
    assert "10 pesan sejak" in text_of(page)


def test_a_parts_signs_are_in_the_readers_language(enter: Any, services: Services) -> None:
    signs: dict[str, Any] = {"state": "ok", "every": 2.0, "ticks": 249, "caught_up": True, "in_flight": 0}
    services.heartbeats.beat("alerts", services.clock(), signs)
    page = text_of(enter().get("/health"))
    assert "tiap: 2 detik · putaran: 249 · semua sudah dinilai: Ya · dalam proses: 0" in page


def test_a_refused_connection_is_said_in_words_on_every_page(enter: Any, services: Services) -> None:
    away = {"state": "away", "error": "[Errno 111] Connection refused"}
    services.heartbeats.beat("broker", services.clock(), away)
    page = text_of(enter().get("/"))
    assert "tidak ada yang menjawab di alamat itu" in page
    assert "Errno" not in page


def test_values_that_are_all_old_say_so_once(enter: Any, services: Services, clock: Any) -> None:
    all_well(services, minutes=1)
    clock.move(3_600_000)
    page = text_of(enter().get("/sites/batik"))
    devices = len([one for one in services.registry.installation().devices if one.site == "batik"])
    held = 6  # the effluent's own figures above the stages
    assert page.count("data lama, terakhir") <= devices + held
