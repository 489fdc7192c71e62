"""A report depends on nothing that happened after its last day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from msgspec.structs import replace

from domain.alert import Alert, AlertEvent, AlertState, Priority, Transition
from domain.report import ComplianceReport
from domain.report_period import PeriodKind, midnight, period_of
from reports.digest import sha256_of
from reports.formats import FORMATS
from reports.verify import Finding, verify
from support.report_scene import HOUR, MINUTE, Alerts, Scene

OCTOBER = period_of(PeriodKind.MONTH, "2026-10")
LAST, AFTER = date(2026, 10, 31), date(2026, 11, 1)


class Lived(Alerts):
    """An alert book that remembers what was done."""

    def __init__(self, alert: Alert, *steps: Transition) -> None:
        super().__init__(alert)
        self._steps = list(steps)

    def lives(self, alerts: Sequence[str]) -> dict[str, list[Transition]]:
        """All steps, of whatever period."""
        return dict.fromkeys(alerts, self._steps)


def at(scene: Scene, day: date, hour: float) -> int:
    """A moment of a local day."""
    return midnight(day, scene.zone) + round(hour * HOUR)


def raised(scene: Scene) -> Alert:
    """On the last evening, and nobody has answered."""
    return Alert(
        "a1", "batik", "ipal-outlet", "ph", "pH", "limit.titik.ph.above", "limit", Priority.HIGH,
        AlertState.UNACKNOWLEDGED, active=True, since=at(scene, LAST, 23), value=9.5, limit=9.0, peak=9.6,
    )  # fmt: skip


def step(when: int, event: AlertEvent, said: str | None = None) -> Transition:
    """Of its life."""
    return Transition("a1", when, event, AlertState.NORMAL, AlertState.NORMAL, "teknisi", comment=said)


def evening(scene: Scene) -> ComplianceReport:
    """The report of October with its alert of the last evening."""
    scene.measured("ph", LAST, 23 * HOUR, [9.5] * 60)
    scene.alerts = Lived(raised(scene), step(at(scene, LAST, 23), AlertEvent.RAISED))
    return scene.report()


def test_what_is_done_to_an_alert_next_month_leaves_the_report_as_it_is(scene: Scene) -> None:
    before = evening(scene)
    done = replace(
        raised(scene), active=False, state=AlertState.NORMAL, returned_at=at(scene, AFTER, 3),
        acknowledged_by="teknisi", acknowledged_at=at(scene, AFTER, 7), closed_at=at(scene, AFTER, 8),
    )  # fmt: skip
    life = (
        step(at(scene, LAST, 23), AlertEvent.RAISED),
        step(at(scene, AFTER, 3), AlertEvent.RETURNED),
        step(at(scene, AFTER, 7), AlertEvent.ACKNOWLEDGED, "pompa dosis diganti"),
    )
    scene.alerts = Lived(done, *life)
    after = scene.report()

    assert sha256_of(after) == sha256_of(before)
    assert (after.alerts.open, after.alerts.acknowledged) == (1, 0)


def test_an_alert_that_comes_back_next_month_stays_returned_in_this_one(scene: Scene) -> None:
    life = [step(at(scene, LAST, 23), AlertEvent.RAISED), step(at(scene, LAST, 23.5), AlertEvent.RETURNED)]
    scene.alerts = Lived(replace(raised(scene), active=False, returned_at=at(scene, LAST, 23.5)), *life)
    before = scene.report()
    scene.alerts = Lived(
        replace(raised(scene), occurrences=2), *life, step(at(scene, AFTER, 1), AlertEvent.REOCCURRED)
    )
    after = scene.report()

    assert sha256_of(after) == sha256_of(before)
    assert (after.alerts.open, after.alerts.lines[0].active) == (0, HOUR // 2)


def test_what_was_said_within_the_period_stands_in_the_report(scene: Scene) -> None:
    evening(scene)
    said = step(at(scene, LAST, 23.5), AlertEvent.ACKNOWLEDGED, "pompa dosis diganti")
    scene.alerts = Lived(raised(scene), step(at(scene, LAST, 23), AlertEvent.RAISED), said)
    report = scene.report()

    assert report.alerts.acknowledged == 1
    assert report.episodes[0].response == "pompa dosis diganti (teknisi)"


@pytest.mark.parametrize("metric", ["ph", "flow_rate", "flow_total"])
def test_readings_of_the_next_month_leave_the_report_as_it_is(scene: Scene, metric: str) -> None:
    scene.measured(metric, LAST, 0, [8.0] * 1440)
    written = FORMATS["json"](scene.report(), "id")
    scene.measured(metric, AFTER, 0, [8.0] * 30)

    assert verify(written, lambda _: scene.report()).finding is Finding.SAME


def test_an_exceedance_in_the_last_slot_is_not_said_to_go_on(scene: Scene) -> None:
    scene.measured("ph", LAST, 24 * HOUR - 2 * MINUTE, [9.5] * 2)
    scene.measured("ph", AFTER, 0, [7.0] * 60)
    text = FORMATS["csv"](scene.report(), "id").decode("utf-8-sig")

    assert "sampai akhir periode" in text
