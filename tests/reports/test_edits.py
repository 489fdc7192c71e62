"""What people did to the data stands in the report: corrections, and readings set aside by hand."""

from __future__ import annotations

from datetime import date

import pytest

from domain.calibration import Correction
from domain.condition import Category, HandJudgement
from domain.function_check import FunctionCheck
from domain.report import ComplianceReport
from domain.report_edits import Seen
from domain.report_measured import Judgement
from domain.report_period import PeriodKind, midnight, period_of
from domain.report_records import CalibrationRecord, ConditionKind
from support.report_scene import DAY, HOUR, MINUTE, Scene

OCTOBER = period_of(PeriodKind.MONTH, "2026-10")
D5, D6 = date(2026, 10, 5), date(2026, 10, 6)
DAY_5, DAY_6 = (period_of(PeriodKind.DAY, str(day)) for day in (D5, D6))
OUTLET = "ipal-outlet"


def at(scene: Scene, day: date, hours: float) -> int:
    """So many hours after local midnight."""
    return midnight(day, scene.zone) + round(hours * HOUR)


@pytest.fixture
def corrected(scene: Scene) -> Scene:
    """pH 9.2 on 5 and 6 October, an hour of 9.5; from noon of 5 October on 0.5 lower."""
    for day in (D5, D6):
        scene.measured("ph", day, 0, [9.2] * 720 + [8.0] * 720)
    scene.measured("ph", D5, 14 * HOUR, [9.4] * 60)
    scene.calibration_history.add("k1", CalibrationRecord("k1", OUTLET, "ph", 0, 1, "budi", certificate="K-7"))
    first = Correction(OUTLET, "ph", at(scene, D5, 12), -0.2, 1.0, "salah hitung", "k1")
    scene.corrections.add("c1", first, "budi", 1000)
    said = Correction(OUTLET, "ph", at(scene, D5, 12), -0.5, 1.0, "buffer 7 terbaca 7,5", "k1")
    scene.corrections.add("c1", said, "siti", 2000, "salah ketik")
    scene.calibration_history.add("k1", CalibrationRecord("k1", OUTLET, "ph", 0, 1, "budi"), at=9000)
    return scene


def test_a_correction_is_named_with_who_why_when_and_what_it_rests_on(corrected: Scene) -> None:
    (one,) = corrected.report().corrections.used

    assert (one.slope, one.offset, one.reason, one.stop) == (1.0, -0.5, "buffer 7 terbaca 7,5", None)
    assert (one.written.who, one.written.at, one.written.revision) == ("siti", 2000, 2)
    assert (one.calibration, one.calibration_revision, one.calibration_newest) == ("k1", 1, 2)
    assert one.certificate == "K-7"


def test_an_earlier_version_of_a_correction_stays(corrected: Scene) -> None:
    (one,) = corrected.report().corrections.used
    assert [(was.offset, was.written.who) for was in one.earlier] == [(-0.2, "budi")]


def test_each_day_under_a_correction_has_both_figures(corrected: Scene) -> None:
    (ph,) = corrected.report(until=D6).corrections.parameters
    fifth, sixth = ph.days

    assert (fifth.day, fifth.before.max, fifth.before.min) == (D5, 9.4, 8.0)
    assert (sixth.before.max, sixth.after.max) == (9.2, 8.7)
    assert (sixth.before.mean, sixth.after.mean) == (pytest.approx(8.6), pytest.approx(8.1))


def test_the_verdict_of_a_day_stands_both_ways(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [9.2] * 1440)
    scene.corrections.add("c", Correction(OUTLET, "ph", at(scene, D5, 0), -0.5, 1.0, "x"))
    (day,) = scene.report(DAY_5).corrections.parameters[0].days

    assert (day.before.judgement, day.after.judgement) == (Judgement.BEYOND, Judgement.WITHIN)


def test_an_exceedance_only_in_raw_values_is_named_as_such(corrected: Scene) -> None:
    report = corrected.report(until=D6)
    found = [(one.seen, one.raw.peak) for one in report.corrections.episodes if one.raw]

    assert found == [(Seen.RAW_ONLY, 9.4), (Seen.RAW_ONLY, 9.2)]
    assert report.corrections.raw_only == 2
    assert len(report.episodes) == 1  # that before the correction


def test_an_exceedance_only_in_corrected_values_is_named_as_such(scene: Scene) -> None:
    scene.measured("ph", D5, HOUR, [8.8] * 60)
    scene.corrections.add("c", Correction(OUTLET, "ph", at(scene, D5, 0), 0.5, 1.0, "x"))
    (one,) = scene.report(DAY_5).corrections.episodes

    assert (one.seen, one.raw, one.corrected and one.corrected.peak) == (Seen.CORRECTED_ONLY, None, 9.3)


def test_an_exceedance_in_both_has_both_peaks(scene: Scene) -> None:
    scene.measured("ph", D5, HOUR, [9.5] * 60)
    scene.corrections.add("c", Correction(OUTLET, "ph", at(scene, D5, 0), -0.25, 1.0, "x"))
    (one,) = scene.report(DAY_5).corrections.episodes

    assert one.seen is Seen.BOTH
    assert (one.raw and one.raw.peak, one.corrected and one.corrected.peak) == (9.5, 9.25)


def test_a_correction_that_ended_before_the_period_is_not_of_it(corrected: Scene) -> None:
    corrected.corrections.add("c2", Correction(OUTLET, "ph", at(corrected, D5, 18), 0.0, 1.0, "selesai"))
    assert corrected.report(DAY_6).corrections.used == ()


