"""Sites, devices, profiles, rules, limit sets, readings, counters, health: what is there is told."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import httpx
import pytest

from domain.message import DeadLetter
from domain.services import Services
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from support.app import MovedClock, add_readings


def items(client: httpx.Client, path: str) -> list[dict[str, object]]:
    body = client.get(f"/api/v1/{path}").json()
    assert body.keys() == {"items", "next"}
    found: list[dict[str, object]] = body["items"]
    return found


def test_a_site_has_its_stages_in_order(admin: httpx.Client) -> None:
    site = admin.get("/api/v1/sites/batik").json()
    assert [stage["id"] for stage in site["stages"]] == ["inlet", "outlet"]
    assert site["compliance_points"][0]["limit_set"] == "uji"


def test_a_device_has_the_shape_that_programs_rely_on(admin: httpx.Client) -> None:
    device = items(admin, "devices?site=alas-kaki")[0]
    shown = {key: device[key] for key in ("id", "site", "stage", "profile", "status")}
    assert shown == {
        "id": "press-1", "site": "alas-kaki", "stage": "line-3", "profile": "house-hot-press", "status": "in_service",
    }  # fmt: skip


def test_a_device_comes_with_its_metrics_and_rules(admin: httpx.Client) -> None:
    device = admin.get("/api/v1/devices/ipal-outlet").json()
    assert "ph" in {metric["metric"] for metric in device["metrics"]}
    assert {"limit", "no_data"} <= {rule["kind"] for rule in device["rules"]}


def test_pages_of_devices_follow_each_other(admin: httpx.Client) -> None:
    first = admin.get("/api/v1/devices?limit=2").json()
    second = admin.get(f"/api/v1/devices?limit=2&cursor={first['next']}").json()
    assert [one["id"] for one in first["items"] + second["items"]] == ["debit-outlet", "ipal-outlet", "press-1"]
    assert second["next"] is None


@pytest.mark.parametrize(("noun", "some"), [("profiles", "name"), ("rules", "id"), ("limit-sets", "id")])
def test_lists_are_sorted_and_paged(admin: httpx.Client, noun: str, some: str) -> None:
    every = [one[some] for one in items(admin, noun)]
    page = admin.get(f"/api/v1/{noun}?limit=1").json()
    assert every == sorted(every)  # type: ignore[type-var]
    assert [one[some] for one in page["items"]] == every[:1]


def test_a_latest_reading_has_the_shape_that_programs_rely_on(admin: httpx.Client, services: Services) -> None:
    add_readings(services, "ipal-outlet", "ph", [7.0, 7.25])
    assert items(admin, "readings/latest?site=batik&device=ipal-outlet&metric=ph") == [
        {
            "site": "batik",
            "device": "ipal-outlet",
            "metric": "ph",
            "unit": "pH",
            "time": "2026-11-21T05:00:00.000Z",
            "value": 7.25,
            "quality": 1,
            "reason": None,
        }
    ]


def test_pages_of_latest_readings_follow_each_other(admin: httpx.Client, services: Services) -> None:
    for device, metric in (("ipal-outlet", "ph"), ("ipal-outlet", "cod"), ("press-1", "run")):
        add_readings(services, device, metric, [1.0])
    first = admin.get("/api/v1/readings/latest?limit=2").json()
    second = admin.get(f"/api/v1/readings/latest?limit=2&cursor={first['next']}").json()
    assert [one["metric"] for one in first["items"] + second["items"]] == ["run", "cod", "ph"]


def test_a_series_is_cut_into_at_most_the_points_asked_for(admin: httpx.Client, services: Services) -> None:
    add_readings(services, "ipal-outlet", "ph", [7.0, 7.5, 8.0, 7.5] * 30)
    path = "readings?device=ipal-outlet&metric=ph&start=2026-11-21T03:00:00Z&stop=2026-11-21T05:00:01Z"
    buckets = items(admin, f"{path}&max_points=10")
    assert 0 < len(buckets) <= 10
    assert sum(one["count"] for one in buckets) == 120  # type: ignore[misc]
    assert buckets[0].keys() == {"time", "min", "mean", "max", "count", "quality", "bad"}


def test_times_with_another_zone_are_understood(admin: httpx.Client, services: Services) -> None:
    add_readings(services, "ipal-outlet", "ph", [7.0])
    path = "readings?device=ipal-outlet&metric=ph&start=2026-11-21T11:59:00%2B07:00&stop=2026-11-21T12:00:01%2B07:00"
    assert len(items(admin, path)) == 1


def test_days_are_those_of_the_site(admin: httpx.Client, services: Services, clock: MovedClock) -> None:
    clock.move(12.5 * 3600)  # 17:30 UTC is half past midnight of the next day in Mojokerto
    add_readings(services, "debit-outlet", "flow_rate", [2.0] * 61)
    path = "readings/daily?device=debit-outlet&metric=flow_rate&from=2026-11-20&to=2026-11-22"
    assert [(one["day"], one["count"]) for one in items(admin, path)] == [("2026-11-21", 30), ("2026-11-22", 31)]


def test_states_of_a_machine_are_told(admin: httpx.Client, services: Services) -> None:
    add_readings(services, "press-1", "run", [1, 1, 1, 0, 0, 0], step=10_000)
    path = "readings/states?device=press-1&start=2026-11-21T04:59:10Z&stop=2026-11-21T05:00:00Z"
    assert [one["state"] for one in items(admin, path)] == ["executing", "not_executing"]


def test_counters_are_told_per_device_and_in_all(admin: httpx.Client, services: Services) -> None:
    add_readings(services, "ipal-outlet", "ph", [7.0, 7.1])
    body = admin.get("/api/v1/counters").json()
    assert body["total"]["received"] == body["total"]["written"] == 2
    assert [(one["device"], one["readings"]) for one in body["devices"]] == [("ipal-outlet", 2)]
    assert {reader["reader"] for reader in body["journal"]["readers"]} == {"store", "alerts"}


def test_messages_in_flight_are_told_as_the_collector_last_said(
    admin: httpx.Client, services: Services, clock: MovedClock
) -> None:
    services.heartbeats.beat("collector", clock(), {"state": "disk_full", "in_flight": 7})
    assert admin.get("/api/v1/counters").json()["in_flight"] == 7
    assert "\npantau_messages_in_flight 7.0\n" in admin.get("/metrics").text


def test_of_a_silent_collector_nobody_knows_what_is_in_flight(
    admin: httpx.Client, services: Services, clock: MovedClock
) -> None:
    services.heartbeats.beat("collector", clock(), {"state": "running", "in_flight": 7})
    clock.move(31)
    assert admin.get("/api/v1/counters").json()["in_flight"] is None
    assert "pantau_messages_in_flight" not in admin.get("/metrics").text


def test_dead_letters_let_go_for_want_of_room_are_told(
    admin: httpx.Client, services: Services, tmp_path: Path
) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'pantau.db'}")) as database:
        broken = DeadLetter("pantau/x/y/telemetry", b"{", services.clock(), "bad_json", "")
        SqlDeadLetterBox(database, keep=2).add([broken] * 5)
    counters = admin.get("/api/v1/counters").json()
    assert (counters["dead_letters_waiting"], counters["dead_letters_dropped"]) == (2, 3)
    assert "pantau_dead_letters_dropped_total 3.0" in admin.get("/metrics").text


def test_health_says_when_the_alerts_were_last_checked(
    admin: httpx.Client, services: Services, clock: MovedClock
) -> None:
    services.heartbeats.beat("alerts", clock(), {"state": "ok", "ticks": 3, "missed": 1, "failed": 0})
    clock.move(4)
    parts = {one["part"]: one for one in admin.get("/api/v1/health").json()["parts"]}
    assert (parts["alerts"]["status"], parts["alerts"]["message"]) == ("ok", "last check 4 s ago")
    assert parts["collector"]["status"] == "unknown"
    assert {"broker", "store", "forwarder", "journal"} <= parts.keys()


def test_a_part_that_fell_silent_is_late(admin: httpx.Client, services: Services, clock: MovedClock) -> None:
    services.heartbeats.beat("alerts", clock(), {"state": "ok"})
    clock.move(60)
    health = admin.get("/api/v1/health").json()
    assert health["status"] == "degraded"
    assert {one["part"]: one["status"] for one in health["parts"]}["alerts"] == "late"


def test_a_sign_given_before_the_clock_was_set_back_is_no_sign(
    admin: httpx.Client, services: Services, clock: MovedClock
) -> None:
    services.heartbeats.beat("alerts", clock() + 3_600_000, {"state": "ok"})
    health = admin.get("/api/v1/health").json()
    assert {one["part"]: one["status"] for one in health["parts"]}["alerts"] == "late"


def test_probes_need_no_key(stranger: httpx.Client) -> None:
    assert stranger.get("/health/live").json() == {"status": "alive"}
    assert stranger.get("/health/ready").json() == {"status": "ready"}


def test_metrics_speak_prometheus(stranger: httpx.Client, services: Services, clock: MovedClock) -> None:
    add_readings(services, "ipal-outlet", "ph", [7.0])
    services.heartbeats.beat("alerts", clock(), {"state": "ok", "ticks": 3, "missed": 1, "failed": 0})
    text = stranger.get("/metrics").text
    for line in (
        'pantau_messages_received_total{device="ipal-outlet"} 1.0',
        'pantau_messages_dropped_total{device="ipal-outlet"} 0.0',
        'pantau_journal_depth_rows{reader="store"} 1.0',
        'pantau_alerts_open{priority="high"} 0.0',
        "pantau_alerts_last_tick_age_seconds 0.0",
        "pantau_ticks_missed_total 1.0",
    ):
        assert line in text


def test_dead_letters_are_listed_and_replayed(admin: httpx.Client, services: Services) -> None:
    letter = DeadLetter("pantau/batik/pompa-9/telemetry", b"\xff{", services.clock(), "bad_json", "at byte 0")
    services.dead_letters.add([letter])
    shown = items(admin, "dead-letters?reason=bad_json")[0]
    assert (shown["payload"], shown["text"], shown["size"]) == ("/3s=", None, 2)
    answer = admin.post("/api/v1/dead-letters/replay", json={"reason": "bad_json"})
    assert answer.json() == {"replayed": 2, "refused": 1}
    assert admin.get("/api/v1/audit").json()["items"][0]["action"] == "replay"
