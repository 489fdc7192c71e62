"""What waits for somebody this morning, in words: open, put aside, faulty, silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.alert import Alert, Priority
from domain.metrics import name_of
from domain.registry import Installation, Site
from domain.text import Language, Text
from reports.daily_summary import DailySummary

NAMED: Final = 5  # devices named in a line
PRIORITIES: Final = {
    Priority.LOW: Text(id="rendah", en="low"),
    Priority.MEDIUM: Text(id="sedang", en="medium"),
    Priority.HIGH: Text(id="tinggi", en="high"),
    Priority.CRITICAL: Text(id="kritis", en="critical"),
}


def standing_lines(summary: DailySummary, installation: Installation, language: str) -> list[str]:
    """Only lines that have something to say."""
    devices = {device.id: device.name.in_language(language) for device in installation.devices}
    site = next(site for site in installation.sites if site.id == summary.site)
    rules = {rule.id: rule.name.in_language(language) for rule in installation.rules}
    lines = [f"- {_open_line(alert, devices, rules, site, language)}" for alert in summary.worst]
    faulty = [f"{devices.get(d, d)} ({name_of(metric).in_language(language)})" for d, metric in summary.faulty]
    return [
        *lines,
        *_aside(summary, language),
        *_named(Text(id="Sensor diragukan", en="Sensors in doubt"), faulty, language),
        *_named(Text(id="Alat diam", en="Silent devices"), [devices.get(d, d) for d in summary.silent], language),
        *_named(
            Text(id="Di luar layanan", en="Out of service"),
            [devices.get(d, d) for d in summary.out_of_service],
            language,
        ),
    ]


def _open_line(alert: Alert, devices: dict[str, str], rules: dict[str, str], site: Site, language: str) -> str:
    what = rules.get(alert.rule) if alert.metric == "*" or alert.kind in ("state", "composite", "system") else None
    what = what or (_no_data(language) if alert.kind == "no_data" else name_of(alert.metric).in_language(language))
    at = datetime.fromtimestamp(alert.since / 1000, UTC).astimezone(ZoneInfo(site.timezone))
    since = at.strftime("%d/%m %H:%M" if language == Language.EN else "%d/%m %H.%M")
    where = devices.get(alert.device)
    grave = PRIORITIES[alert.priority].in_language(language)
    who = f", {alert.acknowledged_by}" if alert.acknowledged_by else ""
    return f"{what}{f', {where}' if where else ''} ({grave}, {_say(language, 'sejak', 'since')} {since}{who})"


def _no_data(language: str) -> str:
    return _say(language, "tidak ada data", "no data")


def _aside(summary: DailySummary, language: str) -> list[str]:
    said = []
    if summary.shelved:
        said.append(_say(language, f"{summary.shelved} ditunda", f"{summary.shelved} shelved"))
    if summary.suppressed:
        said.append(_say(language, f"{summary.suppressed} tidak dinilai", f"{summary.suppressed} not judged"))
    return [f"{_say(language, 'Selain itu', 'Besides')}: {', '.join(said)}"] if said else []


def _named(title: Text, names: Sequence[str], language: str) -> list[str]:
    if not names:
        return []
    more = len(names) - NAMED
    rest = _say(language, f" dan {more} lagi", f" and {more} more") if more > 0 else ""
    return [f"{title.in_language(language)}: {', '.join(names[:NAMED])}{rest}"]


def _say(language: str, indonesian: str, english: str) -> str:
    return english if language == Language.EN else indonesian
