"""Quality intervals over the API, and what they do to the readings shown."""

from __future__ import annotations

import httpx
import pytest

from domain.quality import QualityChange, QualityInterval, Replacement
from domain.services import Services
from storage.quality_book import SqlQualityBook
from support.app import NOON, add_readings

MINUTE = 60_000
STUCK = QualityInterval("ipal-outlet", "ph", NOON - 10 * MINUTE, NOON + 1, 3, "stuck", "check:stuck")
CLOCK = QualityInterval("ipal-outlet", "", NOON - 30 * MINUTE, NOON, 3, "clock_skew", "check:clock_skew")


@pytest.fixture(autouse=True)
def _judged(services: Services) -> None:
    add_readings(services, "ipal-outlet", "ph", [7.0 + n / 100 for n in range(30)])
    assert isinstance(services.quality, SqlQualityBook)
    found = [Replacement(one.device, one.metric, one.who, one.start, one.stop, [one]) for one in (STUCK, CLOCK)]
    services.quality.commit(QualityChange(1, 0, found))


def test_intervals_are_listed_newest_first_with_reason_and_who(admin: httpx.Client) -> None:
    listed = admin.get("/api/v1/quality-intervals?device=ipal-outlet").json()
    assert [(one["metric"], one["reason"], one["who"]) for one in listed["items"]] == [
        ("ph", "stuck", "check:stuck"), (None, "clock_skew", "check:clock_skew"),
    ]  # fmt: skip
    assert listed["items"][0]["start"] == "2026-11-21T04:50:00.000Z"


def test_intervals_of_one_metric_and_time_are_found(admin: httpx.Client) -> None:
    asked = {"device": "ipal-outlet", "metric": "ph", "start": "2026-11-21T04:55:00Z", "stop": "2026-11-21T05:00:00Z"}
    inside = admin.get("/api/v1/quality-intervals", params=asked).json()["items"]
    before = admin.get("/api/v1/quality-intervals", params={**asked, "start": "2026-11-20T00:00:00Z",
                       "stop": "2026-11-21T04:50:00Z"}).json()["items"]  # fmt: skip
    assert (len(inside), len(before)) == (1, 0)


def test_pages_of_intervals_follow_one_another(admin: httpx.Client) -> None:
    first = admin.get("/api/v1/quality-intervals?limit=1").json()
    second = admin.get(f"/api/v1/quality-intervals?limit=1&cursor={first['next']}").json()
    assert [page["items"][0]["reason"] for page in (first, second)] == ["stuck", "clock_skew"]
    assert second["next"] is None


def test_a_stretch_that_ends_before_it_begins_is_refused(admin: httpx.Client) -> None:
    asked = {"start": "2026-11-21T05:00:00Z", "stop": "2026-11-21T04:00:00Z"}
    assert admin.get("/api/v1/quality-intervals", params=asked).status_code == 422


def test_a_stranger_sees_no_intervals(stranger: httpx.Client) -> None:
    assert stranger.get("/api/v1/quality-intervals").status_code == 401


def test_the_newest_value_of_a_stuck_sensor_is_shown_as_it_came_and_suspect(admin: httpx.Client) -> None:
    latest = admin.get("/api/v1/readings/latest?device=ipal-outlet&metric=ph").json()["items"][0]
    assert (latest["value"], latest["quality"], latest["reason"]) == (7.29, 3, "stuck")


def test_buckets_say_that_they_are_made_of_suspect_readings(admin: httpx.Client) -> None:
    asked = "device=ipal-outlet&metric=ph&start=2026-11-21T04:40:00Z&stop=2026-11-21T05:00:00Z&max_points=2"
    buckets = admin.get(f"/api/v1/readings?{asked}").json()["items"]
    assert [(one["quality"], one["bad"]) for one in buckets] == [(1, 0), (3, 10)]
