"""Line protocol by hand: schema S1, one measurement per metric, tags site, device, point, unit.

Fields: `value` (float), `quality` (integer), and `reason` (text) wherever quality is not 1. A missing reading
(quality 9) has no `value`: no number is invented for it. What an earlier arrival left at the same time stays in
the server and is not read: a value beside quality 9, a reason beside quality 1.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.reading import GOOD, MISSING, Millis, Reading, Series
from storage.influx_query import Answer

_MEASUREMENT = str.maketrans({",": "\\,", " ": "\\ ", "\n": "\\n", "\r": "\\r"})
_TAG = str.maketrans({",": "\\,", " ": "\\ ", "=": "\\=", "\n": "\\n", "\r": "\\r"})
_TEXT = str.maketrans({"\\": "\\\\", '"': '\\"'})


def prefix(series: Series) -> str:
    """A series' part of its lines, up to the fields. Empty tags are not allowed on the wire and are left out."""
    tags = (("device", series.device), ("point", series.point), ("site", series.site), ("unit", series.unit))
    written = "".join(f",{name}={_tag(value)}" for name, value in tags if value)
    return f"{series.metric.translate(_MEASUREMENT)}{written} "


def _tag(value: str) -> str:
    """Escaped; a backslash at the end would swallow what follows, so a blank stands behind it."""
    escaped = value.translate(_TAG)
    return escaped + "\\ " if escaped.endswith("\\") else escaped


def line(start: str, time: Millis, value: float | None, quality: int, reason: str | None) -> str:
    """One line, `start` being the series' prefix."""
    if quality == GOOD and value is not None:
        return f"{start}value={value!r},quality=1i {time}"
    why = (reason or "").translate(_TEXT)
    if value is None:
        return f'{start}quality={MISSING}i,reason="{why}" {time}'
    return f'{start}value={value!r},quality={quality}i,reason="{why}" {time}'


def lines(readings: Iterable[Reading]) -> list[str]:
    """The lines of readings, in their order."""
    prefixes: dict[Series, str] = {}
    made = []
    for reading in readings:
        start = prefixes.get(reading.series)
        if start is None:
            start = prefixes[reading.series] = prefix(reading.series)
        made.append(line(start, reading.time, reading.value, reading.quality, reading.reason))
    return made


def readings_of(answers: Iterable[Answer]) -> list[Reading]:
    """Readings from answers with the columns time, quality, value, reason, grouped by all tags."""
    found = []
    for answer in answers:
        tags = answer.tags
        series = Series(
            tags.get("site", ""), tags.get("device", ""), answer.name, tags.get("unit", ""), tags.get("point", "")
        )
        for time, quality, value, reason in answer.values:
            code = int(quality)
            known = None if code == MISSING else float(value)
            found.append(Reading(series, int(time), known, code, None if code == GOOD else (reason or None)))
    return found
