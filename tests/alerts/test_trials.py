"""What a rule would have done on stored history: the same alerts as it would have raised, at their own times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from alerts import trial_run
from alerts.rulebook import CompiledRuleBook
from alerts.trials import Trials
from domain.errors import Conflict, Invalid, NotFound
from domain.metrics import MetricInfo, MetricKind, ProfileInfo
from domain.reading import FAIL, GOOD, Millis, Reading, Series
from domain.registry import Device, DeviceStatus, Hours, Installation, Schedule, Site, SiteKind, Stage, Weekday
from domain.rule import Rule
from domain.rule_record import ServiceRecord, WhatIf
from domain.text import Text
from storage.database import Database
from storage.registry import SqlRegistry
from support.folders import with_database

T0: Millis = 1_795_219_200_000  # Saturday 2026-11-21 00:00 UTC, 07.00 WIB
DAY = 86_400
NAME = Text(id="Outlet", en="Outlet")
RULES: TypeAdapter[Rule] = TypeAdapter(Rule)
METRICS = (
    MetricInfo("ph", "pH", NAME, interval=60.0, grace=30.0),
    MetricInfo("flow_rate", "m3/h", NAME, interval=60.0, grace=30.0),
    MetricInfo("run", "1", NAME, MetricKind.STATE),
)


class Probes:
    """A profile book of one profile."""

    def profiles(self) -> list[ProfileInfo]:
        return [self.profile("probe")]

    def profile(self, name: str) -> ProfileInfo:
        if name != "probe":
            raise NotFound(name)
        return ProfileInfo("probe", NAME, "json", (), METRICS)


class History:
    """Stored readings; remembers how long the longest stretch was that was asked for at once."""

    def __init__(self) -> None:
        self.readings: dict[tuple[str, str], list[Reading]] = {}
        self.longest: Millis = 0
        self.asked: Callable[[], None] = lambda: None

    def add(self, device: str, metric: str, values: dict[float, float | None], quality: int = GOOD) -> None:
        """Values by seconds after T0."""
        series = Series("batik", device, metric, "1", "outlet")
        made = [Reading(series, T0 + round(at * 1000), value, quality) for at, value in values.items()]
        found = self.readings.setdefault((device, metric), [])
        found += made
        found.sort(key=lambda one: one.time)

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        self.asked()
        self.longest = max(self.longest, stop - start)
        return [one for one in self.readings.get((device, metric), []) if start <= one.time < stop]


def no_stage(profiles: object) -> Any:
    """What-if needs none."""
    raise AssertionError(profiles)


class Services:
    """The newest service of machines."""

    def __init__(self, *records: ServiceRecord) -> None:
        self.records = {record.device: record for record in records}

    def last(self) -> dict[str, ServiceRecord]:
        return self.records


def rule(**keys: Any) -> Rule:
    """pH above 9 at `outlet` unless told otherwise."""
    text = {"id": "x", "en": "x"}
    given: dict[str, Any] = {
        "id": "tried",
        "kind": "limit",
        "name": text,
        "action": text,
        "scope": {"metric": "ph", "device": "outlet"},
    }
    if "kind" not in keys:
        given["above"] = 9.0
    return RULES.validate_python({**given, **keys})


def installation(*rules: Rule) -> Installation:
    site = Site(
        id="batik",
        name=NAME,
        kind=SiteKind.IPAL,
        stages=(Stage(id="outlet", name=NAME), Stage(id="inlet", name=NAME)),
    )
    names = {"outlet": "outlet", "second": "outlet", "inlet": "inlet"}
    devices = tuple(Device(id=n, site="batik", stage=s, profile="probe", name=NAME) for n, s in names.items())
    resting = Device(
        id="resting", site="batik", stage="outlet", profile="probe", name=NAME, status=DeviceStatus.OUT_OF_SERVICE
    )
    night = Schedule(id="malam", name=NAME, hours=(Hours(start=time(22), end=time(6)),))
    sunday = Schedule(
        id="minggu", name=NAME, hours=(Hours(start=time(0), end=time(0), days=(Weekday.SUN,)),),
        holidays=(date(2026, 12, 27),),
    )  # fmt: skip
    return Installation(sites=(site,), devices=(*devices, resting), schedules=(night, sunday), rules=rules)


class Bench:
    """Trials over made-up history."""

    def __init__(self, registry: SqlRegistry, *serviced: ServiceRecord) -> None:
        self.history = History()
        rules = CompiledRuleBook(registry, Probes())
        self.registry = registry
        self.trials = Trials(registry, rules, Probes(), self.history, Services(*serviced), no_stage)  # type: ignore[arg-type]

    def what_if(self, tried: Rule, until: float = DAY) -> WhatIf:
        return self.trials.what_if(tried, T0, T0 + round(until * 1000))

    def episodes(self, tried: Rule, until: float = DAY) -> list[tuple[float, float | None]]:
        """Seconds after T0 at which each began and ended, oldest first."""
        return [
            ((e.start - T0) / 1000, None if e.stop is None else (e.stop - T0) / 1000)
            for e in reversed(self.what_if(tried, until).episodes)
        ]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[SqlRegistry]:
    with closing(Database(f"sqlite:///{with_database(tmp_path)}")) as database:
        made = SqlRegistry(database)
        made.apply(installation(), "test", T0)
        yield made


@pytest.fixture
def bench(registry: SqlRegistry) -> Bench:
    return Bench(registry)


def every(seconds: int, start: int, stop: int, value: float) -> dict[float, float | None]:
    return {float(at): value for at in range(start, stop, seconds)}


def test_a_limit_tells_when_it_was_broken_and_when_it_was_kept_again(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 7, 60: 9.5, 120: 9.8, 180: 9.2, 240: 7})
    (episode,) = bench.what_if(rule()).episodes
    assert ((episode.start - T0) / 1000, (episode.stop or 0) - T0) == (60, 240_000)
    assert (episode.peak, episode.limit) == (9.8, 9.0)


def test_what_holds_at_the_end_has_no_stop(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 7, 60: 9.5})
    assert bench.episodes(rule()) == [(60, None)]


def test_an_on_delay_leaves_short_ones_out(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 9.5, 60: 7, 120: 9.5, 180: 9.5, 240: 9.5, 300: 7})
    assert bench.episodes(rule(on_delay=90, above=9.0)) == [(120, 300)]


def test_bad_values_neither_raise_nor_return(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 7, 60: 9.5})
    bench.history.add("outlet", "ph", {30: 12, 90: 7}, quality=FAIL)
    assert bench.episodes(rule()) == [(60, None)]


def test_pages_join_without_a_seam(bench: Bench) -> None:
    bench.history.add("outlet", "ph", every(60, DAY - 600, DAY + 600, 9.5) | {DAY + 600.0: 7})
    assert bench.episodes(rule(), 2 * DAY) == [(DAY - 600, DAY + 600)]


def test_history_is_read_day_by_day(bench: Bench) -> None:
    bench.what_if(rule(), 30 * DAY)
    assert bench.history.longest == DAY * 1000


def test_chattering_is_counted(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {float(at): 9.5 if at % 20 else 7.0 for at in range(0, 300, 10)})
    found = bench.what_if(rule())
    assert (found.total, found.chattering) == (15, 1)


def test_a_window_is_judged_by_its_mean(bench: Bench) -> None:
    bench.history.add("outlet", "ph", every(60, 0, 3600, 9.5) | every(60, 3600, 7200, 8.0))
    tried = rule(above=9.0, window="hour", slot=60)
    assert bench.episodes(tried) == [(0, 7200)]


def test_a_stuck_value_is_found(bench: Bench) -> None:
    bench.history.add("outlet", "ph", every(60, 0, 3600, 7.0) | {3600.0: 7.3})
    assert bench.episodes(rule(kind="stuck", after=1800)) == [(0, 3600)]


def test_a_state_without_an_interval_is_waited_for_by_the_clock(bench: Bench) -> None:
    bench.history.add("outlet", "run", {0: 1, 100: 0, 5000: 1})
    tried = rule(kind="state", equals=[0], on_delay=600, scope={"metric": "run", "device": "outlet"})
    assert bench.episodes(tried) == [(100, 5000)]


def test_run_hours_count_from_the_service_noted(registry: SqlRegistry) -> None:
    bench = Bench(registry, ServiceRecord("outlet", T0 + 7_200_000, "budi", "oli"))
    bench.history.add("outlet", "run", every(300, 0, 6 * 3600, 1.0))
    tried = rule(kind="run_hours", every=3, scope={"metric": "run", "device": "outlet"})
    assert [start for start, _ in bench.episodes(tried)] == [5 * 3600]


def test_silence_of_a_device_is_ended_by_any_metric(bench: Bench) -> None:
    bench.history.add("outlet", "ph", every(60, 0, 3600, 7.0))
    bench.history.add("outlet", "flow_rate", every(60, 5400, 7200, 7.0))
    tried = rule(kind="no_data", after=300, scope={"device": "outlet"})
    assert bench.episodes(tried, 7200) == [(3540, 5400)]


def test_silence_at_the_end_goes_on(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 7.0})
    assert bench.episodes(rule(kind="no_data", after=300, scope={"device": "outlet"}), 7200) == [(0, None)]


def test_nulls_are_silence(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 7.0, 200: None, 400: None, 600: 7.0})
    assert bench.episodes(rule(kind="no_data", after=300, scope={"device": "outlet"}), 660) == [(0, 600)]


def test_a_schedule_cuts_what_holds(bench: Bench) -> None:
    bench.history.add("outlet", "ph", every(60, 0, DAY, 9.5))
    # 22.00 to 06.00 WIB are 15.00 to 23.00 UTC
    assert bench.episodes(rule(above=9.0, schedule="malam")) == [(15 * 3600, 23 * 3600)]


def test_silence_is_judged_within_the_schedule_only(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 7.0})
    tried = rule(kind="no_data", after=300, scope={"device": "outlet"}, schedule="malam")
    found = bench.what_if(tried)
    assert [(e.stop or 0) - T0 for e in found.episodes] == [23 * 3_600_000]


def test_a_composite_holds_where_its_rules_hold_together(bench: Bench) -> None:
    high = rule(id="high", above=9.0, scope={"metric": "ph"})
    flowing = rule(id="flowing", above=1.0, scope={"metric": "flow_rate"})
    bench.registry.apply(Installation(rules=(high, flowing)), "test", T0)
    bench.history.add("outlet", "ph", {0: 7, 100: 9.5, 400: 7})
    bench.history.add("second", "flow_rate", {0: 0, 200: 5, 300: 0})
    tried = rule(kind="composite", of=["high", "flowing"], scope={})
    assert bench.episodes(tried) == [(200, 300)]


def test_a_composite_by_device_needs_both_on_one_device(bench: Bench) -> None:
    high = rule(id="high", above=9.0, scope={"metric": "ph"})
    flowing = rule(id="flowing", above=1.0, scope={"metric": "flow_rate"})
    bench.registry.apply(Installation(rules=(high, flowing)), "test", T0)
    bench.history.add("outlet", "ph", {0: 7, 100: 9.5, 400: 7})
    bench.history.add("second", "flow_rate", {0: 0, 200: 5, 300: 0})
    assert bench.episodes(rule(kind="composite", of=["high", "flowing"], scope={}, place="device")) == []


def test_a_composites_delay_ends_by_the_clock(bench: Bench) -> None:
    high = rule(id="high", above=9.0)
    low = rule(id="flowing", above=1.0, scope={"metric": "flow_rate", "device": "outlet"})
    bench.registry.apply(Installation(rules=(high, low)), "test", T0)
    bench.history.add("outlet", "ph", {0: 9.5, 1000: 7})
    bench.history.add("outlet", "flow_rate", {10: 5, 900: 0})
    tried = rule(kind="composite", of=["high", "flowing"], scope={}, on_delay=100)
    assert bench.episodes(tried) == [(10, 900)]


def test_devices_out_of_service_are_left_out_and_those_without_readings_named(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 7})
    found = bench.what_if(rule(above=9.0, scope={"metric": "ph", "stage": "outlet"}))
    assert found.devices == ["outlet", "second"]
    assert "second: no readings of ph in this stretch" in [note.en for note in found.notes]


def test_what_limits_a_trial_is_said_in_both_languages(bench: Bench) -> None:
    found = bench.what_if(rule(above=9.0, scope={"metric": "ph", "stage": "outlet"}))
    assert "second: tidak ada data pH pada rentang ini" in [note.id for note in found.notes]


@pytest.mark.parametrize(
    ("tried", "field"),
    [
        ({"kind": "system", "condition": "disk_low"}, "kind"),
        ({"scope": {"metric": "ph", "device": "outlat"}, "above": 9}, "scope.device"),
        ({"schedule": "pagi", "above": 9}, "schedule"),
        ({"kind": "composite", "of": ["a", "b"], "scope": {}}, "of[0]"),
        ({"kind": "volume", "above": 5}, "scope.metric"),
    ],
)
def test_a_rule_that_cannot_be_tried_is_refused(bench: Bench, tried: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        bench.what_if(rule(**tried))
    assert refused.value.field == field


def test_one_trial_runs_at_a_time(bench: Bench) -> None:
    def again() -> None:
        with pytest.raises(Conflict):
            bench.what_if(rule())

    bench.history.asked = again
    bench.what_if(rule(), 60)


def test_a_cancelled_trial_answers_with_what_it_has_and_says_so(bench: Bench) -> None:
    bench.history.add("outlet", "ph", {0: 7, 60: 9.5, 120: 7, DAY + 60.0: 9.5, DAY + 120.0: 7})
    bench.history.asked = bench.trials.cancel
    found = bench.what_if(rule(), 3 * DAY)
    assert (found.total, found.truncated) == (1, True)
    assert found.notes[0].en.startswith("cancelled")


def test_a_trial_reads_no_more_than_its_most(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_run, "MOST_READINGS", 100)
    bench.history.add("outlet", "ph", every(60, 0, 3 * DAY, 7.0))
    found = bench.what_if(rule(), 3 * DAY)
    assert (found.readings, found.truncated) == (DAY // 60, True)


def test_nothing_of_a_trial_is_kept(bench: Bench) -> None:
    before = bench.registry.revision()
    bench.history.add("outlet", "ph", {0: 9.5})
    bench.what_if(rule())
    assert bench.registry.revision() == before
