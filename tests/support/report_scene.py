"""A compliance point with readings of its own making, and books that hold what they are given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from device_profiles.catalogue import Catalogue
from domain.alert import Alert, AlertEvent, Transition
from domain.calibration import Correction
from domain.company import Company, Signature
from domain.condition import BY_HAND, HandJudgement
from domain.errors import NotFound
from domain.evidence import Revision
from domain.function_check import FunctionCheck
from domain.metrics import MetricInfo, MetricKind, ProfileInfo
from domain.ports import Page, ReadingStore
from domain.quality import QualityInterval
from domain.reading import GOOD, Millis, Reading, Series
from domain.registry import CompliancePoint, Device, Installation, Limit, LimitSet, Site, SiteKind, Stage
from domain.report import ComplianceReport
from domain.report_head import Policy
from domain.report_period import Period, PeriodKind, midnight, period_of
from domain.report_records import (
    AbnormalCondition,
    CalibrationRecord,
    EpisodeNote,
    LabResult,
    LogbookDay,
    ProductionDay,
)
from domain.text import Text
from reports.compliance import ComplianceReports
from reports.sources import Sources
from storage.corrected_readings import CorrectedReadings
from storage.journal import SqliteJournal
from storage.readings import MergedReadings

R = TypeVar("R")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
OUTLET = Text(id="Outlet", en="Outlet")
POINT = "titik-penaatan-outlet"
UNITS = {"ph": "pH", "cod": "mg/L", "flow_rate": "m3/h", "flow_total": "m3"}
TEXTILE = LimitSet(
    id="textile", name=Text(id="Baku mutu tekstil", en="Textile limits"),
    source="PermenLH/BPLH No. 12 Tahun 2025, Lampiran I", valid_from=date(2025, 9, 9),
    limits=(
        Limit(metric="ph", unit="pH", min=6, max=9), Limit(metric="cod", unit="mg/L", max=150),
        Limit(metric="bod", unit="mg/L", max=60, laboratory=True),
        Limit(metric="volume_per_ton", unit="m3/t", max=100, laboratory=True),
    ),
)  # fmt: skip


def plant(
    *sets: LimitSet, earlier: tuple[str, ...] = (), timezone: str = "Asia/Jakarta", name: str = "Sentra Batik"
) -> Installation:
    """A point with an analyser and a flow meter; `sets` are the limit sets there are, the first in force."""
    held = sets or (TEXTILE,)
    site = Site(id="batik", name=Text(id=name, en="Batik centre"), kind=SiteKind.IPAL, timezone=timezone,
                stages=(Stage(id="outlet", name=OUTLET),))  # fmt: skip
    devices = tuple(
        Device(id=device, site="batik", stage="outlet", profile=profile, name=OUTLET)
        for device, profile in (("ipal-outlet", "analyser"), ("debit-outlet", "meter"))
    )
    point = CompliancePoint(
        id=POINT, site="batik", stage="outlet", name=Text(id="titik penaatan outlet", en="the outlet"),
        limit_set=held[0].id, devices=("ipal-outlet", "debit-outlet"), earlier_limit_sets=earlier,
    )  # fmt: skip
    return Installation(sites=(site,), devices=devices, limit_sets=held, compliance_points=(point,))


class Registered:
    """The registry and the profiles of one installation."""

    def __init__(self, installation: Installation) -> None:
        self.now = installation
        self._profiles = {
            "analyser": _profile(("ph", MetricKind.GAUGE), ("cod", MetricKind.GAUGE)),
            "meter": _profile(("flow_rate", MetricKind.GAUGE), ("flow_total", MetricKind.COUNTER)),
        }

    def installation(self) -> Installation:
        """As it stands."""
        return self.now

    def profile(self, name: str) -> ProfileInfo:
        """One of the scene's, else a built-in one."""
        return self._profiles[name] if name in self._profiles else Catalogue.load().profile(name)


def _profile(*metrics: tuple[str, MetricKind]) -> ProfileInfo:
    infos = tuple(MetricInfo(m, UNITS[m], OUTLET, kind, interval=10, decimals=2) for m, kind in metrics)
    return ProfileInfo("probe", OUTLET, "json", (), infos)


class Alerts:
    """An alert book of the alerts it is given, with a comment each."""

    def __init__(self, *alerts: Alert) -> None:
        self._alerts = sorted(alerts, key=lambda alert: -alert.since)
        self.comments: dict[str, str] = {}

    def page(
        self, after: str | None, limit: int, state: object, site: str | None, device: str | None, open_only: bool
    ) -> Page[Alert]:
        """Those of a device, newest first."""
        return Page([alert for alert in self._alerts if alert.device == device])

    def lives(self, alerts: Sequence[str]) -> dict[str, list[Transition]]:
        """What was said of each."""
        return {name: [_comment(name, self.comments[name])] if name in self.comments else [] for name in alerts}


