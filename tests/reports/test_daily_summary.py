"""Yesterday in a few lines, from the real store, journal and book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from device_profiles.catalogue import Catalogue
from domain.alert import AlertState, NotificationState, Priority
from domain.reading import GOOD, Reading, Series
from domain.registry import CompliancePoint, Device, Installation, Limit, LimitSet, Site, SiteKind, Stage
from domain.text import Language, Text
from reports.daily_summary import DailySummaries, DailySummary, MetricDay, VolumeDay, day_span, yesterday
from reports.standing import standing_of
from reports.summary_message import SummaryMessages
from reports.summary_text import render
from storage.chunk_store import SqliteReadingStore
from storage.readings import MergedReadings
from support.alerting import alert, by, step, tick
from support.alerts_stage import NAME, AlertStage

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MIDNIGHT = 1_795_194_000_000  # 21 November 2026 00.00 WIB
NOW = MIDNIGHT + DAY + 6 * HOUR + 30 * MINUTE


def plant() -> Installation:
    """A compliance point with its analyser and flow meter."""
    site = Site(id="batik", name=Text(id="Sentra Batik", en="Batik centre"), kind=SiteKind.IPAL,
                stages=(Stage(id="outlet", name=NAME),))  # fmt: skip
    devices = tuple(
        Device(id=name, site="batik", stage="outlet", profile=profile, name=Text(id=said, en=said))
        for name, profile, said in (
            ("ipal-outlet", "house-ipal-outlet", "Outlet"), ("debit-outlet", "house-flow-meter", "Debit outlet"),
        )
    )  # fmt: skip
    limits = LimitSet(
        id="textile", name=NAME, source="PermenLH/BPLH No. 12 Tahun 2025, Lampiran I", valid_from=date(2025, 9, 9),
        limits=(Limit(metric="ph", unit="pH", min=6, max=9), Limit(metric="cod", unit="mg/L", max=150),
                Limit(metric="bod", unit="mg/L", max=60, laboratory=True)),
    )  # fmt: skip
    point = CompliancePoint(id="titik", site="batik", stage="outlet", name=NAME, limit_set="textile",
                            devices=("ipal-outlet", "debit-outlet"))  # fmt: skip
    return Installation(sites=(site,), devices=devices, limit_sets=(limits,), compliance_points=(point,))


class Evening:
    """The stage with a catalogue and a store beside it."""

    def __init__(self, folder: Path) -> None:
        self.stage = AlertStage(folder)
        self.stage.apply(plant())
        self.store = SqliteReadingStore(folder / "readings.sqlite")
        merged = MergedReadings(self.store, self.stage.journal)
        self.summaries = DailySummaries(self.stage.registry, Catalogue.load(), merged, self.stage.book)

    def measured(
        self, device: str, metric: str, unit: str, start: int, values: list[float], quality: int = GOOD
    ) -> None:
        """One value a minute from so many ms after midnight."""
        series = Series("batik", device, metric, unit, "outlet")
        times = range(MIDNIGHT + start, MIDNIGHT + start + len(values) * MINUTE, MINUTE)
        self.stage.arrive(*(Reading(series, t, v, quality, None, t) for t, v in zip(times, values, strict=True)))

    def summary(self) -> DailySummary:
        """That of the one site."""
        (found,) = self.summaries.all(NOW)
        return found


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    """Nothing measured yet."""
    made = Evening(tmp_path)
    yield made
    made.store.close()
    made.stage.close()


def test_the_day_is_cut_at_the_site(evening: Evening) -> None:
    (site,) = plant().sites

    assert yesterday(site, NOW) == date(2026, 11, 21)
    assert yesterday(site, MIDNIGHT + DAY - 1) == date(2026, 11, 20)


def test_a_day_with_a_clock_change_has_its_own_length() -> None:
    from zoneinfo import ZoneInfo

    start, stop = day_span(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert stop - start == 23 * HOUR


def test_a_parameter_shows_its_span_and_how_complete_it_is(evening: Evening) -> None:
    evening.measured("ipal-outlet", "ph", "pH", 0, [7.0] * 360 + [8.0] * 360)
    ph = evening.summary().metrics[0]

    assert (ph.min, ph.mean, ph.max) == (7.0, pytest.approx(7.5), 8.0)
    assert (ph.slots, ph.expected, ph.completeness) == (720, 1440, 0.5)


def test_bad_values_count_neither_as_figures_nor_as_data(evening: Evening) -> None:
    evening.measured("ipal-outlet", "ph", "pH", 0, [7.0] * 60)
    evening.measured("ipal-outlet", "ph", "pH", 2 * HOUR, [14.0] * 60, quality=4)
    ph = evening.summary().metrics[0]

    assert (ph.max, ph.slots) == (7.0, 60)


def test_other_days_do_not_count(evening: Evening) -> None:
    evening.measured("ipal-outlet", "ph", "pH", -HOUR, [9.9] * 60)
    evening.measured("ipal-outlet", "ph", "pH", DAY, [9.9] * 60)

    assert evening.summary().metrics[0].max is None


def test_laboratory_parameters_are_left_to_the_laboratory(evening: Evening) -> None:
    assert [metric.metric for metric in evening.summary().metrics] == ["ph", "cod"]


def test_volume_is_flow_over_the_hours_that_were_measured(evening: Evening) -> None:
    evening.measured("debit-outlet", "flow_rate", "m3/h", 8 * HOUR, [2.0] * 121)
    (volume,) = evening.summary().volumes

    assert volume.volume == pytest.approx(4.0, abs=0.05)
    assert volume.covered == pytest.approx(2.0, abs=0.05)


def test_alerts_of_the_day_are_counted(evening: Evening) -> None:
    from alerts.engine import AlertEngine

    engine = AlertEngine(evening.stage.journal, evening.stage.book, evening.stage.registry, Catalogue.load())
    evening.measured("ipal-outlet", "ph", "pH", HOUR, [7.0, 9.5, 7.0])
    engine.tick(MIDNIGHT + 2 * HOUR)
    late = Series("batik", "ipal-outlet", "ph", "pH", "outlet")
    evening.stage.arrive(Reading(late, MIDNIGHT + 10 * MINUTE, 9.9, received_at=MIDNIGHT + 2 * HOUR))
    engine.tick(MIDNIGHT + 2 * HOUR + 1000)
    found = evening.summary()

    assert (found.raised, found.found_late, found.open) == (1, 1, 1)


def test_it_reads_well_in_indonesian() -> None:
    ph = MetricDay("ipal-outlet", "ph", "pH", 6, 9, 6.81, 7.4, 9.04, 1439, 1440)
    cod = MetricDay("ipal-outlet", "cod", "mg/L", None, 150, None, None, None, 0, 1440)
    summary = DailySummary("batik", date(2026, 11, 21), (ph, cod), (VolumeDay("debit-outlet", 18.26, 22.5),), 3, 1, 2)

    assert render(summary, plant(), Language.ID).splitlines() == [
        "Ringkasan harian Sentra Batik, 21 November 2026",
        "pH: 6,81–9,04, rata-rata 7,40 (baku mutu 6–9; data 99,9 %) MELEBIHI BAKU MUTU",
        "COD: tidak ada data (baku mutu ≤ 150)",
        "Debit outlet: 18,3 m³ (terukur selama 22,5 jam)",
        "Peringatan: 3 muncul, 1 ditemukan terlambat, 2 belum selesai",
    ]


def test_it_reads_well_in_english() -> None:
    cod = MetricDay("ipal-outlet", "cod", "mg/L", None, 150, 80.0, 91.25, 120.0, 1440, 1440)
    summary = DailySummary("batik", date(2026, 11, 1), (cod,), (VolumeDay("debit-outlet", None, 0.0),), 0, 0, 0)

    assert render(summary, plant(), Language.EN).splitlines() == [
        "Daily summary Batik centre, 1 November 2026",
        "COD: 80.00–120.00, mean 91.25 mg/L (limit ≤ 150; 100.0 % of data)",
        "Debit outlet: no data",
        "Alerts: 0 raised, 0 still open",
    ]


def test_a_value_below_a_lower_limit_does_not_exceed_it() -> None:
    ph = MetricDay("ipal-outlet", "ph", "pH", 6, 9, 5.2, 6.4, 7.0, 1440, 1440)
    summary = DailySummary("batik", date(2026, 11, 21), (ph,), (), 0, 0, 0)

    assert render(summary, plant(), Language.ID).splitlines()[1].endswith("DI BAWAH BAKU MUTU")


def test_what_waits_for_somebody_is_named_and_what_was_put_aside_is_counted() -> None:
    ph = alert(priority=Priority.HIGH, state=AlertState.ACKNOWLEDGED, acknowledged_by="budi", rule="ph-x")
    summary = DailySummary(
        "batik", date(2026, 11, 21), (), (), 3, 0, 1, shelved=2, suppressed=4, faulty=(("ipal-outlet", "cod"),),
        silent=("debit-outlet", *(f"alat-{n}" for n in range(6))), out_of_service=("ipal-outlet",),
        worst=(replace(ph, device="ipal-outlet"),),
    )  # fmt: skip

    assert render(summary, plant(), Language.ID).splitlines()[1:] == [
        "Peringatan: 3 muncul, 1 belum selesai",
        "- pH, Outlet (tinggi, sejak 21/11 13.00, budi)",
        "Selain itu: 2 ditunda, 4 tidak dinilai",
        "Sensor diragukan: Outlet (COD)",
        "Alat diam: Debit outlet, alat-0, alat-1, alat-2, alat-3 dan 2 lagi",
        "Di luar layanan: Outlet",
    ]
    assert "Besides: 2 shelved, 4 not judged" in render(summary, plant(), Language.EN)


def test_how_alerts_stand_by_their_states_and_kinds() -> None:
    found = standing_of(
        [
            alert("a", priority=Priority.LOW),
            alert("b", priority=Priority.CRITICAL, state=AlertState.RETURNED, active=False),
            alert("c", state=AlertState.SHELVED, kind="no_data", device="aerasi"),
            alert("d", state=AlertState.SUPPRESSED, kind="stuck", device="inlet", metric="cod"),
            alert("e", state=AlertState.OUT_OF_SERVICE, active=False, device="press-1"),
        ]
    )

    assert [one.id for one in found.waiting] == ["a", "b"]  # what holds before what returned
    assert (found.shelved, found.suppressed) == (1, 1)
    assert (found.silent, found.faulty, found.out_of_service) == (("aerasi",), (("inlet", "cod"),), ("press-1",))


def test_the_message_has_one_subject_for_all_sites_and_says_what_did_not_arrive(evening: Evening) -> None:
    book = evening.stage.book
    book.commit(tick(alerts=(alert(),), transitions=(step(alert()),), told={0: by("kait")}), NOW - HOUR)
    (failed, _, _) = book.queued(NOW, 1)[0]
    book.update_notification(replace(failed, state=NotificationState.FAILED, last_error="gone"))
    words = SummaryMessages(evening.summaries, evening.stage.registry, book)
    subject, body = words(plant().sites, date(2026, 11, 21), Language.ID, NOW)

    assert subject == "Ringkasan 21 November 2026: 1 peringatan belum selesai"
    assert body.endswith("1 pesan tidak terkirim.")


def test_the_day_after_a_limit_set_changed_is_judged_by_the_earlier_one(evening: Evening) -> None:
    now = plant()
    old = now.limit_sets[0].model_copy(update={"id": "old", "valid_until": date(2026, 11, 21)})
    new = now.limit_sets[0].model_copy(update={"valid_from": date(2026, 11, 22)})
    point = now.compliance_points[0].model_copy(update={"earlier_limit_sets": ("old",)})
    evening.stage.apply(now.model_copy(update={"limit_sets": (new, old), "compliance_points": (point,)}))
    evening.measured("ipal-outlet", "ph", "pH", 0, [9.5] * 1440)
    said = render(evening.summary(), plant(), Language.ID)

    assert "MELEBIHI BAKU MUTU" in said


def test_a_figure_above_its_limit_is_not_written_as_the_limit() -> None:
    from reports.summary_text import _metric_line

    day = MetricDay("ipal-outlet", "cod", "mg/L", None, 0.3, 0.2, 0.3, 0.304, 720, 720)
    assert _metric_line(day, Language.ID).startswith("COD: 0,20–0,304, rata-rata 0,30")
