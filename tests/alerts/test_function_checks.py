"""Calibration mode: what a probe says of its buffers neither rings nor lingers, and the water is judged afterwards.

Every story is played twice: straight, and with a restart every fifteen seconds, as after power cuts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.alert import AlertEvent, AlertState
from domain.function_check import begun
from domain.places import Places
from domain.reading import GOOD
from domain.rule import Rule
from storage.evidence_checks import SqlFunctionChecks
from storage.quality_book import SqlQualityBook
from support.alerts_stage import T0, any_rule, limit_rule
from support.plant_stage import PlantStage, Thing

OUTLET, INLET = Thing("outlet"), Thing("inlet", stage="inlet")
BUFFER = 10.01
AT_OUTLET = {"metric": "ph", "device": "outlet"}
KINDS = [
    any_rule(kind="rate_of_change", rise=1.0, over=60.0, scope=AT_OUTLET),
    any_rule(kind="stuck", after=100.0, scope=AT_OUTLET),
    any_rule(kind="quality", share=0.2, window=300.0, minimum=3, scope=AT_OUTLET),
    limit_rule(window="hour", above=7.1, coverage=0.01, scope=AT_OUTLET),
]


class Bench(PlantStage):
    """A plant whose sensors can be put into calibration mode."""

    def rebuild(self, **options: object) -> None:
        """With an engine that knows the mode."""
        super().rebuild(checks=SqlQualityBook(self.db).function_checks, **options)
        self.checks = SqlFunctionChecks(self.db, Places(self.registry))

    def calibrate(self, minutes: int = 5, device: str = "outlet") -> str:
        """From now on."""
        return self.checks.add(begun(device, ("ph",), self.clock, minutes), "sari", self.clock).id

    def finish(self, name: str) -> None:
        """Before its time."""
        found = self.checks.get(name)
        ended = replace(found.record, stop=self.clock)
        self.checks.correct(name, found.number, ended, "sari", "selesai", self.clock)

    def wobble(self, seconds: int) -> None:
        """Let time pass with a probe at `outlet` that moves as a real one does."""
        for _ in range(seconds // 10):
            self.value["outlet"] = 7.0 if self.value.get("outlet") == 7.02 else 7.02
            self.run(10)


@pytest.fixture(params=[False, True], ids=["straight", "forgetful"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A healthy outlet and inlet."""
    stage = Bench(tmp_path)
    stage.forgetful = request.param
    stage.build(OUTLET, INLET)
    yield stage
    stage.close()


def with_rules(bench: Bench, *rules: Rule) -> None:
    """The same plant with these rules only, besides silence."""
    given = bench.registry.installation()
    silence = [rule for rule in given.rules if rule.kind == "no_data"]
    bench.apply(given.model_copy(update={"rules": (*silence, *rules)}))


def test_a_buffer_beyond_the_limit_raises_no_alert(bench: Bench) -> None:
    bench.calibrate()
    bench.value["outlet"] = BUFFER
    bench.run(240)
    assert bench.raised() == []


@pytest.mark.parametrize("rule", KINDS, ids=[rule.kind for rule in KINDS])
def test_no_kind_of_rule_finds_anything_in_a_buffer_or_after_it(bench: Bench, rule: Rule) -> None:
    bench.now += 3000 - 60  # so that the hour ends soon after
    with_rules(bench, rule)
    bench.wobble(120)
    bench.calibrate()
    bench.value["outlet"] = BUFFER
    bench.run(295)
    bench.wobble(450)
    assert [alert for alert in bench.raised() if alert.startswith(rule.id)] == []


def test_a_probe_taken_off_for_cleaning_is_not_missed(bench: Bench) -> None:
    bench.calibrate()
    bench.mute([OUTLET])
    bench.run(300)
    bench.unmute([OUTLET])
    bench.run(60)
    assert bench.raised() == []


def test_a_probe_that_stays_silent_afterwards_is_missed(bench: Bench) -> None:
    bench.calibrate()
    bench.mute([OUTLET])
    bench.run(300 + 100)
    assert bench.ringing() == ["silence outlet"]


def test_it_returns_by_itself_and_the_water_is_judged_at_once(bench: Bench) -> None:
    bench.calibrate()
    bench.value["outlet"] = BUFFER
    bench.run(295)
    bench.value["outlet"] = 9.6
    bench.run(20)
    alert = bench.one("ph-outlet")
    assert (alert.state, alert.since, alert.peak) == (AlertState.UNACKNOWLEDGED, T0 + 360_000, 9.6)


