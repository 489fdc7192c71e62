"""From the journal to a real InfluxDB: nothing lost, whatever it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from domain.message import DeadLetter
from domain.ports import Page
from storage.forwarder import REJECTED, Forwarder, ForwardState
from storage.influx_config import InfluxConfig
from storage.influx_store import InfluxReadingStore
from storage.journal import SqliteJournal
from support.cast import HOUR, NOON, OUTLET, nothing, reading
from support.influx_shim import Fault, InfluxShim
from support.killing import kill_until_done
from support.servers import free_port

pytestmark = pytest.mark.influx
LATER = NOON + HOUR


class Box:
    """Dead letters in a list."""

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []

    def add(self, letters: Sequence[DeadLetter]) -> None:
        self.letters.extend(letters)

    def page(self, after: str | None, limit: int, reason: str | None, device: str | None) -> Page[DeadLetter]:
        return Page(self.letters)

    def waiting(self, after: int, limit: int, reason: str | None, device: str | None) -> list[DeadLetter]:
        return self.letters

    def mark_replayed(self, ids: Sequence[int], now: int) -> None:
        raise NotImplementedError

    def count(self) -> int:
        return len(self.letters)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def influx(fresh_influx: Callable[[], InfluxReadingStore]) -> InfluxReadingStore:
    return fresh_influx()


@pytest.fixture
def forwarder(journal: SqliteJournal, influx: InfluxReadingStore, box: Box) -> Forwarder:
    return Forwarder(journal, influx, box, jitter=lambda: 1.0)


def _fill(journal: SqliteJournal, count: int) -> None:
    journal.append([reading(OUTLET, NOON + n, n / 10) for n in range(count)], nothing())


def _stored(influx: InfluxReadingStore) -> list[float | None]:
    return [r.value for r in influx.raw("ipal-outlet", "ph", NOON, LATER)]


def _until_idle(forwarder: Forwarder, now: int = NOON) -> int:
    """Run as the service would, coming back when told; how many runs it took."""
    for run in range(100):
        result = forwarder.run_once(now)
        if result.state is ForwardState.IDLE:
            return run
        now = result.retry_at or now
    pytest.fail("it never got done")


def test_everything_is_forwarded_in_requests_of_five_thousand(
    forwarder: Forwarder, journal: SqliteJournal, influx: InfluxReadingStore, shim: InfluxShim
) -> None:
    _fill(journal, 12_000)
    before = shim.writes
    result = forwarder.run_once(NOON)
    assert (result.forwarded, result.state, shim.writes - before) == (12_000, ForwardState.IDLE, 3)
    assert _stored(influx) == [n / 10 for n in range(12_000)]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(3, 503),
        Fault(2, 429, {"Retry-After": "1"}),
        Fault(2, 500),
        Fault(2, 503, after_commit=True),
        Fault(1, 503, hang=4.0),
    ],
    ids=["503", "429", "500", "stored-yet-503", "hang"],
)
def test_a_server_in_trouble_gets_it_all_later(
    forwarder: Forwarder, journal: SqliteJournal, influx: InfluxReadingStore, shim: InfluxShim, fault: Fault, box: Box
) -> None:
    _fill(journal, 50)
    shim.fault = Fault(fault.times, fault.status, fault.headers, fault.hang, fault.after_commit)
    assert _until_idle(forwarder) == fault.times
    assert _stored(influx) == [n / 10 for n in range(50)]
    assert box.letters == []


def test_waits_grow_up_to_a_minute(forwarder: Forwarder, journal: SqliteJournal, shim: InfluxShim) -> None:
    _fill(journal, 1)
    shim.fault = Fault(9, 503)
    now, waits = NOON, []
    for _ in range(9):
        result = forwarder.run_once(now)
        assert result.retry_at is not None
        waits.append(result.retry_at - now)
        now = result.retry_at
    assert waits == [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]


def test_before_its_time_nothing_is_tried(forwarder: Forwarder, journal: SqliteJournal, shim: InfluxShim) -> None:
    _fill(journal, 1)
    shim.fault = Fault(1, 503)
    forwarder.run_once(NOON)
    before = shim.writes
    assert forwarder.run_once(NOON + 10).state is ForwardState.WAITING
    assert shim.writes == before


def test_a_request_that_is_too_large_is_halved(
    forwarder: Forwarder, journal: SqliteJournal, influx: InfluxReadingStore, shim: InfluxShim, box: Box
) -> None:
    _fill(journal, 100)
    shim.fault = Fault(2, 413)
    _until_idle(forwarder)
    assert _stored(influx) == [n / 10 for n in range(100)]
    assert box.letters == []


def test_a_line_that_is_refused_becomes_a_dead_letter_and_the_others_arrive(
    forwarder: Forwarder, journal: SqliteJournal, influx: InfluxReadingStore, box: Box
) -> None:
    _fill(journal, 40)
    journal.append([reading(OUTLET, NOON + 40, float("inf"))], nothing())
    journal.append([reading(OUTLET, NOON + n, n / 10) for n in range(41, 60)], nothing())
    _until_idle(forwarder)
    assert _stored(influx) == [n / 10 for n in range(60) if n != 40]
    assert [(letter.reason, letter.device) for letter in box.letters] == [(REJECTED, "ipal-outlet")]
    assert b"value=inf" in box.letters[0].payload


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_does_not_let_us_in_stops_it_and_it_goes_on_when_mended(
    forwarder: Forwarder, journal: SqliteJournal, influx: InfluxReadingStore, shim: InfluxShim, status: int
) -> None:
    _fill(journal, 10)
    shim.fault = Fault(1, status)
    stopped = forwarder.run_once(NOON)
    assert stopped.state is ForwardState.STOPPED
    assert journal.depth("store", NOON).rows == 10
    _until_idle(forwarder, NOON + 60_000)
    assert _stored(influx) == [n / 10 for n in range(10)]


def test_one_line_that_always_answers_500_does_not_hold_up_the_rest(
    journal: SqliteJournal, box: Box, influx: InfluxReadingStore
) -> None:
    from storage.influx_query import ServerFault

    class Poisoned(InfluxReadingStore):
        def send(self, made: Sequence[str]) -> None:
            if any("value=0.3," in line for line in made):
                raise ServerFault("500")
            influx.send(made)

    _fill(journal, 20)
    _until_idle(Forwarder(journal, Poisoned(InfluxConfig(url="http://127.0.0.1:9")), box, jitter=lambda: 1.0))
    assert _stored(influx) == [n / 10 for n in range(20) if n != 3]
    assert len(box.letters) == 1


def test_a_server_that_answers_500_to_all_gets_no_line_declared_dead(
    forwarder: Forwarder, journal: SqliteJournal, influx: InfluxReadingStore, shim: InfluxShim, box: Box
) -> None:
    _fill(journal, 20)
    shim.fault = Fault(60, 500)
    _until_idle(forwarder)
    assert box.letters == []
    assert _stored(influx) == [n / 10 for n in range(20)]


def test_a_server_that_is_away_is_waited_for(journal: SqliteJournal, box: Box) -> None:
    _fill(journal, 5)
    away = InfluxReadingStore(InfluxConfig(url=f"http://127.0.0.1:{free_port()}"))
    result = Forwarder(journal, away, box).run_once(NOON)
    assert result.state is ForwardState.WAITING
    assert "does not answer" in result.detail


CHILD = """
import sys
from pathlib import Path
from storage import forwarder
from storage.influx_config import InfluxConfig
from storage.influx_store import InfluxReadingStore
from storage.journal import SqliteJournal
forwarder.MAX_LINES = 200
journal = SqliteJournal(Path(sys.argv[1]))
store = InfluxReadingStore(InfluxConfig(url=sys.argv[2], bucket=sys.argv[3]))
one = forwarder.Forwarder(journal, store, None)
print("ready", flush=True)
while one.run_once(0).state is not forwarder.ForwardState.IDLE: pass
print("done", flush=True)
"""


def test_kill_9_while_forwarding_loses_nothing(
    tmp_path: Path, journal: SqliteJournal, influx: InfluxReadingStore, shim: InfluxShim
) -> None:
    _fill(journal, 40_000)
    kills = kill_until_done(
        lambda kills: 0.4 + 0.3 * kills, "-c", CHILD, str(tmp_path / "journal.db"), shim.url, influx.bucket
    )
    assert kills >= 1
    assert _stored(influx) == [n / 10 for n in range(40_000)]
