"""kill -9 of the ticking process: no transition is lost, doubled or fired again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from domain.registry import Route
from support.alerts_stage import AlertStage, installation, limit_rule, reading
from support.killing import killed_after

TICKING = str(Path(__file__).with_name("ticking.py"))
KILLS = 5
ROWS = 1_500


def _feed(stage: AlertStage, part: int) -> None:
    """Every third reading is beyond the limit."""
    rows = range(part * ROWS, (part + 1) * ROWS)
    stage.arrive(*(reading(row, 9.5 if row % 3 == 2 else 7.0) for row in rows))


def _outcome(stage: AlertStage) -> tuple[object, ...]:
    (alert,) = stage.alerts()
    life = [(t.event, t.at, t.from_state, t.to_state) for t in stage.life(alert)]
    sent = [(n.route, n.state) for n in stage.book.notifications(alert.id)]
    return alert.since, alert.occurrences, alert.state, alert.peak, life, sent, stage.book.cursor()


@pytest.mark.slow
def test_killed_at_any_moment_every_reading_is_judged_exactly_once(tmp_path: Path) -> None:
    outcomes = []
    chance = random.Random(7)
    in_the_middle = 0
    for name, kills in (("straight", 0), ("killed", KILLS)):
        folder = tmp_path / name
        folder.mkdir()
        stage = AlertStage(folder)
        stage.apply(installation(limit_rule(), routes=[Route(id="papan", notifier="log")]))
        for part in range(KILLS):
            _feed(stage, part)
            if kills:
                killed_after(chance.uniform(0.02, 0.2), TICKING, str(folder))
                in_the_middle += stage.book.cursor() < stage.journal.head()
        stage.tick(20_000)
        outcomes.append(_outcome(stage))
        assert stage.journal.cursor("alerts") == stage.journal.head()
        stage.close()

    assert in_the_middle > 0, "every kill came too late to prove anything"
    assert outcomes[1] == outcomes[0]
    assert outcomes[0][1] == KILLS * ROWS // 3
