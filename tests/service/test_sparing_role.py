"""The SPARING job as the service schedules it: on, off, wrong, led by one of two, ended while it sends."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from domain.ports import Heartbeat
from domain.sparing import HOUR, SLOT, Package, PackageKind, PackageState, Receipt, Verdict
from service.alerts_role import TERM, Lease
from service.cli_registry import checked
from service.settings import load
from service.sparing_role import PART, schedule_sparing
from service.wiring import Application, build
from support.app import MovedClock
from support.service_process import ROOT
from support.sparing_ministry import Fault, Ministry, ministry

EXAMPLES = sorted((ROOT / "examples" / "mojokerto").glob("*.toml"))
POINT, UID = "outlet-ipal", "ABC3fe3fa2366e1acce66XYZ"
NINE = 1_795_226_400_000
PH = {"device": "ipal-outlet", "metric": "ph"}


class Timetable:
    """Jobs that run when they are told to."""

    def __init__(self) -> None:
        self.work: dict[str, Callable[[], Any]] = {}
        self.stopping = False

    def every(self, seconds: float, name: str, work: Callable[[], Any]) -> Timetable:
        """Remember it."""
        self.work[name] = work
        return self

    last_error: str | None = None


class House:
    """One installation and the processes that take part in it."""

    def __init__(self, folder: Path, stack: ExitStack, url: str) -> None:
        self.folder, self.stack, self.url = folder, stack, url
        self.clock = MovedClock()
        self.clock.now = NINE

    def process(self, sensor: dict[str, str] = PH, **settings: Any) -> Process:
        """Another one."""
        points = [{"point": POINT, "uid": UID, "sensors": {"pH": sensor}}]
        sparing = {"enabled": True, "base_url": self.url, "points": points, "timeout": 1, **settings}
        given = load(None, data_dir=self.folder, store={"kind": "sqlite"}, sparing=sparing)
        app = build(given, self.stack, self.clock)
        app.services.registry.apply(checked(EXAMPLES, given), "test", NINE)
        return Process(app)


class Process:
    """One that may lead."""

    def __init__(self, app: Application) -> None:
        self.app, self.jobs = app, Timetable()
        self.lease = Lease(app.services.book, app.services.clock)
        schedule_sparing(app, self.jobs, self.lease.under)  # type: ignore[arg-type]

    def leads(self) -> Process:
        """Asks for the lease."""
        self.lease.keep()
        return self

    def send(self) -> None:
        """One run."""
        self.jobs.work[PART]()

    def sign(self) -> Heartbeat | None:
        """What it says of itself, if anything."""
        self.jobs.work["sparing_heartbeat"]()
        return next((beat for beat in self.app.services.heartbeats.all() if beat.part == PART), None)

    def queue(self, hours: int) -> None:
        """Tested, and with so many packages that wait."""
        queue = self.app.sparing.queue
        test = Receipt(0, POINT, UID, PackageKind.TEST, NINE, NINE, 1, Verdict.ACCEPTED, 1, 0, 200, True)
        queue.note(test, None)
        for start in range(NINE - hours * HOUR, NINE, HOUR):
            records = [{"datetime": slot // 1000, "pH": 7.2} for slot in range(start, start + HOUR, SLOT)]
            claims = json.dumps({"uid": UID, "data": records})
            queue.put(Package(POINT, PackageKind.HOURLY, start, start + HOUR, claims, 30, NINE, NINE))

    def states(self) -> list[PackageState]:
        """Of all packages, oldest first."""
        return [one.state for one in self.app.sparing.queue.periods(POINT, 0, NINE)]


@pytest.fixture
def server() -> Iterator[Ministry]:
    """The ministry."""
    with ministry() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, server: Ministry) -> Iterator[House]:
    """Without a process yet."""
    with ExitStack() as stack:
        yield House(tmp_path, stack, server.url)


def detail(process: Process) -> dict[str, Any]:
    """Of its sign of life."""
    sign = process.sign()
    assert sign is not None
    return dict(sign.detail)


def test_nothing_is_scheduled_while_it_is_off(house: House) -> None:
    assert house.process(enabled=False).jobs.work == {}


def test_switched_on_again_it_sends_what_waited(house: House, server: Ministry) -> None:
    house.process().leads().queue(2)
    house.clock.now += TERM
    house.process(enabled=False).leads()
    house.clock.now += TERM
    on = house.process().leads()
    on.send()
    assert (len(server.stored), on.states()) == (60, [PackageState.DELIVERED] * 2)


def test_who_does_not_lead_sends_nothing(house: House, server: Ministry) -> None:
    first, second = house.process().leads(), house.process().leads()
    first.queue(1)
    second.send()
    assert server.packages == []
    first.send()
    assert len(server.packages) == 1


def test_who_takes_over_goes_on_with_what_is_left(house: House, server: Ministry) -> None:
    first, second = house.process().leads(), house.process()
    first.queue(3)
    server.after_storing = lambda: setattr(first.jobs, "stopping", True)
    first.send()
    first.lease.resign()
    second.leads().send()
    assert (len(server.packages), second.states()) == (3, [PackageState.DELIVERED] * 3)


def test_one_that_is_told_to_stop_ends_after_the_package_under_way(house: House, server: Ministry) -> None:
    process = house.process().leads()
    process.queue(3)
    server.after_storing = lambda: setattr(process.jobs, "stopping", True)
    process.send()
    assert process.states() == [PackageState.DELIVERED, PackageState.QUEUED, PackageState.QUEUED]


def test_one_that_takes_over_while_the_other_still_sends_sends_no_package_again(
    house: House, server: Ministry
) -> None:
    first, second = house.process().leads(), house.process()
    first.queue(12)
    other = threading.Thread(target=lambda: second.leads().send())

    def taken_over() -> None:
        server.after_storing = lambda: None
        first.lease.resign()
        other.start()

    server.after_storing = taken_over
    first.send()
    other.join()
    starts = Counter(package[0] for package in server.packages)
    assert (len(starts), set(starts.values())) == (12, {1})
    assert second.states() == [PackageState.DELIVERED] * 12


@pytest.mark.parametrize(
    ("sensor", "said"),
    [
        ({"device": "ipal-outlett", "metric": "ph"}, "outlet-ipal: pH: there is no device ipal-outlett"),
        ({"device": "ipal-outlet", "metric": "vibration"}, "outlet-ipal: pH: ipal-outlet has no vibration"),
    ],
)
@pytest.mark.parametrize("coded", [False, True])
def test_wrong_sensors_are_named_and_take_nothing_down(
    house: House, sensor: dict[str, str], said: str, coded: bool
) -> None:
    process = house.process(sensor, condition_codes=coded).leads()
    process.queue(1)
    house.clock.now += HOUR + 601_000
    process.lease.keep()
    process.send()
    assert (detail(process)["state"], detail(process)["error"]) == ("failing", said)
    assert process.states()[0] is PackageState.DELIVERED


def test_an_installation_that_is_well_says_so(house: House) -> None:
    process = house.process().leads()
    process.queue(1)
    process.send()
    assert detail(process) == {"state": "ok", "waiting": 0, "untested": None, "given_up": 0, "error": None}


def test_a_point_that_was_never_tested_waits_for_people(house: House) -> None:
    process = house.process().leads()
    process.send()
    assert (detail(process)["state"], detail(process)["untested"]) == ("ok", POINT)


def test_an_outage_is_told_between_two_attempts_as_well(house: House, server: Ministry) -> None:
    process = house.process().leads()
    process.queue(1)
    server.faults.append(Fault.SERVER_ERROR)
    process.send()
    process.send()
    assert (detail(process)["state"], detail(process)["error"]) == ("failing", "outlet-ipal: http_error")
