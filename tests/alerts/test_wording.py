"""The words of a message: every kind of rule, every step, both languages, short enough for a locked phone."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.actions import ADVICE
from alerts.figures import duration, number
from alerts.phrases import CONDITIONS
from alerts.wording import LONGEST, Scene, body, subject
from domain.alert import RINGS, Alert, AlertEvent, AlertState, Priority, Purpose, Transition
from domain.metrics import NAMES
from domain.registry import Device, Site, SiteKind
from domain.rule import (
    CompositeRule,
    LimitRule,
    Match,
    NoDataRule,
    QualityRule,
    RateOfChangeRule,
    Rule,
    RunHoursRule,
    Scope,
    StateRule,
    StuckRule,
    SystemRule,
    VolumeRule,
    Window,
)
from domain.system_condition import SystemCondition
from domain.text import Language, Text
from support.telling import HOUR, MINUTE, T0

SITE = Site(id="batik", name=Text(id="Sentra Batik", en="Batik centre"), kind=SiteKind.IPAL)
OUTLET = Device(id="outlet", site="batik", stage="outlet", profile="probe", name=Text(id="Outlet", en="Outlet"))
GIVEN: dict[str, Any] = {
    "id": "aturan",
    "name": Text(id="Mesin press rusak", en="Press machine faulty"),
    "action": Text(id="Cek dosing", en="Check the dosing"),
}
PH = Scope(metric="ph")
LEGAL = {"source": "PermenLH/BPLH No. 12 Tahun 2025"}


def scene(
    rule: Rule | None,
    *,
    event: AlertEvent = AlertEvent.RAISED,
    value: float | None = None,
    now: int = 0,
    purpose: Purpose = Purpose.NEWS,
    round_: int = 0,
    comment: str | None = None,
    **alert_is: Any,
) -> Scene:
    """An alert of the rule at the outlet since 07.00."""
    given_is = {
        "id": "a1", "site": "batik", "device": "outlet", "metric": rule.scope.metric if rule else "ph", "unit": "pH",
        "rule": "aturan", "kind": rule.kind if rule else "limit", "priority": Priority.HIGH,
        "state": AlertState.UNACKNOWLEDGED, "active": True, "since": T0, "value": value, "limit": None, **alert_is,
    }  # fmt: skip
    alert = Alert(**given_is)
    step = Transition(alert.id, T0, event, AlertState.NORMAL, alert.state, value=value, comment=comment)
    device = OUTLET if alert.device == "outlet" else None
    site = SITE if alert.site else None
    zone = ZoneInfo("Asia/Jakarta")
    return Scene(alert, step, site, device, rule, "http://pantau.lan", T0 + now, zone, purpose, round_)


def limit(**keys: Any) -> LimitRule:
    return LimitRule(**{**GIVEN, "scope": PH, "above": 9, **keys})


CO = SystemCondition
KINDS: list[tuple[Scene, str, str]] = [
    (scene(limit(), value=9.5, limit=9), "pH 9,5 di atas batas 9", "pH 9.5 above limit 9"),
    (scene(limit(**LEGAL), value=5.2, limit=6), "pH 5,2 di bawah baku mutu 6", "pH 5.2 below legal limit 6"),
    (
        scene(limit(scope=Scope(metric="cod"), window=Window.HOUR), value=160.25, limit=150, unit="mg/L"),
        "COD rata-rata sejam 160,2 mg/L di atas batas 150 mg/L",
        "COD hourly mean 160.2 mg/L above limit 150 mg/L",
    ),
    (
        scene(limit(window=Window.DAY), value=9.1, limit=9),
        "pH rata-rata sehari 9,1 di atas batas 9",
        "pH daily mean 9.1 above limit 9",
    ),
    (scene(NoDataRule(**GIVEN, after=900)), "Tidak ada data selama 15 menit", "No data for 15 min"),
    (
        scene(NoDataRule(**GIVEN, after=60, scope=PH)),
        "Tidak ada data pH selama 1 menit",
        "No data pH for 1 min",
    ),
    (
        scene(StuckRule(**GIVEN, scope=PH, after=7200), value=7.31),
        "pH 7,31 tidak berubah selama 2 jam",
        "pH 7.31 does not change for 2 h",
    ),
    (
        scene(RateOfChangeRule(**GIVEN, scope=PH, rise=2), value=3.5, limit=2),
        "pH naik 3,5 per jam (batas 2)",
        "pH rises by 3.5 per h (limit 2)",
    ),
    (
        scene(RateOfChangeRule(**GIVEN, scope=Scope(metric="temperature"), fall=5), value=-8, limit=-5, unit="Cel"),
        "Suhu turun 8 °C/jam (batas 5)",
        "Temperature falls by 8 °C/h (limit 5)",
    ),
    (
        scene(QualityRule(**GIVEN, scope=PH, share=0.2), value=0.35, limit=0.2),
        "pH: 35 % data buruk (batas 20 %)",
        "pH: 35 % of readings bad (limit 20 %)",
    ),
    (
        scene(VolumeRule(**GIVEN, **LEGAL, scope=Scope(metric="flow_rate"), above=120), value=131.2, limit=120),
        "Volume hari ini 131,2 m³ di atas baku mutu 120 m³",
        "Today's volume 131.2 m³ above legal limit 120 m³",
    ),
    (
        scene(
            VolumeRule(**GIVEN, scope=Scope(metric="flow_rate"), above=120, judge="forecast"), value=131, limit=120
        ),
        "Perkiraan volume hari ini 131 m³ di atas batas 120 m³",
        "Forecast of today's volume 131 m³ above limit 120 m³",
    ),
    (
        scene(RunHoursRule(**GIVEN, scope=Scope(metric="run"), every=500, ahead=20), value=481, limit=500),
        "Waktunya servis: 481 jam dari 500 jam",
        "Service due: 481 h of 500 h",
    ),
    (
        scene(StateRule(**GIVEN, scope=Scope(metric="fault"), equals=(1,)), value=1, unit="1"),
        "Mesin press rusak",
        "Press machine faulty",
    ),
    (scene(CompositeRule(**GIVEN, of=("a", "b"))), "Mesin press rusak", "Press machine faulty"),
    (
        scene(SystemRule(**GIVEN, condition=CO.GATEWAY_SILENT), metric="gateway_silent", unit=""),
        "Gateway diam",
        "Gateway silent",
    ),
    (
        scene(SystemRule(**GIVEN, condition=CO.FLOOD), metric="flood", value=14, unit=""),
        "Banjir peringatan (14 dalam 10 menit)",
        "Alarm flood (14 in 10 minutes)",
    ),
    (
        scene(SystemRule(**GIVEN, condition=CO.JOURNAL_OLD), metric="journal_old", value=5400, unit="s"),
        "Data menunggu disimpan (1 jam 30 menit)",
        "Readings wait to be stored (1 h 30 min)",
    ),
]


@pytest.mark.parametrize(("told", "indonesian", "english"), KINDS)
def test_every_kind_says_what_was_found(told: Scene, indonesian: str, english: str) -> None:
    assert subject(told, Language.ID) == f"[TINGGI] {indonesian}, Outlet, Sentra Batik"
    assert subject(told, Language.EN) == f"[HIGH] {english}, Outlet, Batik centre"


def test_the_table_has_every_kind() -> None:
    kinds = {told.rule.kind for told, _, _ in KINDS if told.rule is not None}  # type: ignore[attr-defined]

    assert kinds == {rule.model_fields["kind"].default for rule in Rule.__args__[0].__args__}  # type: ignore[attr-defined]


def test_every_condition_of_the_system_has_words() -> None:
    assert set(CONDITIONS) == set(SystemCondition)


BREACH: dict[str, Any] = {"value": 9.5, "limit": 9.0}
STEPS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"event": AlertEvent.REOCCURRED},
        "[TINGGI] pH 9,5 di atas batas 9 (terulang)",
        "[HIGH] pH 9.5 above limit 9 (again)",
    ),
    (
        {"event": AlertEvent.UNSHELVED},
        "[TINGGI] pH 9,5 di atas batas 9 (masa tunda habis)",
        "[HIGH] pH 9.5 above limit 9 (shelving ended)",
    ),
    (
        {"event": AlertEvent.UNSUPPRESSED},
        "[TINGGI] pH 9,5 di atas batas 9 (dinilai lagi)",
        "[HIGH] pH 9.5 above limit 9 (judged again)",
    ),
    (
        {"event": AlertEvent.FOUND_LATE},
        "[TINGGI] Ditemukan terlambat: pH 9,5 di atas batas 9",
        "[HIGH] Found late: pH 9.5 above limit 9",
    ),
    (
        {"event": AlertEvent.CHATTERING},
        "[TINGGI] Berulang terus, ditahan dulu: pH 9,5 di atas batas 9",
        "[HIGH] Chattering, held down: pH 9.5 above limit 9",
    ),
    (
        {"event": AlertEvent.CALMED},
        "[TINGGI] Tidak berulang lagi: pH 9,5 di atas batas 9",
        "[HIGH] No longer chattering: pH 9.5 above limit 9",
    ),
    (
        {"event": AlertEvent.REALARMED},
        "[TINGGI] Masih berlangsung: pH 9,5 di atas batas 9",
        "[HIGH] Still so: pH 9.5 above limit 9",
    ),
    (
        {"event": AlertEvent.RETURNED, "active": False, "returned_at": T0 + MINUTE, "value": 8.2},
        "Sudah normal: pH 8,2",
        "Back to normal: pH 8.2",
    ),
    ({"active": False, "returned_at": T0 + MINUTE}, "Sudah normal: pH 9,5", "Back to normal: pH 9.5"),
    (
        {"purpose": Purpose.REPEAT, "round_": 2},
        "[TINGGI] Pengingat 2: pH 9,5 di atas batas 9",
        "[HIGH] Reminder 2: pH 9.5 above limit 9",
    ),
    (
        {"purpose": Purpose.ESCALATION, "round_": 1},
        "[TINGGI] Belum ada yang menangani: pH 9,5 di atas batas 9",
        "[HIGH] Nobody has acknowledged this: pH 9.5 above limit 9",
    ),
]


@pytest.mark.parametrize(("keys", "indonesian", "english"), STEPS)
def test_every_step_says_what_happened(keys: dict[str, Any], indonesian: str, english: str) -> None:
    told = scene(limit(), **{**BREACH, **keys})

    assert subject(told, Language.ID) == f"{indonesian}, Outlet, Sentra Batik"
    assert subject(told, Language.EN) == f"{english}, Outlet, Batik centre"


def test_the_steps_that_ring_all_have_words() -> None:
    told = {keys.get("event", AlertEvent.RAISED) for keys, _, _ in STEPS}

    assert told >= RINGS


def test_what_concerns_everything_names_no_place() -> None:
    broker = SystemRule(**GIVEN, condition=CO.BROKER_DOWN)
    told = scene(broker, metric="broker_down", device="pantau", site="", unit="")

    assert subject(told, Language.ID) == "[TINGGI] Broker MQTT mati"


def test_what_concerns_a_site_names_it_alone() -> None:
    silent = SystemRule(**GIVEN, condition=CO.SITE_SILENT)
    told = scene(silent, metric="site_silent", device="pantau", unit="")

    assert subject(told, Language.ID) == "[TINGGI] Semua alat di lokasi diam, Sentra Batik"


def test_the_end_of_silence_is_data() -> None:
    told = scene(NoDataRule(**GIVEN, after=60), event=AlertEvent.RETURNED, active=False, returned_at=T0 + HOUR)

    assert subject(told, Language.ID) == "Sudah normal: data masuk lagi, Outlet, Sentra Batik"


def test_the_body_says_since_when_how_bad_what_to_do_and_by_what_law() -> None:
    told = scene(limit(**LEGAL), **BREACH, peak=9.8, occurrences=3, now=MINUTE)

    assert body(told, Language.ID).splitlines() == [
        "Sejak 07.00 WIB.",
        "Nilai terburuk: 9,8.",
        "Sudah 3 kali.",
        "Yang harus dilakukan: Cek dosing",
        "Dasar: PermenLH/BPLH No. 12 Tahun 2025",
        "http://pantau.lan/alerts/a1",
    ]


def test_a_reminder_says_for_how_long_it_has_been_so() -> None:
    told = scene(limit(), **BREACH, purpose=Purpose.REPEAT, round_=1, now=2 * HOUR)

    assert body(told, Language.EN).splitlines()[0] == "Since 07:00 WIB (2 h)."


def test_found_late_says_so_with_its_true_times() -> None:
    told = scene(
        limit(), **BREACH, event=AlertEvent.FOUND_LATE, active=False, found_late=True, returned_at=T0 + 20 * MINUTE
    )

    assert body(told, Language.ID).splitlines()[0] == (
        "Berlangsung 07.00 WIB sampai 07.20 WIB (20 menit). Datanya datang terlambat."
    )


def test_what_somebody_took_on_says_who() -> None:
    told = scene(limit(), **BREACH, acknowledged_by="budi", acknowledged_at=T0 + MINUTE, now=HOUR)

    assert "Ditangani budi, 07.01 WIB." in body(told, Language.ID)


def test_what_pantau_noted_is_told() -> None:
    told = scene(limit(), **BREACH, comment="three times a minute")

    assert "Note: three times a minute" in body(told, Language.EN)


def test_a_rule_that_is_gone_leaves_a_message_without_advice() -> None:
    assert subject(scene(None, **BREACH), Language.ID) == "[TINGGI] pH 9,5 di atas batas 9, Outlet, Sentra Batik"


@example(name="two\nlines", event=AlertEvent.RAISED, language=Language.ID)
@given(name=st.text(min_size=1, max_size=300), event=st.sampled_from(AlertEvent), language=st.sampled_from(Language))
def test_a_subject_is_one_short_line_however_long_the_names(name: str, event: AlertEvent, language: Language) -> None:
    long = StateRule(**{**GIVEN, "name": Text(id=name, en=name)}, scope=Scope(metric="fault"), equals=(1,))
    said = subject(scene(long, event=event, value=1), language)

    assert 0 < len(said) <= LONGEST
    assert "\n" not in said


@pytest.mark.parametrize(
    ("value", "shown"),
    [(9.5, "9,5"), (7.0, "7"), (1234.0, "1.234"), (21_233.0, "21.233"), (-0.5, "-0,5"), (0.000012, "0,000012")],
)
def test_a_value_is_shown_without_an_exponent(value: float, shown: str) -> None:
    assert number(value, Language.ID) == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [(0, "0 menit"), (12_000, "12 detik"), (60_000, "1 menit"), (11_100_000, "3 jam 5 menit"), (-5, "0 menit")],
)
def test_a_length_of_time_is_said_in_its_two_largest_parts(length: int, shown: str) -> None:
    assert duration(length, Language.ID) == shown


def test_every_metric_with_an_action_has_a_name() -> None:
    assert ADVICE.keys() <= NAMES.keys()


def test_a_reminder_and_an_escalation_say_how_bad_it_got() -> None:
    for purpose in (Purpose.REPEAT, Purpose.ESCALATION):
        told = scene(limit(), value=9.4, limit=9.0, peak=11.2, purpose=purpose, round_=1)
        assert "pH 11,2 di atas batas 9" in subject(told, Language.ID)


@pytest.mark.parametrize(
    ("match", "line"),
    [
        (Match.ALL, "Terjadi bersamaan: pH tinggi; Debit rendah."),
        (Match.ANY, "Terjadi sedikitnya satu dari: pH tinggi; Debit rendah."),
    ],
)
def test_a_composite_names_the_rules_it_is_made_of(match: Match, line: str) -> None:
    parts = (Text(id="pH tinggi", en="pH high"), Text(id="Debit rendah", en="Flow low"))
    told = scene(CompositeRule(**GIVEN, of=("a", "b"), match=match))

    assert line in body(replace(told, parts=parts), Language.ID).splitlines()
