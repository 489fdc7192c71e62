"""Figures, times and lengths of time as messages say them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerts.phrases import say
from domain.figures import localised, symbol
from domain.reading import Millis
from domain.text import Language


def number(value: float, language: str) -> str:
    """At most four significant digits after trimming, marked as the language does."""
    text = f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    if "e" in text:
        text = f"{value:,f}".rstrip("0").rstrip(".")
    return localised(text, language)


def amount(value: float, unit: str, language: str) -> str:
    """A number with its unit as people write it."""
    return f"{number(value, language)} {symbol(unit, language)}".rstrip()


def percent(share: float, language: str) -> str:
    """A share of 0 to 1."""
    return f"{number(share * 100, language)} %"


def clock(at: Millis, zone: ZoneInfo, language: str, now: Millis) -> str:
    """`14.30 WIB`, with the date when it is not today's there (`14:30 WIB` in English)."""
    local, today = (datetime.fromtimestamp(t / 1000, UTC).astimezone(zone) for t in (at, now))
    text = local.strftime("%H:%M" if language == Language.EN else "%H.%M") + f" {local.tzname()}"
    return text if local.date() == today.date() else f"{local.strftime('%d/%m/%Y')} {text}"


def duration(length: Millis, language: str) -> str:
    """`12 menit`, `3 jam 5 menit`, `2 hari 4 jam`; seconds below a minute."""
    seconds = max(0, length) // 1000
    if 0 < seconds < 60:
        return f"{seconds} {say(language, 'detik', 's')}"
    words = ("days", "h", "min") if language == Language.EN else ("hari", "jam", "menit")
    minutes = seconds // 60
    parts = [minutes // 1440, minutes // 60 % 24, minutes % 60]
    said = [f"{n} {word}" for n, word in zip(parts, words, strict=True) if n][:2]
    return " ".join(said) or f"0 {words[2]}"
