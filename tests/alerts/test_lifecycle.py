"""The standard's diagram, as a table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from alerts.deeds import acknowledge, comment, put_back, shelve, take_out, unshelve
from alerts.lifecycle import (
    back_in_service,
    calm,
    expire_shelf,
    realarm,
    reoccurred_to,
    retire,
    returned_to,
    suppress,
    tells,
    unsuppress,
)
from alerts.state_diagram import PUT_ASIDE, STATES, over, target
from domain.alert import Alert, AlertEvent, AlertState, Priority, Transition
from domain.errors import Conflict, Invalid


def alert(state: AlertState, *, active: bool = True, until: int | None = None) -> Alert:
    return Alert("a1", "batik", "outlet", "ph", "pH", "r", "limit", Priority.HIGH, state, active, 0, 9.5, 9.0,
                 shelved_until=until)  # fmt: skip


def test_every_state_of_the_standard_has_its_arrows() -> None:
    assert set(STATES) == set(AlertState)


@pytest.mark.parametrize(
    ("state", "ends"),
    [(AlertState.UNACKNOWLEDGED, AlertState.ACKNOWLEDGED), (AlertState.RETURNED, AlertState.NORMAL)],
)
def test_acknowledging_leads_where_the_standard_says(state: AlertState, ends: AlertState) -> None:
    after, transition = acknowledge(alert(state), "sari", "seen", 7)

    assert (after.state, after.acknowledged_by, after.acknowledged_at) == (ends, "sari", 7)
    assert (transition.who, transition.at, transition.comment) == ("sari", 7, "seen")
    assert over(after) == (after.closed_at == 7)


@pytest.mark.parametrize("state", sorted(set(AlertState) - {AlertState.UNACKNOWLEDGED, AlertState.RETURNED}))
def test_nothing_else_can_be_acknowledged(state: AlertState) -> None:
    with pytest.raises(Conflict) as refused:
        acknowledge(alert(state), "sari", None, 7)

    assert refused.value.present == state


@pytest.mark.parametrize(("active", "ends"), [(True, AlertState.ACKNOWLEDGED), (False, AlertState.NORMAL)])
def test_unshelving_by_hand_acknowledges(active: bool, ends: AlertState) -> None:
    after, _ = unshelve(alert(AlertState.SHELVED, active=active, until=99), "sari", None, 7)

    assert (after.state, after.shelved_until) == (ends, None)


@pytest.mark.parametrize(("active", "ends"), [(True, AlertState.UNACKNOWLEDGED), (False, AlertState.NORMAL)])
def test_a_shelf_that_ends_by_itself_rings_again(active: bool, ends: AlertState) -> None:
    done = expire_shelf(alert(AlertState.SHELVED, active=active, until=7), 7)

    assert done is not None
    assert done[0].state is ends
    assert done[1].event is AlertEvent.UNSHELVED


def test_a_shelf_lasts_to_its_last_millisecond() -> None:
    assert expire_shelf(alert(AlertState.SHELVED, until=8), 7) is None


@pytest.mark.parametrize(("until", "reason"), [(6, "work"), (7, "work"), (8 + 7 * 86_400_000, "work"), (9, "  ")])
def test_a_shelf_needs_a_reason_and_an_end_within_seven_days(until: int, reason: str) -> None:
    with pytest.raises(Invalid):
        shelve(alert(AlertState.UNACKNOWLEDGED), "sari", until, reason, 7)


def test_a_comment_needs_words() -> None:
    with pytest.raises(Invalid):
        comment(alert(AlertState.NORMAL), "sari", " ", 7)


def test_an_alert_that_is_over_is_not_retired() -> None:
    assert retire(alert(AlertState.NORMAL), 7, "rule removed", for_good=True) is None


# ── suppressed by design ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [AlertState.UNACKNOWLEDGED, AlertState.ACKNOWLEDGED])
def test_what_holds_is_suppressed_for_the_sake_of_its_cause(state: AlertState) -> None:
    done = suppress(alert(state), "gw-1", None, 7)

    assert done is not None
    assert (done[0].state, done[0].parent) == (AlertState.SUPPRESSED, "gw-1")


@pytest.mark.parametrize("state", sorted(set(AlertState) - {AlertState.UNACKNOWLEDGED, AlertState.ACKNOWLEDGED}))
def test_nothing_else_is_suppressed(state: AlertState) -> None:
    assert suppress(alert(state), "gw-1", None, 7) is None


@pytest.mark.parametrize(
    ("active", "who", "latching", "ends"),
    [
        (True, None, False, AlertState.UNACKNOWLEDGED),
        (True, "sari", False, AlertState.ACKNOWLEDGED),
        (False, None, False, AlertState.NORMAL),
        (False, "sari", False, AlertState.NORMAL),
        (False, "sari", True, AlertState.RETURNED),
    ],
)
def test_leaving_suppression_goes_back_to_where_people_had_it(
    active: bool, who: str | None, latching: bool, ends: AlertState
) -> None:
    held = replace(alert(AlertState.SUPPRESSED, active=active), acknowledged_by=who, latching=latching, parent="gw-1")
    done = unsuppress(held, 7)

    assert done is not None
    assert (done[0].state, over(done[0])) == (ends, ends is AlertState.NORMAL)


def test_a_shelf_that_ends_where_nothing_is_judged_becomes_a_suppression() -> None:
    done = expire_shelf(alert(AlertState.SHELVED, until=7), 7, parent="gw-1", quiet=True)

    assert done is not None
    assert (done[0].state, done[0].parent, done[1].event) == (AlertState.SUPPRESSED, "gw-1", AlertEvent.UNSHELVED)


# ── latching, re-alarm, chattering ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "latching", "chattering", "ends"),
    [
        (AlertState.ACKNOWLEDGED, False, False, AlertState.NORMAL),
        (AlertState.ACKNOWLEDGED, True, False, AlertState.RETURNED),
        (AlertState.ACKNOWLEDGED, False, True, AlertState.RETURNED),
        (AlertState.UNACKNOWLEDGED, False, False, AlertState.RETURNED),
        (AlertState.SHELVED, True, True, AlertState.SHELVED),
    ],
)
def test_a_return_leads_where_its_rule_and_its_manners_say(
    state: AlertState, latching: bool, chattering: bool, ends: AlertState
) -> None:
    assert returned_to(replace(alert(state), latching=latching, chattering=chattering)) is ends


@pytest.mark.parametrize(
    ("chattering", "who", "ends"),
    [
        (False, None, AlertState.UNACKNOWLEDGED),
        (False, "sari", AlertState.UNACKNOWLEDGED),
        (True, None, AlertState.UNACKNOWLEDGED),
        (True, "sari", AlertState.ACKNOWLEDGED),
    ],
)
def test_what_is_held_down_and_acknowledged_stays_so_when_it_comes_again(
    chattering: bool, who: str | None, ends: AlertState
) -> None:
    back = replace(alert(AlertState.RETURNED, active=False), chattering=chattering, acknowledged_by=who)

    assert reoccurred_to(back) is ends


@pytest.mark.parametrize(("now", "rings"), [(9, False), (10, True)])
def test_an_acknowledged_alert_rings_again_after_its_time(now: int, rings: bool) -> None:
    done = realarm(replace(alert(AlertState.ACKNOWLEDGED), acknowledged_by="sari", acknowledged_at=4), 6, now)

    assert (done is not None) is rings


def test_ringing_again_waits_for_a_new_acknowledgement() -> None:
    done = realarm(replace(alert(AlertState.ACKNOWLEDGED), acknowledged_by="sari", acknowledged_at=4), 6, 99)

    assert done is not None
    assert (done[0].state, done[0].acknowledged_by) == (AlertState.UNACKNOWLEDGED, None)


@pytest.mark.parametrize("state", sorted(set(AlertState) - {AlertState.ACKNOWLEDGED}))
def test_only_what_somebody_took_on_can_ring_again(state: AlertState) -> None:
    assert realarm(alert(state), 0, 99) is None


@pytest.mark.parametrize(
    ("state", "who", "latching", "ends"),
    [
        (AlertState.UNACKNOWLEDGED, None, False, AlertState.UNACKNOWLEDGED),
        (AlertState.RETURNED, None, False, AlertState.RETURNED),
        (AlertState.RETURNED, "sari", False, AlertState.NORMAL),
        (AlertState.RETURNED, "sari", True, AlertState.RETURNED),
        (AlertState.SHELVED, None, False, AlertState.SHELVED),
    ],
)
def test_calm_ends_only_what_is_back_and_was_acknowledged(
    state: AlertState, who: str | None, latching: bool, ends: AlertState
) -> None:
    done = calm(replace(alert(state), chattering=True, acknowledged_by=who, latching=latching), 7)

    assert done is not None
    assert (done[0].state, done[0].chattering) == (ends, False)


# ── out of service ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", sorted(set(AlertState) - {AlertState.NORMAL, AlertState.OUT_OF_SERVICE}))
def test_every_open_alert_can_be_taken_out_of_service(state: AlertState) -> None:
    after, transition = take_out(alert(state), "sari", "probe di bengkel", 7)

    assert (after.state, after.active, transition.comment) == (AlertState.OUT_OF_SERVICE, False, "probe di bengkel")


@pytest.mark.parametrize("state", [AlertState.NORMAL, AlertState.OUT_OF_SERVICE])
def test_what_is_over_or_out_cannot_be_taken_out(state: AlertState) -> None:
    with pytest.raises(Conflict):
        take_out(alert(state), "sari", "probe di bengkel", 7)


def test_what_a_person_took_out_only_a_person_puts_back() -> None:
    out, _ = take_out(alert(AlertState.ACKNOWLEDGED), "sari", "probe di bengkel", 7)

    assert back_in_service(out, 8) is None
    assert over(put_back(out, "sari", None, 9)[0])


def test_what_the_registry_took_out_comes_back_with_it() -> None:
    acknowledged = replace(alert(AlertState.ACKNOWLEDGED), acknowledged_by="sari")
    done = retire(acknowledged, 7, "rule disabled", for_good=False)

    assert done is not None
    assert back_in_service(done[0], 8) is not None


# ── whether people are told ───────────────────────────────────────────────────────────────────────


def step(event: AlertEvent, to: AlertState) -> Transition:
    return Transition("a1", 0, event, AlertState.NORMAL, to)


@pytest.mark.parametrize("event", sorted(AlertEvent))
@pytest.mark.parametrize("state", sorted(PUT_ASIDE))
def test_nobody_is_told_of_what_is_put_aside(event: AlertEvent, state: AlertState) -> None:
    assert not tells(alert(state), step(event, state))


@pytest.mark.parametrize("event", sorted(AlertEvent))
def test_while_it_chatters_only_that_is_told(event: AlertEvent) -> None:
    held = replace(alert(AlertState.UNACKNOWLEDGED), chattering=True)

    assert tells(held, step(event, AlertState.UNACKNOWLEDGED)) is (event is AlertEvent.CHATTERING)


NEWS: dict[tuple[AlertEvent, AlertState], bool] = {
    (AlertEvent.RAISED, AlertState.UNACKNOWLEDGED): True,
    (AlertEvent.REOCCURRED, AlertState.UNACKNOWLEDGED): True,
    (AlertEvent.RETURNED, AlertState.RETURNED): True,
    (AlertEvent.RETURNED, AlertState.NORMAL): True,
    (AlertEvent.REALARMED, AlertState.UNACKNOWLEDGED): True,
    (AlertEvent.CALMED, AlertState.RETURNED): True,
    (AlertEvent.UNSHELVED, AlertState.UNACKNOWLEDGED): True,
    (AlertEvent.UNSHELVED, AlertState.ACKNOWLEDGED): False,
    (AlertEvent.UNSHELVED, AlertState.NORMAL): False,
    (AlertEvent.UNSUPPRESSED, AlertState.UNACKNOWLEDGED): True,
    (AlertEvent.UNSUPPRESSED, AlertState.ACKNOWLEDGED): False,
    (AlertEvent.UNSUPPRESSED, AlertState.NORMAL): False,
    (AlertEvent.ACKNOWLEDGED, AlertState.ACKNOWLEDGED): False,
    (AlertEvent.COMMENTED, AlertState.UNACKNOWLEDGED): False,
    (AlertEvent.FOUND_LATE, AlertState.NORMAL): False,
}


@pytest.mark.parametrize(("event", "to"), sorted(NEWS))
def test_people_are_told_of_what_is_new_to_them(event: AlertEvent, to: AlertState) -> None:
    assert tells(alert(to), step(event, to)) is NEWS[event, to]


DEEDS: list[Callable[[Alert], object]] = [
    lambda a: suppress(a, None, None, 7),
    lambda a: unsuppress(a, 7),
    lambda a: realarm(a, 0, 7),
    lambda a: calm(a, 7),
    lambda a: expire_shelf(a, 7),
    lambda a: back_in_service(a, 7),
    lambda a: retire(a, 7, "rule removed", for_good=True),
]


@pytest.mark.parametrize("deed", DEEDS)
def test_time_and_causes_leave_an_ended_alert_alone(deed: Callable[[Alert], object]) -> None:
    ended = replace(alert(AlertState.NORMAL, active=False), closed_at=5, chattering=True, acknowledged_by="sari")

    assert deed(ended) is None


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (AlertEvent.IN_SERVICE, "alert a1 is shelved: it cannot be put back into service now"),
        (AlertEvent.ACKNOWLEDGED, "alert a1 is shelved: it cannot be acknowledged now"),
    ],
)
def test_what_cannot_be_done_is_said_in_the_words_of_people(event: AlertEvent, says: str) -> None:
    with pytest.raises(Conflict) as refused:
        target(alert(state=AlertState.SHELVED), event)
    assert str(refused.value) == says
