"""Beside a changed figure stands what changed it, where that is known."""

from __future__ import annotations

from datetime import date

from domain.calibration import Correction
from domain.condition import Category, HandJudgement
from domain.finished_report import Change
from domain.report_period import PeriodKind, midnight, period_of
from reports.changes import changes
from support.report_scene import HOUR, Scene

D5 = date(2026, 10, 5)
DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")


def at(scene: Scene, hours: float) -> int:
    """So many hours after midnight of 5 October."""
    return midnight(D5, scene.zone) + round(hours * HOUR)


def measured(scene: Scene) -> None:
    """A day of pH and of COD."""
    scene.measured("ph", D5, 0, [7.0] * 1440)
    scene.measured("cod", D5, 0, [90.0] * 1440)


def told(changed: tuple[Change, ...], where: str) -> set[str | None]:
    """What stands behind the figures of one place."""
    return {None if one.because is None else one.because.id for one in changed if one.where.id.startswith(where)}


def test_a_correction_stands_beside_the_figures_it_changed(scene: Scene) -> None:
    measured(scene)
    before = scene.report(DAY_5)
    scene.corrections.add("c1", Correction("ipal-outlet", "ph", at(scene, 12), -0.5, 1.0, "N"), "siti", at(scene, 30))
    found, _ = changes(before, scene.report(DAY_5))

    assert told(found, "Ringkasan parameter: pH") == {"karena koreksi sejak 05/10/2026 12.00 (siti)"}


def test_a_judgement_stands_beside_the_figures_it_changed(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 720 + [8.0] * 720)
    before = scene.report(DAY_5)
    said = HandJudgement("ipal-outlet", "ph", at(scene, 2), at(scene, 4), Category.SENSOR_IN_AIR)
    scene.judged("j1", said, "dewi", at(scene, 40))
    found, _ = changes(before, scene.report(DAY_5))

    assert "karena penilaian dengan tangan sejak 05/10/2026 02.00 (dewi)" in told(found, "Parameter harian: pH")


def test_a_correction_taken_out_stands_beside_them_too(scene: Scene) -> None:
    measured(scene)
    scene.corrections.add("c1", Correction("ipal-outlet", "ph", at(scene, 12), -0.5, 1.0, "N"), "siti", at(scene, 30))
    before = scene.report(DAY_5)
    scene.corrections.remove("c1", "budi", at(scene, 50), "N")
    found, _ = changes(before, scene.report(DAY_5))

    assert told(found, "Ringkasan parameter: pH") == {"karena koreksi sejak 05/10/2026 12.00 dicabut (budi)"}


def test_a_figure_of_another_parameter_names_nothing(scene: Scene) -> None:
    measured(scene)
    before = scene.report(DAY_5)
    scene.corrections.add("c1", Correction("ipal-outlet", "ph", at(scene, 12), -0.5, 1.0, "N"), "siti", at(scene, 30))
    scene.measured("cod", D5, 0, [95.0] * 60)
    found, _ = changes(before, scene.report(DAY_5))

    assert told(found, "Ringkasan parameter: COD") == {None}
