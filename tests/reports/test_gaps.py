"""Gaps: real outages named, short spells only counted, what people judged shown whole, every slot accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.metrics import MetricInfo
from domain.quality import QualityInterval
from domain.reading import FAIL, Reading
from domain.report_head import Policy
from domain.report_measured import Completeness, Gap, GapCause
from domain.report_period import PeriodKind, midnight, period_of
from domain.report_records import AbnormalCondition, ConditionKind
from reports.gap_causes import Explanation, Why
from reports.minutes import Minutes
from reports.parameter import ParameterCourse
from reports.table import Printer
from reports.tables_gaps import completeness as completeness_table
from reports.tables_gaps import gaps as gaps_table
from support.report_scene import HOUR, MINUTE, OUTLET, Scene

D5 = date(2026, 10, 5)
DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")
SILENT: Why = (GapCause.DEVICE_SILENT, None)


def found(scene: Scene, metric: str = "ph") -> Completeness:
    """Of the fifth."""
    one: Completeness | None = next(
        one for one in scene.report(DAY_5).parameters if one.metric == metric
    ).completeness
    assert one is not None
    return one


def every_five(scene: Scene, start: int = 0, hours: float = 24, **more: object) -> None:
    """pH every five minutes, the slots being two."""
    scene.measured("ph", D5, start, [7.2] * round(hours * 12), every=5 * MINUTE, **more)


def at(scene: Scene, hour: float) -> int:
    """A moment of the fifth."""
    return midnight(D5, scene.zone) + round(hour * HOUR)


def told(gaps: Sequence[Gap], scene: Scene) -> list[tuple[float, float, str, str | None]]:
    """From, to (h), cause and reason."""
    day = at(scene, 0)
    return [(round((g.start - day) / HOUR, 1), round((g.stop - day) / HOUR, 1), g.cause, g.reason) for g in gaps]


# ── thin data ───────────────────────────────────────────────────────────────────────────────────


def test_a_history_thinner_than_the_slots_is_no_list_of_gaps(scene: Scene) -> None:
    every_five(scene)
    assert found(scene).gaps == ()


def test_the_slots_between_thin_readings_are_counted(scene: Scene) -> None:
    every_five(scene)
    one = found(scene)
    assert [(total.cause, total.slots) for total in one.totals] == [(GapCause.SHORT, 720 - 288)]


def test_the_thin_spacing_is_said_in_one_sentence(scene: Scene) -> None:
    every_five(scene)
    table = completeness_table(scene.report(DAY_5), Printer("id", "Asia/Jakarta"))
    said = "pH: data datang tiap ±5 menit pada 1 hari, slot 2 menit: kelengkapan paling tinggi sekitar 40,0 %."
    assert said in table.note


def test_an_outage_of_thin_data_is_named(scene: Scene) -> None:
    every_five(scene, hours=8)
    every_five(scene, 11 * HOUR, hours=13)
    assert [one[2] for one in told(found(scene).gaps, scene)] == [GapCause.NOBODY_HEARD]


def test_dense_data_say_nothing_of_spacing(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.2] * 1440)
    assert found(scene).thin is None


def test_hours_between_readings_are_outages_and_no_habit(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.2] * 12, every=2 * HOUR)
    assert (found(scene).thin, len(found(scene).gaps)) == (None, 12)


# ── causes ──────────────────────────────────────────────────────────────────────────────────────


def test_a_device_alone_was_silent_where_others_were_heard(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.2] * 480)
    scene.measured("flow_rate", D5, 0, [1.0] * 1440)
    assert told(found(scene).gaps, scene) == [(8.0, 24.0, GapCause.DEVICE_SILENT, None)]


def test_nobody_was_heard_where_all_are_silent(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.2] * 480)
    scene.measured("flow_rate", D5, 0, [1.0] * 480)
    assert told(found(scene).gaps, scene) == [(8.0, 24.0, GapCause.NOBODY_HEARD, None)]


def test_a_stretch_judged_by_hand_is_shown_whole(scene: Scene) -> None:
    """Thin readings inside it would cut it between empty slots."""
    every_five(scene)
    judged = QualityInterval("ipal-outlet", "ph", at(scene, 9), at(scene, 11), FAIL, "sensor_in_air", "teknisi")
    scene.books.intervals.append(judged)
    assert told(found(scene).gaps, scene) == [(9.0, 11.0, GapCause.BY_HAND, "sensor_in_air")]


def test_thin_bad_readings_of_one_reason_are_one_gap(scene: Scene) -> None:
    every_five(scene, hours=8)
    every_five(scene, 8 * HOUR, hours=2, quality=FAIL, reason="stuck")
    every_five(scene, 10 * HOUR, hours=14)
    assert told(found(scene).gaps, scene) == [(8.0, 9.9, GapCause.BAD_QUALITY, "stuck")]


@pytest.mark.parametrize(
    ("category", "cause"),
    [
        ("power_cut", (GapCause.POWER_CUT, None)),
        ("ipal_repair", (GapCause.CONDITION, "ipal_repair")),
        ("no_flow", (GapCause.CONDITION, "no_flow")),
    ],
)
def test_what_people_wrote_down_names_the_gap(scene: Scene, category: str, cause: Why) -> None:
    scene.measured("ph", D5, 0, [7.2] * 480)
    condition = AbnormalCondition("1", "batik", ConditionKind.ABNORMAL, category, at(scene, 8), at(scene, 24))
    scene.books.conditions_.append(condition)
    assert told(found(scene).gaps, scene) == [(8.0, 24.0, *cause)]


def test_a_pause_goes_before_a_power_cut(scene: Scene) -> None:
    condition = AbnormalCondition("1", "batik", ConditionKind.ABNORMAL, "power_cut", at(scene, 0), None)
    scene.books.conditions_.append(condition)
    scene.books.rests.append((at(scene, 0), at(scene, 12)))
    causes = [(one[0], one[1], one[2]) for one in told(found(scene).gaps, scene)]
    assert causes == [(0.0, 12.0, GapCause.PAUSE), (12.0, 24.0, GapCause.POWER_CUT)]


def test_every_cause_has_words_in_both_languages() -> None:
    for language in ("id", "en"):
        words = Printer(language, "Asia/Jakarta").words
        assert all(words(f"cause.{cause}") for cause in GapCause)


# ── every slot is accounted for ─────────────────────────────────────────────────────────────────

WIDTH = 2 * MINUTE
DAY = 24 * HOUR
START = 1_790_000_000_000 // DAY * DAY
spells = st.lists(
    st.tuples(st.sampled_from(["good", "bad", "nothing"]), st.integers(1, 400), st.integers(1, 12)), max_size=40
)
causes = st.sampled_from([(GapCause.PAUSE, None), (GapCause.BY_HAND, "sensor_in_air"), (GapCause.POWER_CUT, None)])
stretches = st.lists(st.tuples(st.integers(-100, 3000), st.integers(1, 900), causes), max_size=5)


def minutes_of(spells: list[tuple[str, int, int]], days: int) -> Minutes:
    """Spells of so many minutes in which every so-many-th minute holds a reading."""
    times: list[int] = []
    good: list[int] = []
    at = 0
    for kind, length, every in spells:
        if kind != "nothing":
            own = range(at, min(at + length, days * 1440), every)
            times += [START + minute * MINUTE for minute in own]
            good += [int(kind == "good")] * len(own)
        at += length
    ones = np.array(good, dtype=np.int64)
    value = np.where(ones > 0, 7.0, np.nan)
    return Minutes(np.array(times, dtype=np.int64), value, value, value, ones, 1 - ones)


def course_of(
    minutes: Minutes, days: int, known: list[Explanation], outage: float, interval: float
) -> ParameterCourse:
    """The days one by one."""

    def raw(start: int, stop: int) -> list[Reading]:
        return []

    info = MetricInfo("ph", "pH", OUTLET, interval=interval)
    course = ParameterCourse(info, Policy(outage=outage), raw, lambda start, stop: SILENT)
    for n in range(days):
        span = (START + n * DAY, START + (n + 1) * DAY)
        course.add_day(date(2026, 10, 1 + n), span, minutes.between(*span), None, lambda: known)
    return course


@given(spells, stretches, st.sampled_from([1.0, 3.0, 20.0]), st.sampled_from([2.0, 60.0, 300.0]))
def test_valid_slots_and_gaps_by_cause_are_the_expected_slots(
    spells: list[tuple[str, int, int]], stretches: list[tuple[int, int, Why]], outage: float, interval: float
) -> None:
    """Explanations are cut to each day, as `GapCauses` does."""
    known = [((START + a * MINUTE, START + (a + b) * MINUTE), why) for a, b, why in stretches]
    found = course_of(minutes_of(spells, 2), 2, known, outage, interval).finished(OUTLET, "x", ()).completeness
    assert found is not None
    assert found.valid + sum(total.slots for total in found.totals) == found.expected
    counted = sum(total.gaps for total in found.totals if total.cause is not GapCause.SHORT)
    assert len(found.gaps) + found.gaps_left_out == counted


def test_an_outage_across_midnight_is_one_though_its_evening_is_short() -> None:
    minutes = minutes_of([("good", 1438, 1), ("nothing", 62, 1), ("good", 2000, 1)], 2)
    found = course_of(minutes, 2, [], 3.0, 2.0).finished(OUTLET, "x", ()).completeness
    assert found is not None
    assert [(gap.cause, gap.slots) for gap in found.gaps] == [(GapCause.DEVICE_SILENT, 31)]


def test_calibration_mode_goes_before_the_pause_it_makes_and_names_who(scene: Scene) -> None:
    every_five(scene, 10 * HOUR)
    scene.books.rests = [(at(scene, 0), at(scene, 10))]
    scene.books.intervals = [
        QualityInterval("ipal-outlet", "ph", at(scene, 2), at(scene, 3), FAIL, "function_check", "siti")
    ]
    causes = [(gap.cause, gap.reason) for gap in found(scene).gaps]
    assert causes[:3] == [
        (GapCause.PAUSE, None),
        (GapCause.CALIBRATION, "function_check:siti"),
        (GapCause.PAUSE, None),
    ]
    said = completeness_table(scene.report(DAY_5), Printer("id", "Asia/Jakarta")).rows[0][-1]
    assert "kalibrasi (mode kalibrasi, siti)" in str(said)
    (listed,) = (
        row for row in gaps_table(scene.report(DAY_5), Printer("id", "Asia/Jakarta"))[0].rows if row[4] == 30
    )
    assert listed[-2:] == ("kalibrasi", "mode kalibrasi, siti")
