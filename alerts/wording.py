"""What a message says: short, in the reader's language, value and limit first, then since when and what to do.

The subject alone is enough on a locked phone, and is the first line of an SMS.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from alerts.figures import amount, clock, duration
from alerts.findings import finding, subject_of
from alerts.phrases import PRIORITIES, say
from domain.alert import RINGS, Alert, AlertEvent, Purpose, Transition
from domain.reading import Millis
from domain.registry import Device, Site
from domain.rule import CompositeRule, Match, RuleBase
from domain.text import Text

OLD_NEWS: Final[Millis] = 120_000  # from then on the message says how old it is
LONGEST: Final = 120  # characters of a subject
PEAKS: Final = frozenset({"limit"})  # kinds whose worst value is one of the metric itself

BEFORE: Final = {
    AlertEvent.FOUND_LATE: Text(id="Ditemukan terlambat: ", en="Found late: "),
    AlertEvent.CHATTERING: Text(id="Berulang terus, ditahan dulu: ", en="Chattering, held down: "),
    AlertEvent.CALMED: Text(id="Tidak berulang lagi: ", en="No longer chattering: "),
    AlertEvent.REALARMED: Text(id="Masih berlangsung: ", en="Still so: "),
}
AFTER: Final = {
    AlertEvent.REOCCURRED: Text(id=" (terulang)", en=" (again)"),
    AlertEvent.UNSHELVED: Text(id=" (masa tunda habis)", en=" (shelving ended)"),
    AlertEvent.UNSUPPRESSED: Text(id=" (dinilai lagi)", en=" (judged again)"),
}


class Scene(Struct, frozen=True):
    """All a message is worded from. `site`, `device` and `rule` are None where there is none (any more)."""

    alert: Alert
    transition: Transition
    site: Site | None
    device: Device | None
    rule: RuleBase | None
    base_url: str
    now: Millis
    zone: ZoneInfo
    purpose: Purpose = Purpose.NEWS
    round: int = 0
    link: str | None = None
    parts: tuple[Text, ...] = ()  # of a composite: the names of the rules it is made of


def subject(scene: Scene, language: str) -> str:
    """At most 120 characters; a long place gives way before what was found does."""
    return fitting(_head(scene, language), place(scene, language), LONGEST)


def fitting(said: str, where: list[str], longest: int) -> str:
    """What is said and where, with as much of the place as fits; only then is the end cut off."""
    for parts in ([said, *where], [said, *where[:1]], [said]):
        shown = " ".join(", ".join(parts).split())
        if len(shown) <= longest:
            return shown
    return shown[: longest - 1] + "…"


def place(scene: Scene, language: str) -> list[str]:
    """The device by its name, and its site; nothing for what concerns everything."""
    device = scene.device.name.in_language(language) if scene.device else scene.alert.device
    names = [device] if scene.device or scene.alert.kind != "system" else []
    return names + ([scene.site.name.in_language(language)] if scene.site else [])


def _head(scene: Scene, language: str) -> str:
    alert, event = scene.alert, scene.transition.event
    if scene.purpose is Purpose.NEWS and (event is AlertEvent.RETURNED or _over_by_now(scene)):
        return f"{say(language, 'Sudah normal', 'Back to normal')}: {_what(scene, language)}"
    urgency = PRIORITIES[alert.priority].in_language(language)
    value = scene.transition.value if scene.purpose is Purpose.NEWS else _by_now(alert)
    found = finding(alert, scene.rule, value, language)
    if scene.purpose is not Purpose.NEWS:
        return f"[{urgency}] {_unheeded(scene, language)}: {found}"
    before, after = (
        words[event].in_language(language) if event in words else "" for words in (BEFORE, AFTER)
    )  # fmt: skip
    return f"[{urgency}] {before}{found}{after}"


def _by_now(alert: Alert) -> float | None:
    """What a reminder says: how bad it got, where that is a value of the metric, else the latest value."""
    return alert.peak if alert.kind in PEAKS and alert.peak is not None else alert.value


def _over_by_now(scene: Scene) -> bool:
    """What was to be told as news is over before it could be."""
    alert = scene.alert
    return scene.transition.event in RINGS and not alert.active and alert.returned_at is not None


def _unheeded(scene: Scene, language: str) -> str:
    if scene.purpose is Purpose.ESCALATION:
        return say(language, "Belum ada yang menangani", "Nobody has acknowledged this")
    return say(language, f"Pengingat {scene.round}", f"Reminder {scene.round}")


def _what(scene: Scene, language: str) -> str:
    alert, value = scene.alert, scene.transition.value
    if alert.kind == "no_data":
        return say(language, "data masuk lagi", "data again")
    name = subject_of(alert, scene.rule, language)
    if scene.transition.event is not AlertEvent.RETURNED:
        value = alert.value
    return name if value is None or alert.kind != "limit" else f"{name} {amount(value, alert.unit, language)}"


def body(scene: Scene, language: str) -> str:
    """The lines below the subject."""
    return "\n".join(line for line in _lines(scene, language) if line)


def _lines(scene: Scene, language: str) -> list[str]:
    alert = scene.alert
    return [
        _when(scene, language),
        _worst(alert, language),
        _made_of(scene, language),
        _times(alert, language),
        _note(scene, language),
        _taken_on(scene, language),
        _todo(scene, language),
        f"{say(language, 'Dasar', 'Source')}: {scene.rule.source}" if scene.rule and scene.rule.source else "",
        _age(scene, language),
        alert_address(scene.base_url, alert.id),
        f"{say(language, 'Saya tangani', 'I take it on')}: {scene.link}" if scene.link else "",
    ]


def _when(scene: Scene, language: str) -> str:
    alert = scene.alert
    since = clock(alert.since, scene.zone, language, scene.now)
    if alert.returned_at is None or alert.active:
        held = scene.now - alert.since
        how_long = f" ({duration(held, language)})" if scene.purpose is not Purpose.NEWS else ""
        return f"{say(language, 'Sejak', 'Since')} {since}{how_long}."
    until = clock(alert.returned_at, scene.zone, language, scene.now)
    length = duration(alert.returned_at - alert.since, language)
    lasted = say(
        language, f"Berlangsung {since} sampai {until} ({length}).", f"Lasted from {since} to {until} ({length})."
    )
    return lasted + (say(language, " Datanya datang terlambat.", " Its data came late.") if alert.found_late else "")


def _worst(alert: Alert, language: str) -> str:
    if alert.peak is None or alert.kind not in PEAKS:
        return ""
    return f"{say(language, 'Nilai terburuk', 'Worst value')}: {amount(alert.peak, alert.unit, language)}."


def _made_of(scene: Scene, language: str) -> str:
    """Which rules hold together, or of which at least one does."""
    if not scene.parts or not isinstance(scene.rule, CompositeRule) or not scene.alert.active:
        return ""
    names = "; ".join(part.in_language(language) for part in scene.parts)
    if scene.rule.match is Match.ALL:
        return f"{say(language, 'Terjadi bersamaan', 'All of these hold')}: {names}."
    return f"{say(language, 'Terjadi sedikitnya satu dari', 'At least one of these holds')}: {names}."


def _times(alert: Alert, language: str) -> str:
    n = alert.occurrences
    return say(language, f"Sudah {n} kali.", f"{n} times so far.") if n > 1 else ""


def _note(scene: Scene, language: str) -> str:
    comment = scene.transition.comment
    return f"{say(language, 'Keterangan', 'Note')}: {comment}" if comment else ""


def _taken_on(scene: Scene, language: str) -> str:
    alert = scene.alert
    if alert.acknowledged_by is None or alert.acknowledged_at is None:
        return ""
    at = clock(alert.acknowledged_at, scene.zone, language, scene.now)
    return say(language, f"Ditangani {alert.acknowledged_by}, {at}.", f"Taken on by {alert.acknowledged_by}, {at}.")


def _todo(scene: Scene, language: str) -> str:
    if scene.rule is None or not scene.alert.active:
        return ""
    return f"{say(language, 'Yang harus dilakukan', 'What to do')}: {scene.rule.action.in_language(language)}"


def _age(scene: Scene, language: str) -> str:
    age = scene.now - scene.transition.at
    if age <= OLD_NEWS or scene.purpose is not Purpose.NEWS:
        return ""
    late = duration(age, language)
    return say(language, f"Kabar ini terlambat {late}.", f"This news is {late} old.")


def alert_address(base_url: str, alert: str) -> str:
    """Where the alert is shown."""
    return f"{base_url.rstrip('/')}/alerts/{alert}"