def test_the_end_of_a_correction_is_told_in_its_period(corrected: Scene) -> None:
    corrected.corrections.add("c2", Correction(OUTLET, "ph", at(corrected, D5, 18), 0.0, 1.0, "selesai"))
    first, second = corrected.report(DAY_5).corrections.used

    assert (first.stop, second.ends) == (second.start, True)


def test_a_correction_of_the_flow_gives_both_volumes(scene: Scene) -> None:
    scene.measured("flow_rate", D5, 0, [2.0] * 1440)
    scene.corrections.add("c", Correction("debit-outlet", "flow_rate", at(scene, D5, 0), 0.0, 0.5, "x"))
    volume = scene.report(DAY_5).corrections.volume

    assert volume is not None
    assert (volume.before, volume.after) == (pytest.approx(48.0, abs=0.1), pytest.approx(24.0, abs=0.1))


@pytest.fixture
def judged(scene: Scene) -> Scene:
    """Two hours of pH 9.5 on 5 October, which a person says were measured in air."""
    scene.measured("ph", D5, 0, [7.0] * 1440)
    scene.measured("ph", D5, 10 * HOUR, [9.5] * 119 + [9.8])
    _judge(scene, 9.5, 12.5)
    return scene


def _judge(scene: Scene, start: float, stop: float, **more: object) -> None:
    said = HandJudgement(OUTLET, "ph", at(scene, D5, start), at(scene, D5, stop), Category.SENSOR_IN_AIR,
                         description="diangkat")  # fmt: skip
    scene.judged("j1", said, **more)  # type: ignore[arg-type]


def test_a_judgement_by_hand_tells_what_it_took_out(judged: Scene) -> None:
    (one,) = judged.report(DAY_5).judgements.used

    assert (one.category, one.kind, one.description, one.written.who) == ("sensor_in_air", None, "diangkat", "dewi")
    assert (one.readings, one.time, one.exceedances) == (180, 3 * HOUR, 1)


def test_the_exceedance_that_is_not_counted_any_more_stands_with_its_peak(judged: Scene) -> None:
    report = judged.report(DAY_5)
    (one,) = report.judgements.set_aside

    assert report.episodes == ()
    assert (one.start, one.stop, one.peak) == (at(judged, D5, 10), at(judged, D5, 12), 9.8)
    assert (one.wholly, one.left, one.judgements) == (True, 0, ("j1",))
    assert (report.judgements.wholly, report.judgements.partly) == (1, 0)


def test_an_exceedance_that_is_only_shortened_says_so(judged: Scene) -> None:
    _judge(judged, 11, 12.5, note="hanya sebagian")
    (one,) = judged.report(DAY_5).judgements.set_aside

    assert (one.wholly, one.left) == (False, HOUR)


def test_an_exceedance_outside_a_judgement_is_not_set_aside(judged: Scene) -> None:
    judged.measured("ph", D5, 20 * HOUR, [9.5] * 60)
    report = judged.report(DAY_5)

    assert (len(report.episodes), len(report.judgements.set_aside)) == (1, 1)


def test_an_earlier_version_of_a_judgement_stays(judged: Scene) -> None:
    _judge(judged, 10, 11, who="siti", at=500, note="terlalu lama")
    (one,) = judged.report(DAY_5).judgements.used

    assert (one.written.revision, one.written.who, one.written.note) == (2, "siti", "terlalu lama")
    assert [was.stop - was.start for was in one.earlier] == [3 * HOUR]


def test_a_judgement_of_the_plant_has_the_kind_of_the_form(scene: Scene) -> None:
    for name, category in (("a", Category.POWER_CUT), ("b", Category.NATURAL_DISASTER)):
        scene.judged(name, HandJudgement(OUTLET, "ph", at(scene, D5, 1), at(scene, D5, 2), category))
    kinds = [one.kind for one in scene.report(DAY_5).judgements.used]

    assert kinds == [ConditionKind.ABNORMAL, ConditionKind.EMERGENCY]


def test_a_judgement_across_the_period_counts_what_is_in_it(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 2880)
    start = at(scene, D5, 20)
    scene.judged("j", HandJudgement(OUTLET, "ph", start, start + DAY, Category.NO_FLOW))
    (one,) = scene.report(DAY_5).judgements.used

    assert (one.readings, one.time) == (240, 4 * HOUR)


def test_a_judgement_from_within_a_minute_counts_reading_by_reading(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 60, every=10_000)
    start = at(scene, D5, 0) + 30_000
    scene.judged("j", HandJudgement(OUTLET, "ph", start, start + 2 * MINUTE + 15_000, Category.NO_FLOW))

    assert scene.report(DAY_5).judgements.used[0].readings == 14


def test_calibration_mode_stands_among_them(scene: Scene) -> None:
    start = at(scene, D5, 9)
    scene.checks.add("m1", FunctionCheck(OUTLET, ("ph", "cod"), start, start + HOUR, "cek buffer"))
    (one, other) = scene.report(DAY_5).judgements.used

    assert {one.metric, other.metric} == {"ph", "cod"}
    assert (one.category, one.description) == ("function_check", "cek buffer")


def test_a_report_nobody_touched_has_nothing_of_it(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [9.5] * 60)
    report: ComplianceReport = scene.report(DAY_5)

    assert (report.corrections.used, report.corrections.parameters, report.corrections.episodes) == ((), (), ())
    assert (report.judgements.used, report.judgements.set_aside) == ((), ())
