"""kill -9 of the ticking process: no transition is lost, doubled or fired again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from domain.alert import AlertEvent
from domain.registry import Route
from domain.rule import Rule
from support.alerts_stage import AlertStage, any_rule, installation, limit_rule, reading
from support.killing import killed_after

TICKING = str(Path(__file__).with_name("ticking.py"))
PARTS = 5
ROWS = 1_500
COD = {"metric": "cod", "device": "outlet"}
BY_THE_CLOCK = frozenset({AlertEvent.CHATTERING, AlertEvent.CALMED, AlertEvent.FOUND_LATE})


def _feed(stage: AlertStage, part: int) -> None:
    """Every third reading is beyond the limit."""
    rows = range(part * ROWS, (part + 1) * ROWS)
    stage.arrive(*(reading(row, 9.5 if row % 3 == 2 else 7.0) for row in rows))


REMEMBERING = (
    any_rule(kind="quality", share=0.2, window=60, minimum=3, scope=COD),
    any_rule(kind="stuck", after=5, scope=COD),
    any_rule(kind="rate_of_change", rise=2000, over=6, scope=COD),
    any_rule(kind="volume", above=150, scope={"metric": "total", "device": "outlet"}),
    any_rule(kind="limit", above=52.0, window="hour", slot=60, coverage=0.1, scope=COD),
)


def _feed_memories(stage: AlertStage, part: int) -> None:
    """COD that sticks, leaps and goes bad by turns; a totaliser that begins anew."""
    readings = []
    for row in range(part * ROWS, (part + 1) * ROWS):
        turn = row // 9 % 4
        value = 50.0 if turn == 0 else 50.0 + row % 7 * turn
        readings.append(reading(row, value, metric="cod", quality=4 if turn == 3 else 1))
        readings.append(reading(row, float(row % 400), metric="total"))
    stage.arrive(*readings)


def _outcome(stage: AlertStage) -> list[tuple[object, ...]]:
    """Of every alert what was decided, in the order of the readings; holding down goes by the clock on the wall."""
    found = []
    for alert in sorted(stage.alerts(), key=lambda alert: (alert.rule, alert.since)):
        life = [(t.event, t.at, t.from_state, t.to_state) for t in stage.life(alert) if t.event not in BY_THE_CLOCK]
        sent = [(n.route, n.state) for n in stage.book.notifications(alert.id)]
        found.append((alert.rule, alert.since, alert.occurrences, alert.state, alert.peak, life, sent))
    return found


def _played(
    folder: Path, kills: int, rules: Sequence[Rule], feed: Callable[[AlertStage, int], None]
) -> tuple[list[tuple[object, ...]], int]:
    """What came of it, and how many kills fell into the middle."""
    chance = random.Random(7)
    folder.mkdir()
    stage = AlertStage(folder)
    stage.apply(installation(*rules, routes=[Route(id="papan", notifier="log")]))
    in_the_middle = 0
    for part in range(PARTS):
        feed(stage, part)
        if kills:
            killed_after(chance.uniform(0.02, 0.2), TICKING, str(folder))
            in_the_middle += stage.book.cursor() < stage.journal.head()
    stage.tick(10_000)
    stage.tick(20_000)
    assert stage.journal.cursor("alerts") == stage.journal.head()
    outcome = _outcome(stage)
    stage.close()
    return outcome, in_the_middle


@pytest.mark.slow
def test_killed_at_any_moment_every_reading_is_judged_exactly_once(tmp_path: Path) -> None:
    straight, _ = _played(tmp_path / "straight", 0, [limit_rule()], _feed)
    killed, in_the_middle = _played(tmp_path / "killed", PARTS, [limit_rule()], _feed)

    assert in_the_middle > 0, "every kill came too late to prove anything"
    assert killed == straight
    assert [alert[2] for alert in killed] == [PARTS * ROWS // 3]


@pytest.mark.slow
def test_killed_at_any_moment_what_rules_remember_is_neither_lost_nor_counted_twice(tmp_path: Path) -> None:
    straight, _ = _played(tmp_path / "straight", 0, REMEMBERING, _feed_memories)
    killed, in_the_middle = _played(tmp_path / "killed", PARTS, REMEMBERING, _feed_memories)

    assert in_the_middle > 0, "every kill came too late to prove anything"
    assert killed == straight
    assert {alert[0] for alert in killed} == {rule.id for rule in REMEMBERING}
