"""The month's activity in words: what the page of paper and the screen print."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from domain.activity import (
    Activity,
    ActivitySheet,
    Machinery,
    OpenKind,
    OpenPoint,
    Response,
    ServiceDone,
    ServiceDue,
    SheetCell,
    SheetPart,
    SheetTile,
    Water,
    WaterVerdict,
)
from domain.figures import localised
from domain.reading import Millis
from domain.report_head import Label
from reports.digest import canonical
from reports.table import Printer
from reports.words import Words

FILE: Final = Path(__file__).with_name("activity_words.toml")
MARK: Final = "pantau-activity/1"
NOTHING: Final = "–"
LONGEST: Final = 60  # characters of a name
HEADLINE: Final = 90  # characters of the company above the title
MOST: Final = {"water": 4, "machines": 4, "alerts": 4, "service": 6, "open": 10}  # rows: it is one page
DUE_FIRST: Final = 4  # rows of service that is due, before that which was done
GRAVEST: Final = (WaterVerdict.BEYOND, WaterVerdict.NOT_JUDGED, WaterVerdict.PARTLY, WaterVerdict.WITHIN)
HOUR: Final = 3_600_000

Row = tuple[SheetCell, ...]


def sha256_of(activity: Activity) -> str:
    """The fingerprint of the figures, the same in every language."""
    return hashlib.sha256(canonical(activity)).hexdigest()


def stamp_of(activity: Activity, language: str) -> str:
    """One line of ASCII: what it is about, as of when, and its fingerprint."""
    about = {"month": activity.month, "until": activity.until, "at": activity.at, "language": language}
    return f"{MARK} {msgspec.json.encode(about | {'sha256': sha256_of(activity)}).decode()}"


def write_json(activity: Activity, language: str) -> bytes:
    """The figures with their fingerprint, which is of `activity`."""
    head = {"sha256": sha256_of(activity), "language": language, "stamp": stamp_of(activity, language)}
    return msgspec.json.encode(head | {"activity": activity}, order="sorted") + b"\n"


def sheet_of(activity: Activity, language: str) -> ActivitySheet:
    """The whole page in one language; Indonesian for any but English."""
    return _Sheet(activity, "en" if language == "en" else "id").sheet()


class _Sheet:
    """One page on its way."""

    def __init__(self, activity: Activity, language: str) -> None:
        self.activity, self.language = activity, language
        self.words = Words(language, FILE)
        self.printer = Printer(language, activity.timezone)

    def sheet(self) -> ActivitySheet:
        """Everything."""
        one, w, p = self.activity, self.words, self.printer
        return ActivitySheet(
            language=self.language,
            month=one.month,
            title=w("sheet.title"),
            period=p.month(one.first),
            company=_short(one.company, HEADLINE) or w("sheet.company"),
            warnings=tuple(self._warnings()),
            tiles=self._tiles(),
            parts=(self._water(), self._machines(), self._alerts(), self._service(), self._open()),
            signatures=(w("sheet.prepared"), w("sheet.seen")),
            foot=w("sheet.foot", at=p.moment(one.at), zone=p.zone_name),
            sha256=sha256_of(one),
            stamp=stamp_of(one, self.language),
        )

    def _warnings(self) -> list[str]:
        one = self.activity
        not_over = self.words("sheet.not_over", day=self.printer.long_day(one.until))
        empty = bool(one.water) and not any(water.completeness for water in one.water)
        said = [not_over] if one.until < one.last else []
        return [*said, self.words("sheet.no_water")] if empty else said

    # ── the large figures ───────────────────────────────────────────────────────────────────────

    def _tiles(self) -> tuple[SheetTile, ...]:
        return (self._water_tile(), self._volume_tile(), self._machine_tile(), self._alert_tile(), self._open_tile())

    def _water_tile(self) -> SheetTile:
        found = [one.verdict for one in self.activity.water]
        worst = next((verdict for verdict in GRAVEST if verdict in found), WaterVerdict.NOT_JUDGED)
        note = self.words("tile.points", n=found.count(worst), of=len(found)) if len(found) > 1 else ""
        return SheetTile(self.words("tile.water"), self._verdict(worst), note)

    def _volume_tile(self) -> SheetTile:
        known = [one for one in self.activity.water if one.volume is not None]
        if not known:
            return SheetTile(self.words("tile.volume"), _cell(NOTHING))
        total = sum(one.volume or 0.0 for one in known)
        least = min(one.volume_covered for one in known)
        note = self.words("tile.covered", share=self.printer.share(least))
        return SheetTile(self.words("tile.volume"), _cell(f"{self.printer.number(total, 0)} m³"), note)

    def _machine_tile(self) -> SheetTile:
        """Of the one site that has machines; of several the table says it."""
        sites = self.activity.machines
        known = [one for one in sites if one.availability is not None]
        value = " · ".join(self._share(one.availability) for one in known[:3]) or NOTHING
        silent = max((one.no_signal for one in sites if one.no_signal is not None), default=None)
        note = "" if silent is None else self.words("tile.no_signal", share=self.printer.share(silent))
        return SheetTile(self.words("tile.availability"), _cell(value), note)

    def _alert_tile(self) -> SheetTile:
        never = sum(one.never_acknowledged for one in self.activity.response)
        rang = sum(one.rang for one in self.activity.response)
        note = self.words("tile.unanswered", n=self._count(never)) if rang else ""
        return SheetTile(self.words("tile.alerts"), _cell(self._count(rang)), note)

    def _open_tile(self) -> SheetTile:
        late = sum(one.late for one in self.activity.open)
        note = self.words("tile.overdue", n=late) if late else ""
        return SheetTile(self.words("tile.open"), _cell(self._count(len(self.activity.open)), late > 0), note)

    # ── parts ───────────────────────────────────────────────────────────────────────────────────

    def _water(self) -> SheetPart:
        rows = [self._water_row(one) for one in self.activity.water]
        heads = ("point", "verdict", "which", "volume", "exceedances", "complete")
        return self._part("water", heads, (2.3, 1.5, 2.9, 1.2, 1.5, 1.55), rows)

    def _water_row(self, one: Water) -> Row:
        times = str(one.exceedances)
        if one.exceedances and one.beyond_time is not None:
            times = self.words("water.episodes", n=times, time=self.printer.duration(one.beyond_time))
        measured = one.completeness is not None and one.completeness > 0
        volume = NOTHING if one.volume is None else self.printer.number(one.volume, 1)
        return (
            _cell(self._say(one.name)),
            self._verdict(one.verdict),
            _cell(self._which(one)),
            _cell(volume),
            _cell(times if measured else NOTHING),
            _cell(self._share(one.completeness)),
        )

    def _which(self, one: Water) -> str:
        def named(names: Sequence[Label]) -> str:
            return ", ".join(self._say(name) for name in names)

        said = [self.words("water.beyond", names=named(one.beyond))] if one.beyond else []
        said += [self.words("water.left", names=named(one.not_judged))] if one.not_judged else []
        return _short("; ".join(said) or self.words("water.all"), 160)

    def _machines(self) -> SheetPart:
        rows = [self._machine_row(one) for one in self.activity.machines]
        heads = ("site", "count", "availability", "running", "planned", "no_signal")
        return self._part("machines", heads, (3, 0.9, 1.3, 1.2, 1.3, 1.2), rows, self.words("machines.note"))

    def _machine_row(self, one: Machinery) -> Row:
        known = one.availability is not None
        running = self.printer.number(one.running / HOUR, 1) if known else NOTHING
        said = (
            self._say(one.name), str(one.machines), self._share(one.availability), running,
            self.printer.number(one.planned / HOUR, 1), self._share(one.no_signal),
        )  # fmt: skip
        return tuple(map(_cell, said))

    def _alerts(self) -> SheetPart:
        rows = [self._alert_row(one) for one in self.activity.response]
        heads = ("site", "rang", "critical", "acknowledged", "never", "median", "p90")
        return self._part("alerts", heads, (2.6, 1.25, 0.9, 1.3, 1.2, 1.4, 1.3), rows)

    def _alert_row(self, one: Response) -> Row:
        counts = (one.rang, one.critical, one.acknowledged, one.never_acknowledged)
        waits = (self._time(one.median), self._time(one.p90))
        return tuple(map(_cell, (self._say(one.name), *map(self._count, counts), *waits)))

    def _service(self) -> SheetPart:
        due = [self._due_row(one) for one in self.activity.due]
        done = [self._done_row(one) for one in self.activity.done]
        return self._part(
            "service", ("what", "state", "when"), (2.6, 3.2, 2.2), [*due[:DUE_FIRST], *done, *due[DUE_FIRST:]]
        )

    def _done_row(self, one: ServiceDone) -> Row:
        last = self.words("service.last", day=self.printer.day(one.last))
        return _cell(self._say(one.name)), _cell(self.words("service.done", n=one.times)), _cell(last)

    def _due_row(self, one: ServiceDue) -> Row:
        said: list[str] = []
        for unit, left in (("hours", one.hours_left), ("days", one.days_left)):
            if left is not None:
                key = f"service.{unit}_{'over' if left < 0 else 'left'}"
                said.append(self.words(key, n=self.printer.number(abs(left), 0)))
        state = self.words("service.overdue" if one.overdue else "service.soon", plan=self._say(one.plan))
        return _cell(self._say(one.name)), _cell(state, one.overdue), _cell(", ".join(said) or NOTHING)

    def _open(self) -> SheetPart:
        rows = [
            (_cell(self.words(f"open.{one.kind}"), one.late), _cell(self._say(one.subject)), _cell(self._detail(one)))
            for one in self.activity.open
        ]
        return self._part("open", ("kind", "subject", "detail"), (2.4, 3.4, 2.2), rows)

    def _detail(self, one: OpenPoint) -> str:
        day = "" if one.day is None else self.printer.day(one.day)
        if one.kind is OpenKind.STALE_ALERT:
            return self.words("open.since", day=day)
        if one.kind is OpenKind.CALIBRATION_DUE:
            return self.words("open.late" if one.late else "open.due", day=day)
        if one.kind is OpenKind.REPORT_UNSIGNED:
            return self.words("open.outdated" if one.late else "open.waits")
        return self.words("open.days", n=one.days)

    # ── cells ───────────────────────────────────────────────────────────────────────────────────

    def _part(
        self, name: str, heads: tuple[str, ...], widths: tuple[float, ...], rows: Sequence[Row], note: str = ""
    ) -> SheetPart:
        """The first rows, and how many more there are: the page is one."""
        left = len(rows) - MOST[name]
        notes = [self.words("sheet.more", n=left)] if left > 0 else []
        said = [*notes, note] if rows else [self.words(f"{name}.none")]
        titles = tuple(self.words(f"{name}.{head}") for head in heads)
        shown = tuple(rows[: MOST[name]])
        return SheetPart(self.words(f"{name}.title"), titles, widths, shown, " · ".join(one for one in said if one))

    def _verdict(self, verdict: WaterVerdict) -> SheetCell:
        return _cell(self.words(f"verdict.{verdict}"), verdict is WaterVerdict.BEYOND)

    def _say(self, name: Label) -> str:
        return _short(name.in_language(self.language), LONGEST)

    def _share(self, value: float | None) -> str:
        return NOTHING if value is None else self.printer.share(value)

    def _count(self, value: int) -> str:
        return localised(f"{value:,}", self.language)

    def _time(self, value: Millis | None) -> str:
        return NOTHING if value is None else self.printer.duration(value)


def _cell(text: str, mark: bool = False) -> SheetCell:
    return SheetCell(text, mark)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
