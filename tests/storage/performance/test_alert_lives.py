"""What people heard of one alert: each life is told as steps, the figures are counted by hand."""

from __future__ import annotations

import pytest

from domain.alert import AlertEvent, AlertState
from storage.alert_lives import LifeStep, chattering_spells, life_of

STATE = {
    "raised": "unacknowledged",
    "reoccurred": "unacknowledged",
    "realarmed": "unacknowledged",
    "unshelved": "unacknowledged",
    "unsuppressed": "unacknowledged",
    "returned": "returned",
    "acknowledged": "acknowledged",
    "suppressed": "suppressed",
    "chattering": "unacknowledged",
    "calmed": "unacknowledged",
}
S, MINUTE = 1_000, 60_000


def steps(told: str) -> list[LifeStep]:
    """`raised@5 returned@9` in seconds; `raised@5>shelved` into another state. Ids leave room between steps."""
    found = []
    for number, word in enumerate(told.split()):
        event, _, rest = word.partition("@")
        at, _, state = rest.partition(">")
        found.append(
            LifeStep(number * 10, int(at) * S, AlertEvent(event), AlertState(state or STATE[event]))
        )  # fmt: skip
    return found


# life: (heard, lasted, waits, unanswered, begun to be held down), in seconds
LIVES: dict[str, tuple[list[int], list[int], list[int], bool, int]] = {
    "raised@5 returned@9": ([5], [4], [], True, 0),
    "raised@5 acknowledged@65 returned@95": ([5], [90], [60], False, 0),
    "raised@5 returned@9 reoccurred@20 acknowledged@50": ([5, 20], [4], [45], False, 0),
    "raised@5 acknowledged@9 realarmed@3605 acknowledged@3615": ([5, 3605], [], [4, 10], False, 0),
    "raised@5>suppressed unsuppressed@90 acknowledged@100": ([90], [], [10], False, 0),
    "raised@5 suppressed@5 unsuppressed@90": ([90], [], [], True, 0),
    "raised@5 suppressed@35 unsuppressed@90": ([5, 90], [], [], True, 0),
    "raised@5>shelved returned@9>shelved": ([], [4], [], False, 0),
    "raised@1 returned@2 reoccurred@3 returned@4 reoccurred@5 chattering@5 returned@6 reoccurred@7": (
        [1, 3, 5],
        [1, 1, 1],
        [],
        True,
        1,
    ),
    "raised@1 chattering@1 reoccurred@7 calmed@700 reoccurred@900": ([1, 900], [], [], True, 1),
    "reoccurred@7 calmed@700": ([], [], [], False, 0),
    "returned@9 acknowledged@12": ([], [], [], False, 0),
    "": ([], [], [], False, 0),
}


@pytest.mark.parametrize("told", LIVES)
def test_a_life_is_heard_as_counted_by_hand(told: str) -> None:
    life = life_of(steps(told), chatters=False)
    figures = (
        [at // S for at in life.heard],
        [at // S for at in life.lasted],
        [at // S for at in life.waits],
        life.unanswered,
        life.held,
    )
    assert figures == LIVES[told]


def test_an_alert_raised_while_its_series_chattered_is_never_heard() -> None:
    assert life_of(steps("raised@1 returned@2 reoccurred@3"), chatters=True).heard == []


def test_rises_that_were_held_down_still_count_as_rises() -> None:
    assert life_of(steps("raised@1 chattering@1 reoccurred@7"), chatters=True).rises == [1 * S, 7 * S]


def test_suppressed_by_the_very_next_step_is_the_same_breath() -> None:
    raised, hidden = steps("raised@5 suppressed@6")
    at_once = LifeStep(raised.id + 1, hidden.at, hidden.event, hidden.to_state)
    assert life_of([raised, at_once], chatters=False).heard == []


SPELLS = {
    (): 0,
    (0, 30): 0,
    (0, 30, 59): 1,
    (0, 30, 60): 0,
    (0, 30, 59, 600, 1_100): 1,
    (0, 1, 2, 601, 602): 1,  # 599 s of quiet do not end it
    (0, 1, 2, 602, 603, 604): 2,
    (0, 1, 2, 700, 701): 1,
}


@pytest.mark.parametrize("rises", SPELLS)
def test_chattering_is_three_rises_within_a_minute_until_ten_quiet_ones(rises: tuple[int, ...]) -> None:
    assert chattering_spells([at * S for at in rises]) == SPELLS[rises]
