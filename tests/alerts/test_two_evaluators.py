"""Two evaluators on one book: whoever leads decides, and knows what the other decided before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.alert import AlertState
from domain.counters import Tally
from domain.errors import Deposed
from domain.reading import Reading
from support.alerts_stage import T0, installation, limit_rule, no_data_rule, reading
from support.evaluators import TTL, Evaluator, Versions, all_alerts, decided, migrated
from support.plant_stage import ROUTE


class Pair:
    """Both, and a clock in seconds after T0."""

    def __init__(self, folder: Path) -> None:
        shutil.copy(migrated(), folder / "pantau.sqlite")
        self.folder = folder
        versions = Versions()
        self.first, self.second = (Evaluator(name, folder, versions) for name in ("satu", "dua"))
        rules = (limit_rule(on_delay=10, off_delay=10), no_data_rule())
        self.first.registry.apply(installation(*rules, routes=[ROUTE]), "test", T0)

    def arrive(self, *readings: Reading) -> None:
        """Into the journal."""
        self.first.journal.append(readings, Tally())

    def hand_over(self, leader: Evaluator, follower: Evaluator, at: int) -> None:
        """The leader stands still, the follower takes over and ticks."""
        follower.turn(T0 + at * 1000)
        assert follower.term is not None
        assert leader.term != follower.term

    def states(self) -> dict[str, AlertState]:
        """Of every alert, by rule."""
        return {alert.rule: alert.state for alert in all_alerts(self.first.book)}

    def close(self) -> None:
        """Close the files."""
        self.first.close()
        self.second.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Two evaluators that have not ticked yet."""
    made = Pair(tmp_path)
    yield made
    made.close()


def seconds(at: int) -> int:
    """A moment, in ms."""
    return T0 + at * 1000


def test_only_one_of_two_leads(pair: Pair) -> None:
    assert pair.first.lead(seconds(0))
    assert not pair.second.lead(seconds(5))
    assert pair.first.lead(seconds(8))
    assert not pair.second.lead(seconds(16))


def test_the_other_takes_over_as_soon_as_the_lease_has_run_out(pair: Pair) -> None:
    pair.first.turn(seconds(0))

    assert not pair.second.lead(seconds(0) + TTL - 1)
    assert pair.second.lead(seconds(0) + TTL)


def test_whoever_was_away_too_long_writes_nothing(pair: Pair) -> None:
    pair.arrive(reading(0, 9.5), reading(12, 9.5))
    assert pair.first.lead(seconds(12))
    pair.hand_over(pair.first, pair.second, 30)
    pair.arrive(reading(31, 7.0), reading(42, 7.0))
    before = decided(pair.folder)

    with pytest.raises(Deposed):
        pair.first.engine.tick(seconds(43), pair.first.term)
    assert decided(pair.folder) == before


def test_a_silence_the_other_found_ends_with_the_first_word(pair: Pair) -> None:
    pair.arrive(reading(0, 7.0))
    pair.first.turn(seconds(1))
    pair.hand_over(pair.first, pair.second, 62)
    pair.second.turn(seconds(64))
    assert pair.states() == {"silence": AlertState.UNACKNOWLEDGED}
    pair.hand_over(pair.second, pair.first, 80)
    pair.arrive(reading(81, 7.0))
    pair.first.turn(seconds(82))

    assert pair.states() == {"silence": AlertState.RETURNED}


def test_a_delay_the_other_waits_for_goes_on(pair: Pair) -> None:
    pair.arrive(reading(0, 9.5))
    pair.first.turn(seconds(1))
    pair.hand_over(pair.first, pair.second, 12)
    pair.arrive(reading(13, 9.5))
    pair.second.turn(seconds(13))

    (alert,) = all_alerts(pair.first.book)
    assert alert.since == seconds(0)


def test_handing_over_again_and_again_rings_once(pair: Pair) -> None:
    pair.arrive(reading(0, 9.5), reading(12, 9.5))
    leader, follower = pair.first, pair.second
    for at in range(12, 132, 12):
        follower, leader = leader, follower
        pair.arrive(reading(at + 1, 9.5))
        pair.hand_over(follower, leader, at + 12)

    (alert,) = all_alerts(pair.first.book)
    assert len(pair.first.book.notifications(alert.id)) == 1