def _comment(alert: str, said: str) -> Transition:
    from domain.alert import AlertState

    state = AlertState.ACKNOWLEDGED
    return Transition(alert, 0, AlertEvent.COMMENTED, state, state, "teknisi", comment=said)


class Books:
    """Every evidence book at once, empty unless told otherwise."""

    def __init__(self) -> None:
        self.lab: list[LabResult] = []
        self.calibrated: list[CalibrationRecord] = []
        self.conditions_: list[AbnormalCondition] = []
        self.notes: list[EpisodeNote] = []
        self.logged: list[LogbookDay] = []
        self.rests: list[tuple[Millis, Millis]] = []
        self.intervals: list[QualityInterval] = []
        self.firm = Company()
        self.signed: list[Signature] = []

    def results(self, point: str, first: date, last: date) -> list[LabResult]:
        """Of samples in the period."""
        return [one for one in self.lab if first <= one.sampled_on <= last]

    def calibrations(self, device: str, start: Millis, stop: Millis) -> list[CalibrationRecord]:
        """That touch the stretch."""
        mine = (one for one in self.calibrated if one.device == device)
        return [one for one in mine if one.start < stop and (one.stop is None or one.stop > start)]

    def last_before(self, device: str, metric: str, at: Millis) -> CalibrationRecord | None:
        """The newest that ended by then."""
        done = [one for one in self.calibrated if (one.device, one.metric) == (device, metric)]
        done = [one for one in done if one.stop is not None and one.stop <= at]
        return max(done, key=lambda one: one.stop or 0, default=None)

    def conditions(self, site: str, start: Millis, stop: Millis) -> list[AbnormalCondition]:
        """All of them."""
        return self.conditions_

    def days(self, site: str, first: date, last: date) -> list[LogbookDay]:
        """Of the logbook."""
        return [one for one in self.logged if first <= one.day <= last]

    def episode_notes(self, point: str, start: Millis, stop: Millis) -> list[EpisodeNote]:
        """All of them."""
        return self.notes

    def pauses(self, site: str, stage: str, device: str, start: Millis, stop: Millis) -> list[tuple[Millis, Millis]]:
        """The same for every device."""
        return self.rests

    def overlapping(self, device: str, metric: str, start: Millis, stop: Millis) -> list[QualityInterval]:
        """Quality intervals of the series."""
        mine = (one for one in self.intervals if (one.device, one.metric) == (device, metric))
        return [one for one in mine if one.start < stop and one.stop > start]

    def since(self, at: Millis) -> list[QualityInterval]:
        """Those that end later."""
        return [one for one in self.intervals if one.stop > at]

    def company(self, site: str) -> Company:
        """Who owes the report."""
        return self.firm

    def signatures(self, point: str, period: str) -> list[Signature]:
        """Who signs it."""
        return self.signed


class Kept(Generic[R]):
    """A book of one kind with its revisions, by device; `metric` of a record may be several."""

    def __init__(self) -> None:
        self._histories: dict[str, list[Revision[R]]] = {}

    def add(self, name: str, record: R, who: str = "dewi", at: Millis = 0, note: str = "") -> None:
        """A record, or a further revision of it."""
        before = self._histories.setdefault(name, [])
        before.append(Revision(name, len(before) + 1, record, who, at, note))

    def remove(self, name: str, who: str = "dewi", at: Millis = 0, note: str = "") -> None:
        """It no longer counts."""
        self.add(name, self._histories[name][-1].record, who, at, note)
        self._histories[name][-1] = replace(self._histories[name][-1], removed=True)

    def history(self, record_id: str) -> list[Revision[R]]:
        """Oldest first."""
        if record_id not in self._histories:
            raise NotFound(f"there is no {record_id}")
        return self._histories[record_id]

    def touching(self, place: str, part: str | None, start: Millis, stop: Millis | None) -> list[Revision[R]]:
        """The newest of each that share a moment."""
        return self._sharing(place, part, start, stop, removed=False)

    def taken_out(self, place: str, part: str | None, start: Millis, stop: Millis) -> list[Revision[R]]:
        """Of those that were removed."""
        return self._sharing(place, part, start, stop, removed=True)

    def _sharing(
        self, place: str, part: str | None, start: Millis, stop: Millis | None, *, removed: bool
    ) -> list[Revision[R]]:
        newest = [revisions[-1] for revisions in self._histories.values() if revisions[-1].removed is removed]
        found = [one for one in newest if _of(one.record, place, part) and _shares(one.record, start, stop)]
        return sorted(found, key=lambda one: one.record.start)  # type: ignore[attr-defined]

    def in_force(self, device: str, metric: str, start: Millis, stop: Millis) -> list[R]:
        """Of corrections: the one in force at the beginning, and those that follow."""
        found = [one.record for one in self.touching(device, metric, 0, stop)]
        earlier = [one for one in found if one.start <= start]  # type: ignore[attr-defined]
        return earlier[-1:] + [one for one in found if one.start > start]  # type: ignore[attr-defined]


