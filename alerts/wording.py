"""What a message says: short, in the route's language, value and limit first, then since when and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.alert import Alert, AlertEvent, Priority, Transition
from domain.figures import localised, symbol
from domain.metrics import name_of
from domain.reading import Millis
from domain.registry import Device, Site
from domain.rule import LimitRule, NoDataRule
from domain.text import Language, Text

OLD_NEWS: Final[Millis] = 120_000  # from then on the message says how old it is

PRIORITIES: Final = {
    Priority.LOW: Text(id="RENDAH", en="LOW"),
    Priority.MEDIUM: Text(id="SEDANG", en="MEDIUM"),
    Priority.HIGH: Text(id="TINGGI", en="HIGH"),
    Priority.CRITICAL: Text(id="KRITIS", en="CRITICAL"),
}


class Scene(Struct, frozen=True):
    """All a message is worded from. `device` and `rule` are None where they no longer exist."""

    alert: Alert
    transition: Transition
    site: Site
    device: Device | None
    rule: LimitRule | NoDataRule | None
    base_url: str
    now: Millis


def number(value: float, language: str) -> str:
    """At most four significant digits after trimming, marked as the language does."""
    text = f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    if "e" in text:
        text = f"{value:,f}".rstrip("0").rstrip(".")
    return localised(text, language)


def amount(value: float, unit: str, language: str) -> str:
    """A number with its unit as people write it."""
    return f"{number(value, language)} {symbol(unit, language)}".rstrip()


def clock(at: Millis, site: Site, language: str, now: Millis) -> str:
    """`14.30 WIB`, with the date when it is not today's at the site (`14:30 WIB` in English)."""
    zone = ZoneInfo(site.timezone)
    local, today = (datetime.fromtimestamp(t / 1000, UTC).astimezone(zone) for t in (at, now))
    text = local.strftime("%H:%M" if language == Language.EN else "%H.%M") + f" {local.tzname()}"
    return text if local.date() == today.date() else f"{local.strftime('%d/%m/%Y')} {text}"


def duration(length: Millis, language: str) -> str:
    """`12 menit`, `3 jam 5 menit`, `2 hari 4 jam`."""
    words = ("days", "h", "min") if language == Language.EN else ("hari", "jam", "menit")
    minutes = max(0, length) // 60_000
    parts = [minutes // 1440, minutes // 60 % 24, minutes % 60]
    said = [f"{n} {word}" for n, word in zip(parts, words, strict=True) if n][:2]
    return " ".join(said) or f"0 {words[2]}"


def _say(language: str, indonesian: str, english: str) -> str:
    return english if language == Language.EN else indonesian


def place(scene: Scene, language: str) -> str:
    """The device by its name, at its site."""
    device = scene.device.name.in_language(language) if scene.device else scene.alert.device
    return f"{device}, {scene.site.name.in_language(language)}"


def subject(scene: Scene, language: str) -> str:
    """One line that is enough on a locked phone."""
    alert, event = scene.alert, scene.transition.event
    where = place(scene, language)
    if event is AlertEvent.RETURNED:
        told = _say(language, "Sudah normal", "Back to normal")
        return f"{told}: {_what(scene, language)}, {where}"
    urgency = PRIORITIES[alert.priority].in_language(language)
    again = _say(language, " (terulang)", " (again)") if event is AlertEvent.REOCCURRED else ""
    back = _say(language, " (masa tunda habis)", " (shelving ended)") if event is AlertEvent.UNSHELVED else ""
    return f"[{urgency}] {_finding(scene, language)}, {where}{again}{back}"


def _what(scene: Scene, language: str) -> str:
    alert, value = scene.alert, scene.transition.value
    if alert.kind == "no_data":
        return _say(language, "data masuk lagi", "data again")
    name = name_of(alert.metric).in_language(language)
    return name if value is None else f"{name} {amount(value, alert.unit, language)}"


def _finding(scene: Scene, language: str) -> str:
    alert, value = scene.alert, scene.transition.value
    if alert.kind == "no_data":
        return _say(language, "Tidak ada data", "No data")
    name = name_of(alert.metric).in_language(language)
    shown = alert.value if value is None else value
    if shown is None or alert.limit is None:
        return name
    below = shown < alert.limit
    how = _say(language, "di bawah" if below else "di atas", "below" if below else "above")
    limit = amount(alert.limit, alert.unit, language)
    legal = scene.rule is not None and scene.rule.source is not None
    bound = _say(language, "baku mutu" if legal else "batas", "limit")
    return f"{name} {amount(shown, alert.unit, language)} {how} {bound} {limit}"


def body(scene: Scene, language: str) -> str:
    """The lines below the subject."""
    return "\n".join(_lines(scene, language))


def _lines(scene: Scene, language: str) -> list[str]:
    alert, now = scene.alert, scene.now
    since = clock(alert.since, scene.site, language, now)
    lines = [f"{_say(language, 'Sejak', 'Since')} {since}."]
    if alert.returned_at is not None and not alert.active:
        lines = [_ended(scene, language, since)]
    if alert.peak is not None:
        worst = _say(language, "Nilai terburuk", "Worst value")
        lines.append(f"{worst}: {amount(alert.peak, alert.unit, language)}.")
    if alert.active and scene.rule is not None:
        todo = _say(language, "Yang harus dilakukan", "What to do")
        lines.append(f"{todo}: {scene.rule.action.in_language(language)}")
    if scene.rule is not None and scene.rule.source is not None:
        lines.append(f"{_say(language, 'Dasar', 'Source')}: {scene.rule.source}")
    age = now - scene.transition.at
    if age > OLD_NEWS:
        late = duration(age, language)
        lines.append(_say(language, f"Kabar ini terlambat {late}.", f"This news is {late} old."))
    lines.append(f"{scene.base_url.rstrip('/')}/alerts/{alert.id}")
    return lines


def _ended(scene: Scene, language: str, since: str) -> str:
    alert = scene.alert
    assert alert.returned_at is not None
    until = clock(alert.returned_at, scene.site, language, scene.now)
    length = duration(alert.returned_at - alert.since, language)
    return _say(
        language, f"Berlangsung {since} sampai {until} ({length}).", f"Lasted from {since} to {until} ({length})."
    )
