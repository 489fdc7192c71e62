"""The id of an alert: the same for the same decision, another for another alert."""

from __future__ import annotations

from msgspec.structs import replace

from alerts.raising import Cause, alert_id

CAUSE = Cause("batik", "outlet", "ph", "pH", since=1000, at=61_000, value=9.4, limit=9.0)


def test_the_same_decision_has_the_same_id() -> None:
    assert alert_id("ph-outlet", CAUSE, 70_000) == alert_id("ph-outlet", CAUSE, 70_000)


def test_a_second_alert_of_the_series_at_the_same_moments_has_another_id() -> None:
    assert alert_id("ph-outlet", CAUSE, 70_000) != alert_id("ph-outlet", replace(CAUSE, rang=1), 70_000)