def test_the_last_buffer_value_does_not_ring_when_the_mode_ends(bench: Bench) -> None:
    bench.calibrate()
    bench.value["outlet"] = BUFFER
    bench.run(295)
    bench.mute([OUTLET])
    bench.run(50)
    assert "ph-outlet outlet" not in bench.raised()


def test_ended_by_hand_it_judges_from_then_on(bench: Bench) -> None:
    mode = bench.calibrate(30)
    bench.value["outlet"] = BUFFER
    bench.run(60)
    bench.finish(mode)
    bench.run(20)
    assert bench.ringing() == ["ph-outlet outlet"]


def test_it_ends_while_the_service_is_off(bench: Bench) -> None:
    bench.calibrate()
    bench.value["outlet"] = BUFFER
    bench.run(60)
    bench.now += 1800
    bench.rebuild()
    bench.value["outlet"] = 7.0
    bench.run(60)
    assert [alert for alert in bench.raised() if alert.startswith("ph")] == []


def test_buffer_values_that_come_after_the_mode_are_found_by_nobody(bench: Bench) -> None:
    bench.calibrate()
    bench.mute([OUTLET])
    bench.run(300)
    bench.unmute([OUTLET])
    bench.run(30)
    bench.arrive(*(bench.say(OUTLET, BUFFER, ago=ago) for ago in range(300, 60, -10)))
    bench.run(30)
    assert bench.raised() == []


def test_what_was_beyond_the_limit_before_the_mode_is_still_found_late(bench: Bench) -> None:
    bench.mute([OUTLET])
    bench.run(40)
    bench.calibrate()
    bench.unmute([OUTLET])
    bench.run(300 + 30)
    bench.arrive(*(bench.say(OUTLET, 9.8, ago=ago) for ago in (360, 350)))
    bench.run(10)
    assert [(alert.rule, alert.found_late) for alert in bench.alerts()] == [("ph-outlet", True)]


def test_an_open_alert_is_not_ended_by_a_good_buffer(bench: Bench) -> None:
    bench.value["outlet"] = 9.6
    bench.run(20)
    bench.calibrate()
    bench.value["outlet"] = 7.0
    bench.run(200)
    assert bench.one("ph-outlet").active


def test_an_open_alert_has_no_peak_from_a_buffer(bench: Bench) -> None:
    bench.value["outlet"] = 9.6
    bench.run(20)
    bench.calibrate()
    bench.value["outlet"] = BUFFER
    bench.run(200)
    assert bench.one("ph-outlet").peak == 9.6


def test_an_open_alert_whose_water_is_well_after_the_mode_ends_without_ringing_again(bench: Bench) -> None:
    with_rules(bench, limit_rule(off_delay=60.0, scope=AT_OUTLET))
    bench.value["outlet"] = 9.6
    bench.run(20)
    bench.calibrate()
    bench.value["outlet"] = 7.0
    bench.run(300 + 120)
    alert = bench.one("ph-outlet")
    assert not alert.active
    assert [event for _, event in bench.told()] == [AlertEvent.RAISED]


def test_an_open_alert_whose_water_is_still_bad_after_the_mode_is_one_alert_still(bench: Bench) -> None:
    bench.value["outlet"] = 9.6
    bench.run(20)
    bench.calibrate()
    bench.run(300 + 60)
    assert bench.ringing() == bench.raised() == ["ph-outlet outlet"]


def test_a_wait_that_the_mode_interrupts_begins_anew(bench: Bench) -> None:
    with_rules(bench, limit_rule(on_delay=120.0, scope=AT_OUTLET))
    bench.value["outlet"] = 9.6
    bench.run(60)
    bench.calibrate()
    bench.run(300 + 60)
    assert bench.raised() == []
    bench.run(90)
    assert bench.ringing() == ["ph-outlet outlet"]


def test_the_other_probe_is_judged_meanwhile(bench: Bench) -> None:
    bench.calibrate()
    bench.value["inlet"] = 9.9
    bench.run(30)
    assert bench.ringing() == ["ph-outlet inlet"]


def test_the_reading_itself_stays_as_it_came(bench: Bench) -> None:
    bench.calibrate()
    bench.value["outlet"] = BUFFER
    bench.run(30)
    newest = bench.journal.tail("outlet", "ph", bench.clock - 10_000, bench.clock + 1)[-1]
    assert (newest.value, newest.quality) == (BUFFER, GOOD)
