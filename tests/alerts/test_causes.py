"""One cause, one alert: what silences many at once, told as stories of a whole plant.

Every story is played twice: straight, and with a restart every fifteen seconds, which forgets all that is
in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.causes.defaults import default_rule
from domain.alert import AlertEvent, AlertState, RuleStatus
from domain.system_condition import SystemCondition
from support.plant_stage import PlantStage, Thing, behind

OUTLET, INLET = Thing("outlet"), Thing("inlet", stage="inlet")
NEWS = (AlertEvent.RAISED, AlertEvent.REOCCURRED, AlertEvent.UNSUPPRESSED, AlertEvent.CHATTERING)


@pytest.fixture(params=[False, True], ids=["straight", "forgetful"])
def plant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlantStage]:
    """An empty plant."""
    stage = PlantStage(tmp_path)
    stage.forgetful = request.param
    yield stage
    stage.close()


def exceeding(plant: PlantStage) -> list[Thing]:
    """The devices behind the gateway; the first of them is over its pH limit."""
    things = behind("gw", 3)
    plant.build(OUTLET, INLET, *things)
    plant.value["gw-0"] = 9.5
    plant.run(20)
    return things


def lose(plant: PlantStage, things: list[Thing]) -> None:
    """They fall silent, long enough for their cause to be named."""
    plant.mute(things)
    plant.run(120)


def test_a_gateway_with_forty_devices_that_dies_is_one_alert(plant: PlantStage) -> None:
    lost = behind("gw", 40)
    plant.build(OUTLET, INLET, *lost)
    plant.mute(lost)
    plant.run(300)

    assert plant.raised() == ["system.gateway_silent gw"]
    assert plant.told(NEWS) == [("system.gateway_silent", AlertEvent.RAISED)]


def test_what_is_behind_a_silent_gateway_is_not_judged_and_names_its_parent(plant: PlantStage) -> None:
    lost = behind("gw", 3)
    plant.build(OUTLET, INLET, *lost)
    plant.mute(lost)
    plant.run(800)
    parent = plant.one("system.gateway_silent")
    states = [s for s in plant.states(*((thing.id, "*") for thing in lost)) if s.rule == "silence"]

    assert {(state.status, state.parent) for state in states} == {(RuleStatus.NOT_JUDGED, parent.id)}


def test_a_whole_site_that_goes_dark_is_one_alert_of_the_site(plant: PlantStage) -> None:
    lost = [*behind("gw", 5), OUTLET, INLET]
    plant.build(*lost, Thing("press-1", "sepatu"), Thing("press-2", "sepatu"))
    plant.mute(lost)
    plant.run(300)

    assert plant.raised() == ["system.site_silent pantau"]
    assert plant.one("system.site_silent").site == "batik"


def test_when_no_site_speaks_any_more_that_is_one_alert_of_all(plant: PlantStage) -> None:
    lost = [OUTLET, INLET, Thing("press-1", "sepatu"), Thing("press-2", "sepatu")]
    plant.build(*lost)
    plant.mute(lost)
    plant.run(300)

    assert plant.raised() == ["system.all_silent pantau"]


def test_one_silent_device_among_others_has_an_alert_of_its_own_within_seconds(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET, *behind("gw", 3))
    plant.mute([OUTLET])
    plant.run(80)

    assert plant.ringing() == ["silence outlet"]


def test_the_only_device_of_a_site_has_an_alert_of_its_own(plant: PlantStage) -> None:
    plant.build(OUTLET, Thing("press-1", "sepatu"), Thing("press-2", "sepatu"))
    plant.mute([OUTLET])
    plant.run(120)

    assert plant.ringing() == ["silence outlet"]


def test_of_two_devices_that_die_days_apart_neither_speaks_for_the_site(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET, Thing("press-1", "sepatu"), Thing("press-2", "sepatu"))
    plant.mute([OUTLET])
    plant.run(200)
    plant.mute([INLET])
    plant.run(200)

    assert plant.ringing() == ["silence inlet", "silence outlet"]


def test_the_parent_returns_with_the_first_word_and_nobody_else_rings(plant: PlantStage) -> None:
    lost = behind("gw", 5)
    plant.build(OUTLET, INLET, *lost)
    plant.mute(lost)
    plant.run(300)
    plant.unmute(lost)
    plant.run(200)

    assert plant.raised() == ["system.gateway_silent gw"]
    assert plant.one("system.gateway_silent").state is AlertState.RETURNED


def test_a_child_that_stays_silent_after_its_parent_gets_an_alert_of_its_own(plant: PlantStage) -> None:
    lost = behind("gw", 5)
    plant.build(OUTLET, INLET, *lost)
    plant.mute(lost)
    plant.run(300)
    plant.unmute(lost[1:])
    plant.run(40)
    assert plant.ringing() == []
    plant.run(60)

    assert plant.ringing() == ["silence gw-0"]


def test_an_open_alert_behind_a_cause_is_suppressed_and_comes_back_with_its_data(plant: PlantStage) -> None:
    lost = exceeding(plant)
    lose(plant, lost)
    parent, child = plant.one("system.gateway_silent"), plant.one("ph-outlet")
    assert (child.state, child.parent) == (AlertState.SUPPRESSED, parent.id)

    plant.unmute(lost)
    plant.run(20)
    assert plant.one("ph-outlet").state is AlertState.UNACKNOWLEDGED
    assert plant.events(child) == [AlertEvent.RAISED, AlertEvent.SUPPRESSED, AlertEvent.UNSUPPRESSED]


def test_an_acknowledged_child_is_acknowledged_after_its_cause(plant: PlantStage) -> None:
    lost = exceeding(plant)
    plant.desk.acknowledge(plant.one("ph-outlet").id, "sari", None, plant.clock)
    lose(plant, lost)
    plant.unmute(lost)
    plant.run(30)

    assert plant.one("ph-outlet").state is AlertState.ACKNOWLEDGED


def test_a_child_whose_water_is_right_again_is_over_after_its_cause(plant: PlantStage) -> None:
    lost = exceeding(plant)
    lose(plant, lost)
    plant.value.clear()
    plant.unmute(lost)
    plant.run(30)

    assert plant.one("ph-outlet").state is AlertState.NORMAL


def test_a_child_that_says_nothing_after_its_cause_comes_back_after_its_wait(plant: PlantStage) -> None:
    lost = exceeding(plant)
    lose(plant, lost)
    plant.unmute(lost[1:])
    plant.run(120)

    assert plant.ringing() == ["ph-outlet gw-0", "silence gw-0"]


def test_a_shelf_that_ends_behind_a_cause_does_not_ring(plant: PlantStage) -> None:
    lost = exceeding(plant)
    plant.desk.shelve(plant.one("ph-outlet").id, "sari", plant.clock + 200_000, "kalibrasi", plant.clock)
    plant.mute(lost)
    plant.run(300)

    assert plant.one("ph-outlet").state is AlertState.SUPPRESSED
    assert plant.ringing() == ["system.gateway_silent gw"]


def test_what_a_logger_kept_during_the_outage_is_found_late(plant: PlantStage) -> None:
    lost = behind("gw", 3)
    plant.build(OUTLET, INLET, *lost)
    plant.mute(lost)
    plant.run(300)
    plant.unmute(lost)
    plant.run(10)
    thing = plant.things[-3]
    plant.arrive(*(plant.say(thing, 9.7, ago=ago) for ago in range(200, 100, -10)))
    plant.run(10)
    late = plant.one("ph-outlet", thing.id)

    assert late.found_late
    assert plant.ringing() == []


def test_a_larger_cause_takes_the_smaller_as_its_child(plant: PlantStage) -> None:
    lost = behind("gw", 3)
    plant.build(OUTLET, INLET, *lost, Thing("press-1", "sepatu"), Thing("press-2", "sepatu"))
    plant.mute(lost)
    plant.run(120)
    plant.mute([OUTLET, INLET])
    plant.run(120)
    gateway, site = plant.one("system.gateway_silent"), plant.one("system.site_silent")
    assert (gateway.state, gateway.parent) == (AlertState.SUPPRESSED, site.id)

    plant.unmute([OUTLET, INLET])
    plant.run(30)
    assert plant.ringing() == ["system.gateway_silent gw"]


# ── what a gateway's own connection says ──────────────────────────────────────────────────────────


def test_a_gateway_whose_connection_broke_is_the_cause_at_once(plant: PlantStage) -> None:
    lost = behind("gw", 5)
    plant.build(OUTLET, INLET, *lost)
    plant.mute(lost)
    plant.arrive(plant.say(Thing("gw"), 0.0, "online"))
    plant.run(35)
    assert plant.ringing() == ["system.gateway_offline gw"]

    plant.run(300)
    assert plant.raised() == ["system.gateway_offline gw"]


def test_a_gateway_that_reconnects_within_seconds_is_no_news(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET, *behind("gw", 5))
    plant.arrive(plant.say(Thing("gw"), 0.0, "online"))
    plant.run(10)
    plant.arrive(plant.say(Thing("gw"), 1.0, "online"))
    plant.run(120)

    assert plant.raised() == []


def test_devices_that_speak_show_that_their_gateway_is_back(plant: PlantStage) -> None:
    lost = behind("gw", 5)
    plant.build(OUTLET, INLET, *lost)
    plant.mute(lost)
    plant.arrive(plant.say(Thing("gw"), 0.0, "online"))
    plant.run(100)
    plant.unmute(lost)
    plant.run(100)

    assert plant.ringing() == []
    assert plant.raised() == ["system.gateway_offline gw"]


# ── Pantau itself, and what it stands on ──────────────────────────────────────────────────────────


def test_while_the_broker_is_away_nobody_is_silent(plant: PlantStage) -> None:
    everything = [OUTLET, INLET, *behind("gw", 5), Thing("press-1", "sepatu"), Thing("press-2", "sepatu")]
    plant.build(*everything)
    plant.signs["broker"] = {"state": "away", "error": "connection refused"}
    plant.mute(everything)
    plant.run(600)
    assert plant.raised() == ["system.broker_down pantau"]

    plant.signs["broker"] = {"state": "connected"}
    plant.run(10)
    plant.unmute(everything)
    plant.run(100)
    assert plant.raised() == ["system.broker_down pantau"]
    assert plant.ringing() == []


def test_a_broker_that_was_away_for_a_moment_starts_every_wait_anew(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET, *behind("gw", 5))
    everything = plant.things
    plant.signs["broker"] = {"state": "away"}
    plant.mute(everything)
    plant.run(50)
    plant.signs["broker"] = {"state": "connected"}
    plant.run(40)
    plant.unmute(everything)
    plant.run(30)

    assert plant.raised() == []


def test_a_collector_without_a_sign_of_life_is_the_cause(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET)
    plant.signs.clear()
    plant.mute([OUTLET, INLET])
    plant.run(300)

    assert plant.raised() == ["system.collector_down pantau"]


def test_a_collector_whose_disk_is_full_is_the_cause(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET)
    plant.signs["collector"] = {"state": "disk_full", "error": "no space left on device"}
    plant.mute([OUTLET, INLET])
    plant.run(300)
    alert = plant.one("system.collector_blocked")

    assert plant.raised() == ["system.collector_blocked pantau"]
    assert plant.life(alert)[0].comment == "no space left on device"


def test_a_store_that_is_away_suppresses_nothing(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET)
    plant.signs["store"] = {"state": "failing", "error": "503"}
    plant.mute([OUTLET])
    plant.run(200)

    assert plant.ringing() == ["silence outlet", "system.store_down pantau"]


def test_a_full_disk_rings_before_it_is_full_and_returns_with_room_to_spare(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET)
    plant.free = 0.08
    plant.run(120)
    assert plant.ringing() == ["system.disk_low pantau"]

    plant.free = 0.11
    plant.run(60)
    assert plant.ringing() == ["system.disk_low pantau"]

    plant.free = 0.13
    plant.run(60)
    assert plant.ringing() == []


def test_each_device_whose_clock_is_off_has_its_alert(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET)
    plant.signs["quality"] = {"wrong_clocks": "inlet, outlet, stranger"}
    plant.run(400)
    assert plant.ringing() == ["system.clock_skew inlet", "system.clock_skew outlet"]

    plant.signs["quality"] = {"wrong_clocks": None}
    plant.run(60)
    assert plant.ringing() == []


# ── out of operation ──────────────────────────────────────────────────────────────────────────────


def test_nothing_of_a_place_out_of_operation_rings(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET, *behind("gw", 3))
    plant.pause("Kuras bak", site="batik", stage="outlet")
    plant.value["outlet"] = 9.9
    plant.run(20)
    plant.mute([OUTLET, *behind("gw", 3)])
    plant.run(400)

    assert plant.ringing() == []
    assert plant.told() == []


def test_an_alert_that_stands_when_its_place_is_taken_out_of_operation_says_why_it_rests(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET)
    plant.value["outlet"] = 9.9
    plant.run(20)
    pause = plant.pause("Kuras bak", device="outlet")
    plant.run(20)
    alert = plant.one("ph-outlet")
    assert (alert.state, alert.parent, plant.life(alert)[-1].comment) == (AlertState.SUPPRESSED, None, "Kuras bak")

    plant.resume(pause)
    plant.run(20)
    assert plant.one("ph-outlet").state is AlertState.UNACKNOWLEDGED


def test_a_device_that_stays_silent_after_a_pause_is_judged_anew(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET)
    pause = plant.pause(device="outlet")
    plant.mute([OUTLET])
    plant.run(300)
    plant.resume(pause)
    plant.run(40)
    assert plant.raised() == []
    plant.run(60)

    assert plant.ringing() == ["silence outlet"]


def test_a_paused_site_is_not_missed_when_the_others_are_silent_too(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET, Thing("press-1", "sepatu"), Thing("press-2", "sepatu"))
    plant.pause(site="batik")
    plant.mute([OUTLET, INLET, Thing("press-1", "sepatu"), Thing("press-2", "sepatu")])
    plant.run(300)

    assert [rule.split()[0] for rule in plant.raised()] in (["system.all_silent"], ["system.site_silent"])


# ── floods ────────────────────────────────────────────────────────────────────────────────────────


def test_more_than_ten_alerts_in_ten_minutes_are_a_flood_until_fewer_than_five(plant: PlantStage) -> None:
    things = [Thing(f"tank-{number}") for number in range(11)]
    plant.build(*things)
    plant.value |= {thing.id: 9.9 for thing in things}
    plant.run(30)
    assert plant.one("system.flood").site == "batik"
    assert plant.one("system.flood").active

    plant.run(620)
    assert not plant.one("system.flood").active


# ── odd turns ─────────────────────────────────────────────────────────────────────────────────────


def test_a_gateway_that_was_offline_is_watched_for_silence_again(plant: PlantStage) -> None:
    lost = behind("gw", 3)
    plant.build(OUTLET, INLET, *lost)
    plant.mute(lost)
    plant.arrive(plant.say(Thing("gw"), 0.0, "online"))
    plant.run(100)
    plant.unmute(lost)
    plant.run(30)
    plant.mute(lost)
    plant.run(200)

    assert plant.ringing() == ["system.gateway_silent gw"]


def test_a_standstill_of_the_checks_is_told_once_they_run_again(plant: PlantStage) -> None:
    plant.build(OUTLET, INLET)
    plant.signs["alerts"] = {"state": "ok"}
    plant.run(5)
    plant.now += 600
    plant.run(5)
    alert = plant.one("system.tick_late")
    assert alert.value == 605.0
    plant.run(5)

    assert not plant.one("system.tick_late").active


def test_a_cause_that_its_rule_switches_off_is_none(plant: PlantStage) -> None:
    lost = behind("gw", 3)
    off = default_rule(SystemCondition.GATEWAY_SILENT).model_copy(update={"enabled": False})
    plant.build(OUTLET, INLET, *lost, rules=[off])
    plant.mute(lost)
    plant.run(120)

    assert plant.ringing() == ["silence gw", "silence gw-0", "silence gw-1", "silence gw-2"]
