"""The rules as people read and change them: in words, by site, with versions, conflicts and errors at the field."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from domain.account import Role
from domain.registry import Installation
from domain.rule import LimitRule, Scope
from domain.services import Services
from domain.text import Language, Text
from support.alert_scenes import about_pantau, kept
from support.pages import csrf_of, text_of

RULE = "do-bak-aerob-rendah"
DERIVED = "no-data.press-1"


def form_of(client: httpx.Client, query: str) -> dict[str, Any]:
    """What a browser would post of the form as it stands."""
    page = client.get(f"/rule-form?{query}").text
    body = page[page.index('id="rule-form"') : page.index('id="trial"')]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", body):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            found[name[1]] = value[1] if value else "on"
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        first = re.findall(r'<option value="([^"]*)"', options)
        found[name] = chosen if "multiple" in body else (chosen or first[:1])[0] if first else ""
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        found[name] = text
    return found | {"csrf": csrf_of(client)}


def test_the_rules_stand_by_site_in_words(enter: Any) -> None:
    page = text_of(enter(Role.VIEWER).get("/rules"))
    assert page.index("Sentra Batik") < page.index(
        "Oksigen terlarut (DO) di Bak aerob (aerasi) di bawah 1,5 mg/L selama 5 menit"
    )


def test_rules_are_told_apart_as_own_and_derived(enter: Any) -> None:
    client = enter(Role.VIEWER)
    assert "dibuat sendiri" in text_of(client.get(f"/rules/{RULE}"))
    assert "turunan dari baku mutu atau profil alat" in text_of(client.get(f"/rules/{DERIVED}"))


def test_when_a_rule_last_rang_is_said(enter: Any, services: Services) -> None:
    kept(services, "rang", rule=RULE)
    client = enter()
    assert "dibuat sendiri · terakhir 11.59 WIB" in text_of(client.get("/rules"))
    assert 'href="/alerts/rang"' in client.get(f"/rules/{RULE}").text


def test_a_bad_rule_shows_its_last_error_first(enter: Any, services: Services) -> None:
    about_pantau(services, "bad", "rule_bad", said=f"{RULE}: division by zero; other: no such metric")
    client = enter()
    assert "1 aturan tidak dapat dinilai." in text_of(client.get("/rules"))
    assert "Tidak dapat dinilai division by zero" in text_of(client.get(f"/rules/{RULE}"))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.TECHNICIAN, Role.OFFICER])
def test_only_an_admin_changes_rules(role: Role, enter: Any, services: Services) -> None:
    client = enter(role)
    assert "/rule-form" not in client.get("/rules").text
    assert client.get(f"/rule-form?rule={RULE}").status_code == 403
    assert client.post("/rule-form", data={"csrf": csrf_of(client), "kind": "limit"}).status_code == 403
    assert client.post(f"/rules/{RULE}/drop", data={"csrf": csrf_of(client)}).status_code == 403


def test_a_rule_saved_as_it_was_stays_what_it_was(enter: Any, services: Services) -> None:
    client, before = enter(Role.ADMIN), services.rules.rule(RULE)
    client.post("/rule-form", data=form_of(client, f"rule={RULE}"))
    assert services.rules.rule(RULE) == before


def test_a_change_is_a_version_with_its_difference(enter: Any, services: Services) -> None:
    client = enter(Role.ADMIN)
    answer = client.post("/rule-form", data=form_of(client, f"rule={RULE}") | {"below": "1,2", "on_delay": "10"})
    assert answer.headers["Location"].startswith(f"/rules/{RULE}?saved=")
    page = text_of(client.get(f"/rules/{RULE}"))
    assert "Di bawah 1,5 → 1,2" in page
    assert "Lama sebelum berbunyi 5 menit → 10 menit" in page
    assert "admin" in page


def test_who_saves_second_sees_both_and_may_insist(enter: Any, services: Services) -> None:
    first, second = enter(Role.ADMIN), enter(Role.ADMIN)
    theirs, mine = form_of(first, f"rule={RULE}"), form_of(second, f"rule={RULE}")
    first.post("/rule-form", data=theirs | {"below": "1,1"})
    answer = second.post("/rule-form", data=mine | {"below": "1,9"})
    assert answer.status_code == 409
    assert "Di bawah 1,1 1,9" in text_of(answer)
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again is not None
    second.post("/rule-form", data=mine | {"below": "1,9", "version": again[1]})
    rule = services.rules.rule(RULE)
    assert isinstance(rule, LimitRule)
    assert rule.below == 1.9


def test_a_derived_rule_is_adapted_under_its_own_id_and_comes_back(enter: Any, services: Services) -> None:
    client, before = enter(Role.ADMIN), services.rules.rule(DERIVED)
    client.post("/rule-form", data=form_of(client, f"rule={DERIVED}") | {"after": "2", "after_unit": "h"})
    adapted = services.rules.rule(DERIVED)
    assert adapted.kind == "no_data"
    assert adapted.after == 7200
    version = re.search(r'name="version" value="(\d+)"', client.get(f"/rules/{DERIVED}").text)
    assert version is not None
    client.post(f"/rules/{DERIVED}/drop", data={"csrf": csrf_of(client), "version": version[1]})
    assert services.rules.rule(DERIVED) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"below": "satu"}, "Isi dengan angka, misalnya 8,5."),
        ({"below": "", "above": ""}, "Isi batas atas, batas bawah, atau keduanya."),
        ({"above": "2", "below": "1,9", "deadband": "3"}, "Tidak akan pernah pulih"),
        ({"name_id": " "}, "Wajib diisi."),
        ({"metric": "stock"}, "stock"),
        ({"window": "hour"}, "Rata-rata tidak memakai lama tunggu"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    changes: dict[str, str], said: str, enter: Any, services: Services
) -> None:
    client, before = enter(Role.ADMIN), services.rules.rule(RULE)
    form = form_of(client, f"rule={RULE}") | {"action_id": "Panggil Pak Joko."} | changes
    answer = client.post("/rule-form", data=form)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Panggil Pak Joko." in answer.text
    assert services.rules.rule(RULE) == before


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "kind",
    ["limit", "no_data", "stuck", "rate_of_change", "quality", "volume", "run_hours", "state", "system", "composite"],
)
def test_every_kind_has_its_form_in_both_languages(kind: str, language: Language, enter: Any) -> None:
    client = enter(Role.ADMIN, language)
    assert client.get(f"/rule-form?kind={kind}").status_code == 200
    fields = client.get(f"/rule-form/fields?kind={kind}&name_id=x&after=5&after_unit=h").text
    assert 'id="kind-fields"' in fields
    assert "<html" not in fields


NEW: dict[str, dict[str, Any]] = {
    "limit": {"metric": "ph", "above": "8,5"},
    "no_data": {"metric": "*", "after": "20", "after_unit": "min"},
    "stuck": {"metric": "ph", "after": "6", "after_unit": "h", "tolerance": "0,02"},
    "rate_of_change": {"metric": "ph", "rise": "1,5", "over": "10", "over_unit": "min"},
    "quality": {"metric": "ph", "share": "20", "window": "1", "window_unit": "h", "minimum": "10"},
    "volume": {"metric": "flow_rate", "above": "95", "judge": "forecast", "where": "device:debit-outlet"},
    "run_hours": {"metric": "run_hours", "every": "500", "ahead": "20", "where": "device:press-1"},
    "state": {"metric": "run", "equals": "0; 2", "where": "device:press-1"},
    "system": {"condition": "disk_low", "after": "5", "after_unit": "min", "where": ""},
    "composite": {"of": [RULE, "bak-ekualisasi-hampir-penuh"], "match": "any", "place": "site"},
}


@pytest.mark.parametrize("kind", NEW)
def test_a_rule_of_every_kind_is_added_and_told_in_words(kind: str, enter: Any, services: Services) -> None:
    client = enter(Role.ADMIN)
    form = {
        "csrf": csrf_of(client), "kind": kind, "id": "aturan-baru", "name_id": "Aturan baru", "action_id": "Periksa.",
        "where": "site:batik", "priority": "low", "enabled": "on",
    }  # fmt: skip
    answer = client.post("/rule-form", data=form | NEW[kind])
    assert answer.status_code == 303, text_of(answer)
    assert services.rules.rule("aturan-baru").kind == kind
    assert client.get("/rules/aturan-baru").status_code == 200


def test_words_in_a_rule_are_never_markup(enter: Any, services: Services) -> None:
    evil = Text(id="<img src=x>", en="<img src=x>")
    rule = LimitRule(id="jahat", name=evil, action=evil, scope=Scope(metric="ph"), above=9.0)
    services.registry.apply(Installation(rules=(rule,)), "test", services.clock())
    client = enter(Role.ADMIN)
    for path in ("/rules", "/rules/jahat", "/rule-form?rule=jahat"):
        assert "<img" not in client.get(path).text


def test_an_advice_opens_the_form_with_its_proposal_unsaved(enter: Any, services: Services) -> None:
    page = enter(Role.ADMIN).get(f"/rule-form?rule={RULE}&deadband=0.6&on_delay=600").text
    assert 'name="deadband" value="0,6"' in page
    assert 'hx-trigger="load"' in page
    assert services.rules.rule(RULE).deadband == 0.3  # type: ignore[union-attr]
