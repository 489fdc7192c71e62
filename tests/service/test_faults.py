"""Every fault of the simulators, through a real broker and the whole service: what it declares, and nothing else.

All faults run at once, each at a site of its own, in one service. Time is compressed by profiles that expect a
message every second instead of every ten.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from domain.reading import GOOD
from service.clock import now
from service.settings import Settings
from service.wiring import Application, build
from simulators import faults_line
from simulators.faults import FAULTS
from simulators.publisher import Publisher
from storage.quality_book import SqlQualityBook
from support.fault_cases import CASES, OUTLET, STEP, Case, device_id, fates, installation, prepare, quick_profiles
from support.servers import Mosquitto, Server, free_port
from support.service_process import ServiceProcess
from support.waiting import eventually

pytestmark = [pytest.mark.broker, pytest.mark.slow]

each_case = pytest.mark.parametrize("one", CASES, ids=lambda one: one.site)


@dataclass
class Played:
    """The service after all messages were seen through. `alerts` as they stood then."""

    app: Application
    process: ServiceProcess
    alerts: dict[str, set[tuple[str, str, str]]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """All faults at once, in real time, against `pantau run`."""
    folder = tmp_path_factory.mktemp("faults")
    broker = Mosquitto(folder / "mosquitto")
    broker.start()
    settings = Settings(data_dir=folder / "data", profiles_dir=quick_profiles(folder / "profiles"))
    process = ServiceProcess("run", settings.data_dir, environment(broker, settings))
    try:
        with ExitStack() as stack:
            app = build(settings, stack)
            app.services.registry.apply(installation(), "test", now())
            prepare(now())  # once before anybody listens: working out the plants takes a while
            start(app, process)
            sent = play(broker.port)
            eventually(lambda: app.services.journal.counters().total().received >= sent, 30, f"{sent} received")
            eventually(lambda: judged(app), 15, "everything judged")
            alerts = alerts_of(app)
            eventually(lambda: checked(app), 30, "everything checked")
            yield Played(app, process, alerts)
    finally:
        process.stop()
        broker.stop()


def environment(broker: Server, settings: Settings) -> dict[str, str]:
    """Settings of the service process."""
    return {
        "PANTAU_MQTT__PORT": str(broker.port),
        "PANTAU_MQTT__CLIENT_ID": "faults",
        "PANTAU_HTTP__PORT": str(free_port()),
        "PANTAU_PROFILES_DIR": str(settings.profiles_dir),
        "PANTAU_ALERTS__TICK_SECONDS": "0.5",
        "PANTAU_QUALITY__EVERY_SECONDS": "2",
    }


def start(app: Application, process: ServiceProcess) -> None:
    """Start the service and wait until it is subscribed."""
    begun = now()
    process.start()
    eventually(
        lambda: any(
            b.part == "broker" and b.at > begun and b.detail["state"] == "connected"
            for b in app.services.heartbeats.all()
        ),
        within=40,
        what="the collector connects",
    )


def play(port: int) -> int:
    """Every case's messages, when they are due; how many there were."""
    prepare(now() + 2 * STEP)
    publisher = Publisher("127.0.0.1", port)
    publisher.start()
    try:
        for message in sorted((m for one in CASES for m in one.sent), key=lambda m: m.time):
            time.sleep(max(0.0, (message.time - now()) / 1000))
            publisher.publish(message.topic, message.payload, retain=message.retain)
        assert publisher.wait_for_acknowledged(10)
    finally:
        publisher.stop()
    return publisher.published


def judged(app: Application) -> bool:
    """Whether the alerts have seen all of the journal."""
    return app.services.journal.depth("alerts", now()).rows == 0


def checked(app: Application) -> bool:
    """Whether the windowed checks have seen all of the journal."""
    book = app.services.quality
    assert isinstance(book, SqlQualityBook)
    return book.cursors()[0] == app.services.journal.head()