def _of(record: Any, place: str, part: str | None) -> bool:
    return bool(record.device == place and part in (None, getattr(record, "metric", None)))


def _shares(record: Any, start: Millis, stop: Millis | None) -> bool:
    return bool((stop is None or record.start < stop) and getattr(record, "stop", record.start + 1) > start)


class Produced:
    """A production book."""

    def __init__(self) -> None:
        self.noted: list[ProductionDay] = []

    def days(self, site: str, first: date, last: date) -> list[ProductionDay]:
        """Of the period."""
        return [one for one in self.noted if first <= one.day <= last]


class Scene:
    """Readings in a real store, everything else as the test says."""

    def __init__(self, store: ReadingStore, journal: SqliteJournal, installation: Installation | None = None) -> None:
        self.store = store
        self.registered = Registered(installation or plant())
        self.books, self.produced, self.alerts = Books(), Produced(), Alerts()
        self._readings = MergedReadings(store, journal, self.books)  # type: ignore[arg-type]
        self.corrections: Kept[Correction] = Kept()
        self.judgements: Kept[HandJudgement] = Kept()
        self.checks: Kept[FunctionCheck] = Kept()
        self.calibration_history: Kept[CalibrationRecord] = Kept()
        self.rules: object | None = None

    @property
    def zone(self) -> ZoneInfo:
        """That of the site."""
        return ZoneInfo(self.registered.now.sites[0].timezone)

    def measured(
        self,
        metric: str,
        day: date,
        start: int,
        values: Sequence[float | None],
        *,
        every: Millis = MINUTE,
        quality: int = GOOD,
        reason: str | None = None,
    ) -> None:
        """Values of the analyser (or the meter) from so many ms after local midnight on."""
        device = "debit-outlet" if metric.startswith("flow") else "ipal-outlet"
        series = Series("batik", device, metric, UNITS[metric], "outlet")
        first = midnight(day, self.zone) + start
        self.store.write([Reading(series, first + n * every, v, quality, reason) for n, v in enumerate(values)])

    def judged(self, name: str, judgement: HandJudgement, who: str = "dewi", at: Millis = 0, note: str = "") -> None:
        """A person says of a stretch that its values do not count; once more: a revision."""
        before = self.judgements.touching(judgement.device, judgement.metric, 0, None)
        gone = {(one.record.start, one.who) for one in before if one.id == name}
        self.books.intervals = [one for one in self.books.intervals if (one.start, one.who) not in gone]
        self.judgements.add(name, judgement, who, at, note)
        said = judgement
        self.books.intervals.append(
            QualityInterval(said.device, said.metric, said.start, said.stop, said.flag, said.category.value, who)
        )

    def sources(self) -> Sources:
        """All ports."""
        untouched = self._readings.leaving_out(BY_HAND)
        books, registered = self.books, self.registered
        return Sources(
            registry=registered, profiles=registered,  # type: ignore[arg-type]
            readings=CorrectedReadings(self._readings, self.corrections), alerts=self.alerts, quality=books,  # type: ignore[arg-type]
            laboratory=books, calibrations=books, conditions=books, logbook=books, production=self.produced,
            pauses=books, companies=books, corrections=self.corrections, judgements=self.judgements,  # type: ignore[arg-type]
            checks=self.checks, calibration_history=self.calibration_history, as_came=self._readings,  # type: ignore[arg-type]
            unjudged=CorrectedReadings(untouched, self.corrections), untouched=untouched,
            rules=self.rules,  # type: ignore[arg-type]
        )  # fmt: skip

    def report(self, period: Period | None = None, until: date | None = None) -> ComplianceReport:
        """October 2026 unless told otherwise."""
        asked = period or period_of(PeriodKind.MONTH, "2026-10")
        return ComplianceReports(self.sources(), Policy()).make(POINT, asked, until or asked.last)
