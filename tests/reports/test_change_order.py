"""What a revision tells first: what people did; figures that follow are folded by parameter, and none is lost."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from domain.calibration import Correction
from domain.finished_report import Change
from domain.report_period import PeriodKind, midnight, period_of
from domain.report_records import EpisodeNote, LabResult, Operator
from reports.changes import changes
from support.report_scene import HOUR, POINT, Scene

OCTOBER = period_of(PeriodKind.MONTH, "2026-10")
FIRST = date(2026, 10, 1)


def corrected(scene: Scene, days: int = 31) -> tuple[tuple[Change, ...], int]:
    """A month of pH that somebody corrected afterwards from its first day on, and a laboratory's result."""
    for n in range(days):
        scene.measured("ph", FIRST + timedelta(n), 12 * HOUR, [7.0] * 60)
    before = scene.report(OCTOBER)
    start = midnight(FIRST, scene.zone)
    scene.corrections.add("c1", Correction("ipal-outlet", "ph", start, 0.5, 1.0, "N"), "siti", start + 40 * 24 * HOUR)
    scene.books.lab.append(result(Operator.EQUAL, 41.5))
    return changes(before, scene.report(OCTOBER))


def result(operator: Operator, number: float, revision: int = 1) -> LabResult:
    """Of BOD on 7 October."""
    return LabResult("1", POINT, "bod", operator, number, "mg/L", date(2026, 10, 7), revision=revision)


def test_what_people_did_comes_before_what_follows_from_it(scene: Scene) -> None:
    found, _ = corrected(scene)
    assert found[0].where.id.startswith("Koreksi nilai")
    folded = [one.group is not None for one in found]
    assert folded == sorted(folded)


def test_days_of_a_parameter_are_folded_under_how_many_they_are(scene: Scene) -> None:
    found, _ = corrected(scene, days=20)
    assert {one.group.id for one in found if one.group} == {"pH: 20 hari berubah (60 angka)"}


def test_nothing_of_a_month_is_left_out(scene: Scene) -> None:
    found, left_out = corrected(scene)
    assert (len(found) > 93, left_out) == (True, 0)


def test_a_result_below_the_detection_limit_keeps_its_sign(scene: Scene) -> None:
    before = scene.report(OCTOBER)
    scene.books.lab.append(result(Operator.BELOW, 0.0033))
    found, _ = changes(before, scene.report(OCTOBER))
    assert any("<0,0033 mg/L" in one.after.id for one in found)


def test_a_number_that_became_a_detection_limit_is_one_change(scene: Scene) -> None:
    scene.books.lab.append(result(Operator.EQUAL, 2.0))
    before = scene.report(OCTOBER)
    scene.books.lab[0] = result(Operator.BELOW, 2.0, 2)
    found, _ = changes(before, scene.report(OCTOBER))
    told = [(one.before.id, one.after.id) for one in found if one.where.id.endswith(("nilai", "operator"))]
    assert told == [("2 mg/L", "<2 mg/L")]


def test_a_cause_that_was_filled_in_is_told_first_and_by_name(scene: Scene) -> None:
    scene.measured("ph", FIRST, 12 * HOUR, [3.0] * 60)
    before = scene.report(OCTOBER)
    start = midnight(FIRST, scene.zone) + 12 * HOUR
    scene.books.notes.append(EpisodeNote(POINT, "ph", start, start + HOUR, "asam tumpah"))
    found, _ = changes(before, scene.report(OCTOBER))
    assert [(one.where.id, one.before.id, one.after.id) for one in found] == [
        ("Kejadian melebihi baku mutu: pH 01/10/2026 12.00, penyebab", "tidak ada", "asam tumpah")
    ]


def test_the_compliance_point_is_named(scene: Scene) -> None:
    before = scene.report(OCTOBER)
    outlets = tuple(msgspec.structs.replace(one, water_body="Kali Brantas") for one in before.company.outlets)
    after = msgspec.structs.replace(before, company=msgspec.structs.replace(before.company, outlets=outlets))
    assert not any(POINT in one.where.id for one in changes(before, after)[0])
