"""The month at the whole UPT: figures worked out by hand, a month without data, and always one page."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import msgspec
import pytest
from pypdf import PdfReader

from domain.activity import Activity, OpenKind, OpenPoint, ServiceDone, ServiceDue, WaterVerdict
from domain.alert import Alert, AlertState, Priority
from domain.errors import Invalid
from domain.finished_report import FinishedReport
from domain.performance import AlarmPerformance
from domain.ports_machines import ServiceStanding, Summed
from domain.ports_readings import Page
from domain.reading import Millis
from domain.report_head import Label
from domain.report_period import PeriodKind, midnight, period_of
from domain.report_records import CalibrationRecord, LogbookDay
from domain.rule_record import ServiceRecord
from reports.activity import Activities, ActivitySources
from reports.activity_pdf import write_pdf
from reports.activity_sheet import sha256_of, sheet_of, write_json
from support.report_scene import DAY, HOUR, MINUTE, Scene

WIB = ZoneInfo("Asia/Jakarta")
OCTOBER = period_of(PeriodKind.MONTH, "2026-10")
NOW: Millis = midnight(date(2026, 11, 3), WIB) + 9 * HOUR
FIRST = date(2026, 10, 1)


def at(day: int) -> Millis:
    """Nine in the morning of a day of October."""
    return midnight(date(2026, 10, day), WIB) + 9 * HOUR


@dataclass
class Plant:
    """What the month asks beside readings and evidence: alerts, machines and their service."""

    rang: int = 0
    records: list[ServiceRecord] = field(default_factory=list)
    sensors: dict[tuple[str, str], CalibrationRecord] = field(default_factory=dict)
    stale: list[Alert] = field(default_factory=list)
    kept: list[FinishedReport] = field(default_factory=list)
    total: Summed | None = None  # of its one machine

    def performance(self, start: Millis, stop: Millis, site: str | None) -> AlarmPerformance:
        """Three quarters of the alerts were answered, half of those within five minutes."""
        done = self.rang * 3 // 4
        waits = (5 * MINUTE, 25 * MINUTE) if done else (None, None)
        return AlarmPerformance(
            start, stop, self.rang, {"critical": self.rang // 4}, [], [], [], [],
            [one.id for one in self.stale], [], 0.0, done,
            self.rang - done, *waits, {}, [],
        )  # fmt: skip

    def alerts_by_id(self, ids: Sequence[str]) -> list[Alert]:
        """Those that exist."""
        return [one for one in self.stale if one.id in ids]

    def of_site(self, site: str) -> list[str]:
        """One machine, where anything is known of it."""
        return ["press-1"] if self.total else []

    def overview(self, site: str, first: date, last: date, now: Millis) -> Plant:
        """Itself: it has the total."""
        return self

    def services(self, site: str | None, now: Millis) -> list[ServiceStanding]:
        """No plans."""
        return []

    def page(self, after: str | None, limit: int, device: str | None) -> Page[ServiceRecord]:
        """Newest first."""
        return Page(sorted(self.records, key=lambda one: -one.at))

    def newest(self) -> Mapping[tuple[str, str], CalibrationRecord]:
        """Of every sensor."""
        return self.sensors


@dataclass
class Desk:
    """Finished reports."""

    kept: list[FinishedReport]

    def page(self, after: str | None, limit: int) -> Page[FinishedReport]:
        """All of them."""
        return Page(self.kept)


def report(period: str, signed: bool) -> FinishedReport:
    """A month's report, kept."""
    month = period_of(PeriodKind.MONTH, period)
    return FinishedReport(
        PeriodKind.MONTH, "titik-penaatan-outlet", period, 1, month.first, month.last, "", "", "", "", "id", (), NOW,
        "pantau", signed_at=NOW if signed else None,
    )  # fmt: skip


def made(scene: Scene, plant: Plant | None = None, now: Millis = NOW) -> Activity:
    """October as it stands."""
    plant = plant or Plant()
    compliance = scene.sources()
    if plant.stale:
        scene.alerts.alerts_by_id = plant.alerts_by_id  # type: ignore[attr-defined]
    sources = ActivitySources(compliance, plant, plant, plant, plant, Desk(plant.kept))  # type: ignore[arg-type]
    return Activities(sources).make(OCTOBER, now)