def alerts_of(app: Application) -> dict[str, set[tuple[str, str, str]]]:
    """What was raised at each site: kind, address, metric."""
    found: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    over = max(message.time for one in CASES for message in one.sent) - 2 * STEP
    after: str | None = None
    while True:
        page = app.services.book.page(after, 200, None, None, None, False)
        for alert in page.items:
            if alert.kind == "no_data" and alert.since >= over:
                continue  # silent because the play is over
            address = alert.device.removeprefix(alert.site).removeprefix("-at-")
            found[alert.site].add((alert.kind, address, "" if alert.kind == "no_data" else alert.metric))
        after = page.next
        if after is None:
            return found


def test_every_fault_is_played() -> None:
    assert {one.fault for one in CASES} == set(FAULTS.values())


@each_case
def test_it_raises_the_alerts_it_declares_and_no_other(played: Played, one: Case) -> None:
    declared = {(alert.kind, alert.device, alert.metric) for alert in one.expected.alerts}
    assert played.alerts.get(one.site, set()) == declared


@each_case
def test_every_reading_is_stored_exactly_once(played: Played, one: Case) -> None:
    for device, fate in fates(one).items():
        for metric in fate.metrics():
            stored = played.app.services.readings.raw(device, metric, 0, 2**52)
            own = {r.time: r.value for r in stored if (metric, r.time) in fate.own}
            assert own == {at: value for (name, at), value in fate.own.items() if name == metric}
            assert len(stored) == len(own) + fate.by_receipt[metric]


@each_case
def test_the_flags_are_those_it_declares_and_no_other(played: Played, one: Case) -> None:
    tails = (
        played.app.services.journal.tail(device, metric, 0, 2**52)
        for device, fate in fates(one).items()
        for metric in fate.metrics()
    )
    assert {r.reason for tail in tails for r in tail if r.quality != GOOD} == set(one.expected.flags)


@each_case
def test_the_dead_letters_are_those_it_declares_and_no_other(played: Played, one: Case) -> None:
    reasons = set()
    for device, fate in fates(one).items():
        letters = played.app.services.dead_letters.page(None, 200, None, device).items
        assert len(letters) == fate.letters
        reasons |= {letter.reason for letter in letters}
    assert reasons == set(one.expected.dead_letters)


@each_case
def test_its_counters_reconcile(played: Played, one: Case) -> None:
    counted = played.app.services.journal.counters().devices
    for device, fate in fates(one).items():
        tally = counted[device]
        assert tally.received == fate.sent == tally.written + tally.dead_lettered + tally.redelivered
        assert (tally.dead_lettered, tally.redelivered, tally.dropped) == (fate.letters, 0, 0)


def test_nothing_came_from_nowhere(played: Played) -> None:
    assert set(played.app.services.journal.counters().devices) <= {d.id for d in installation().devices}


@each_case
def test_the_windowed_checks_find_what_it_declares_and_nothing_else(played: Played, one: Case) -> None:
    found = {
        interval.reason
        for address in one.devices
        for interval in played.app.services.quality.page(
            None, 200, device_id(one.site, address), None, None, None
        ).items
    }
    assert found == set(one.expected.checks)


def test_a_retained_message_given_out_again_is_no_second_reading(played: Played) -> None:
    """Last of all, since the service is started anew for it: a new subscription."""
    retained = [one for one in CASES if one.fault is faults_line.RetainedReplay]
    devices = {one.site: device_id(one.site, OUTLET) for one in retained}
    before = {site: stored(played.app, device) for site, device in devices.items()}
    received = played.app.services.journal.counters().total().received
    played.process.stop()
    start(played.app, played.process)
    total: Callable[[], int] = lambda: played.app.services.journal.counters().total().received  # noqa: E731
    eventually(lambda: total() == received + len(retained), 15, "the retained messages come")

    for one in retained:
        tally = played.app.services.journal.counters().devices[devices[one.site]]
        assert stored(played.app, devices[one.site]) == before[one.site]
        assert tally.redelivered == int(one.expected.redelivered)


def stored(app: Application, device: str) -> list[tuple[int, float | None]]:
    """The pH readings of a device."""
    return [(r.time, r.value) for r in app.services.readings.raw(device, "ph", 0, 2**52)]
