"""The standard's diagram, as a table."""

from __future__ import annotations

import pytest

from alerts.lifecycle import STATES, acknowledge, comment, expire_shelf, over, retire, shelve, unshelve
from domain.alert import Alert, AlertEvent, AlertState, Priority
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