def test_a_month_without_data_is_not_called_in_order(scene: Scene) -> None:
    (water,) = made(scene).water

    assert water.verdict is WaterVerdict.NOT_JUDGED
    assert (water.volume, water.completeness) == (None, 0.0)


def test_a_month_without_data_says_so_on_paper(scene: Scene) -> None:
    text = _text(write_pdf(made(scene), "id"))

    assert "Tidak ada data air limbah pada bulan ini" in text
    assert "tidak dinilai" in text


def test_an_hour_above_the_limit_is_one_exceedance_of_an_hour(scene: Scene) -> None:
    scene.measured("ph", FIRST, 0, [9.5] * 60)

    (water,) = made(scene).water

    assert (water.verdict, water.exceedances, water.beyond_time) == (WaterVerdict.BEYOND, 1, HOUR)
    assert [name.id for name in water.beyond] == ["pH"]


def test_exceedances_at_the_same_time_are_one_stretch_of_time(scene: Scene) -> None:
    scene.measured("ph", FIRST, 0, [9.5] * 60)
    scene.measured("cod", FIRST, HOUR // 2, [9000.0] * 60)

    (water,) = made(scene).water

    assert (water.exceedances, water.beyond_time) == (2, HOUR + HOUR // 2)


def test_time_beyond_of_several_parameters_is_not_guessed_where_some_are_not_listed(scene: Scene) -> None:
    for day in range(1, 3):
        scene.measured("ph", date(2026, 10, day), 0, ([9.5] * 4 + [7.0] * 16) * 72)
    scene.measured("cod", FIRST, 0, [9000.0] * 60)

    (water,) = made(scene).water

    assert (water.exceedances, water.beyond_time) == (145, None)


def test_a_long_company_name_is_cut_on_the_page(scene: Scene) -> None:
    found = msgspec.structs.replace(made(scene), company="Koperasi" * 40)

    assert len(sheet_of(found, "id").company) == 90


def test_all_exceedances_are_counted_not_only_those_listed(scene: Scene) -> None:
    for day in range(1, 11):
        scene.measured("ph", date(2026, 10, day), 0, ([9.5] * 4 + [7.0] * 16) * 72)

    (water,) = made(scene).water

    assert (water.exceedances, water.beyond_time) == (720, 2880 * MINUTE)


def test_a_day_of_thirty_one_is_incomplete_and_its_share_is_told(scene: Scene) -> None:
    scene.measured("ph", FIRST, 0, [7.0] * 1440)

    (water,) = made(scene).water

    # pH 720 slots of 31 x 720, COD none of as many
    assert water.completeness == pytest.approx(720 / (2 * 31 * 720))
    assert water.verdict is WaterVerdict.PARTLY


def test_the_volume_is_that_of_the_totaliser(scene: Scene) -> None:
    scene.measured("flow_total", FIRST, 0, [100.0 + n / 10 for n in range(1440)])

    (water,) = made(scene).water

    assert water.volume == pytest.approx(143.9)


def test_alerts_and_response_are_those_of_the_month(scene: Scene) -> None:
    (found,) = made(scene, Plant(rang=8)).response

    assert (found.rang, found.critical, found.acknowledged, found.never_acknowledged) == (8, 2, 6, 2)
    assert found.median == 5 * MINUTE


def test_machines_show_what_is_known_and_what_is_not(scene: Scene) -> None:
    # 100 h planned: 60 h ran, 15 h stood, 5 h planned stops, 20 h without a signal
    hours = [n * HOUR for n in (100, 60, 15, 5, 20, 0)]

    (found,) = made(scene, Plant(total=Summed("batik", *hours))).machines

    assert found.availability == pytest.approx(60 / 75)
    assert found.no_signal == pytest.approx(0.2)


def test_machines_that_never_spoke_have_no_availability(scene: Scene) -> None:
    hours = [n * HOUR for n in (100, 0, 0, 0, 100, 0)]

    (found,) = made(scene, Plant(total=Summed("batik", *hours))).machines

    assert (found.availability, found.no_signal) == (None, 1.0)


def test_an_alert_that_stands_for_days_is_open(scene: Scene) -> None:
    alert = Alert(
        "a", "batik", "ipal-outlet", "ph", "pH", "r", "limit", Priority.HIGH, AlertState.ACKNOWLEDGED, True, at(7),
        9.5, 9.0,
    )  # fmt: skip

    found = made(scene, Plant(stale=[alert])).open[0]

    assert (found.kind, found.subject.en, found.day) == (OpenKind.STALE_ALERT, "Outlet: pH", date(2026, 10, 7))


def test_reports_up_to_the_month_that_nobody_signed_are_open(scene: Scene) -> None:
    kept = [report("2026-08", False), report("2026-09", True), report("2026-10", False), report("2026-11", False)]

    found = [one.subject.en for one in made(scene, Plant(kept=kept)).open if one.kind is OpenKind.REPORT_UNSIGNED]

    assert found == ["the outlet 2026-08", "the outlet 2026-10"]


def test_service_is_counted_in_the_month_alone(scene: Scene) -> None:
    dates = (at(1) - DAY, at(4), at(20), NOW)
    plant = Plant(records=[ServiceRecord("ipal-outlet", one, "budi", "servis") for one in dates])

    (done,) = made(scene, plant).done

    assert (done.times, done.last) == (2, date(2026, 10, 20))


def test_days_without_a_logbook_and_without_a_signature_are_open(scene: Scene) -> None:
    scene.books.logged = [
        LogbookDay(date(2026, 10, 1), 2, "siti"), LogbookDay(date(2026, 10, 2), 2), LogbookDay(date(2026, 10, 3), 0),
    ]  # fmt: skip

    found = {one.kind: one.days for one in made(scene).open}

    assert found == {OpenKind.LOGBOOK_MISSING: 29, OpenKind.LOGBOOK_UNSIGNED: 1}


@pytest.mark.parametrize(
    ("due", "late"), [(date(2026, 11, 2), [True]), (date(2026, 11, 17), [False]), (date(2026, 11, 18), [])]
)
def test_a_calibration_is_open_a_fortnight_ahead(scene: Scene, due: date, late: list[bool]) -> None:
    record = CalibrationRecord("1", "ipal-outlet", "ph", at(1), at(1) + HOUR, "budi", next_due=due)
    found = made(scene, Plant(sensors={("ipal-outlet", "ph"): record})).open

    assert [one.late for one in found if one.kind is OpenKind.CALIBRATION_DUE] == late


def test_a_month_that_runs_is_counted_up_to_yesterday(scene: Scene) -> None:
    found = made(scene, now=at(10))

    assert found.until == date(2026, 10, 9)
    assert sheet_of(found, "en").warnings[0].endswith("9 October 2026.")


def test_a_month_of_which_no_day_is_over_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid, match="no day"):
        made(scene, now=at(1))


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_is_one_page_however_much_there_is(scene: Scene, language: str) -> None:
    assert _pages(write_pdf(_crowded(made(scene, Plant(rang=8))), language)) == 1


def test_what_does_not_fit_is_counted(scene: Scene) -> None:
    assert "… and 90 more" in _text(write_pdf(_crowded(made(scene)), "en"))


def test_equal_figures_give_equal_bytes(scene: Scene) -> None:
    assert write_pdf(made(scene), "id") == write_pdf(made(scene), "id")


def test_paper_and_json_carry_the_same_fingerprint(scene: Scene) -> None:
    found = made(scene)

    assert msgspec.json.decode(write_json(found, "id"))["sha256"] == sha256_of(found)
    assert sha256_of(found) in _text(write_pdf(found, "en"))


def _crowded(activity: Activity) -> Activity:
    """A hundred open points, and names that nobody should have."""
    name = Label("Instalasi Pengolahan Air Limbah " * 8, "Wastewater treatment plant " * 8)
    points = tuple(OpenPoint(list(OpenKind)[n % 5], name, FIRST, days=n, late=True) for n in range(100))
    return msgspec.structs.replace(
        activity,
        company="Unit Pelaksana Teknis " * 9,
        water=tuple(msgspec.structs.replace(activity.water[0], name=name, not_judged=(name,) * 9) for _ in range(9)),
        response=tuple(msgspec.structs.replace(activity.response[0], name=name) for _ in range(9)),
        done=tuple(ServiceDone("a", name, 2, FIRST) for _ in range(40)),
        due=tuple(ServiceDue("a", name, name, True, -12.0, -3) for _ in range(40)),
        open=points,
    )


def _pages(data: bytes) -> int:
    return len(PdfReader(io.BytesIO(data)).pages)


def _text(data: bytes) -> str:
    return PdfReader(io.BytesIO(data)).pages[0].extract_text()
