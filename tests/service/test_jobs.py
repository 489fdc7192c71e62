"""Jobs run by the clock, also when somebody sets it back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo

import pytest
from apscheduler.schedulers import base

from service.clock import now
from service.jobs import Jobs


class SettableClock:
    """The computer's clock, and how far it was set back (ms)."""

    def __init__(self) -> None:
        self.back = 0

    def __call__(self) -> int:
        return now() - self.back


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SettableClock:
    """What the scheduler library takes for the time."""
    made = SettableClock()

    class Datetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # no subclass needed
            return datetime.fromtimestamp(made() / 1000, tz)

    monkeypatch.setattr(base, "datetime", Datetime)
    return made


@contextmanager
def running(jobs: Jobs) -> Iterator[Jobs]:
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.stop()


def test_a_clock_set_back_by_hours_stops_no_job(clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.jobs.CLOCK_CHECK", 0.05)
    ran = threading.Semaphore(0)
    jobs = Jobs("Asia/Jakarta", clock)
    jobs.every(0.1, "tick", ran.release)
    with running(jobs):
        assert ran.acquire(timeout=5)
        clock.back = 7 * 3_600_000
        assert all(ran.acquire(timeout=5) for _ in range(5))


def test_a_failing_job_runs_again_and_says_why() -> None:
    again = threading.Semaphore(0)

    def fail() -> None:
        again.release()
        raise ValueError("out of ink")

    jobs = Jobs("Asia/Jakarta")
    record = jobs.every(0.05, "print", fail)
    with running(jobs):
        assert all(again.acquire(timeout=5) for _ in range(2))
    assert record.failed >= 2
    assert record.last_error == "ValueError: out of ink"


def test_what_runs_rarely_can_be_asked_to_run_soon() -> None:
    jobs, runs = Jobs("Asia/Jakarta"), {name: threading.Semaphore(0) for name in ("rare", "often")}
    jobs.every(3600, "rare", runs["rare"].release)
    jobs.every(1800, "often", runs["often"].release)
    with running(jobs):
        assert all(run.acquire(timeout=10) for run in runs.values())
        jobs.soon(3600)
        assert runs["rare"].acquire(timeout=10)
    assert jobs.records["often"].runs == 1
