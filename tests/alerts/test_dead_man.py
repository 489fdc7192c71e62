"""The ping to somebody outside, against a real HTTP receiver."""

from __future__ import annotations

import pytest

from alerts.dead_man import DeadMan, Pinged, fail_address
from support.receiver import Receiver

EVERY = 60_000
T0 = 1_795_219_200_000


def after(url: str | None, *notes: tuple[int, str | None], timeout: float = 2.0) -> Pinged:
    """What came of these ticks, (ms after T0, why it failed), each waited for."""
    man = DeadMan(url, EVERY / 1000, timeout)
    for at, why in notes:
        man.ticked(T0 + at) if why is None else man.failed(why, T0 + at)
        if man._sending is not None:
            man._sending.result()
    count = man.count()
    man.close()
    return count


def test_ticks_are_told_once_a_minute(receiver: Receiver) -> None:
    after(f"http://{receiver.host}/ping/abc", *((at, None) for at in range(0, 150_000, 2_000)))

    assert [(r.method, r.path) for r in receiver.requests] == [("GET", "/ping/abc")] * 3


def test_a_failing_check_is_told_at_once_with_its_reason_and_so_is_its_end(receiver: Receiver) -> None:
    after(f"http://{receiver.host}/ping/abc?rid=1", (0, None), (2_000, "journal is away"), (4_000, None))

    assert [(r.method, r.path, r.body) for r in receiver.requests] == [
        ("GET", "/ping/abc?rid=1", b""),
        ("POST", "/ping/abc/fail?rid=1", b"journal is away"),
        ("GET", "/ping/abc?rid=1", b""),
    ]


def test_a_clock_set_back_does_not_silence_it(receiver: Receiver) -> None:
    assert after(f"http://{receiver.host}/x", (0, None), (-3_600_000, None)).sent == 2


@pytest.mark.parametrize("answer", [500, 404, None])
def test_troubles_are_counted_and_never_show_the_address(receiver: Receiver, answer: int | None) -> None:
    receiver.answers.append(answer)
    count = after(f"http://{receiver.host}/s3cret", (0, None), timeout=0.3)

    assert (count.sent, count.failed) == (0, 1)
    assert receiver.host in (count.error or "")
    assert "s3cret" not in (count.error or "")


def test_nobody_there_is_counted_as_well() -> None:
    assert after("http://127.0.0.1:9/x", (0, None)).failed == 1


def test_something_that_is_no_address_is_counted_as_well() -> None:
    assert after("not an address", (0, None)).failed == 1


def test_without_an_address_nothing_is_sent() -> None:
    assert after(None, (0, None), (EVERY, "why")) == Pinged()


def test_a_tick_does_not_wait_for_a_watcher_that_hangs(receiver: Receiver) -> None:
    receiver.answers.append(None)
    man = DeadMan(f"http://{receiver.host}/x", EVERY / 1000, timeout=0.5)
    man.ticked(T0)
    man.ticked(T0 + EVERY)  # one is under way: this one is left out

    man.close()
    assert len(receiver.requests) == 1


def test_the_address_of_failures_keeps_its_query() -> None:
    assert fail_address("https://hc.example/abc/?a=1") == "https://hc.example/abc/fail?a=1"
