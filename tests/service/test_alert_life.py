"""From a dumped dye bath to a normal effluent: raised, acknowledged by a person, over by itself.

Real broker, real processes; the water's trouble is compressed to seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from api.auth import new_token
from domain.account import Role
from service.cli_registry import checked
from service.clock import now
from service.settings import Settings
from service.wiring import Application, build
from simulators.ensemble import Fleet
from simulators.faults_water import DyeDump
from simulators.ipal import Ipal
from simulators.publisher import Publisher
from simulators.runner import speaking
from support.servers import Server, free_port
from support.service_process import ROOT, ServiceProcess
from support.waiting import answers, eventually

pytestmark = [pytest.mark.broker, pytest.mark.slow]

SECOND = 1_000
EXAMPLES = sorted((ROOT / "examples" / "mojokerto").glob("*.toml"))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    """The example installation."""
    with ExitStack() as stack:
        settings = Settings(data_dir=tmp_path / "data")
        app = build(settings, stack)
        app.services.registry.apply(checked(EXAMPLES, settings), "test", now())
        yield app


@pytest.fixture
def client(app: Application) -> Iterator[httpx.Client]:
    """The API of the running service, with a technician's token."""
    secret, token = new_token("test", Role.TECHNICIAN, now())
    app.services.accounts.add_token(token)
    with httpx.Client(base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


@contextmanager
def running(app: Application, broker: Server, client: httpx.Client) -> Iterator[ServiceProcess]:
    """All roles in one process."""
    port = free_port()
    client.base_url = httpx.URL(f"http://127.0.0.1:{port}")
    settings = {
        "PANTAU_MQTT__PORT": str(broker.port),
        "PANTAU_MQTT__CLIENT_ID": "life",
        "PANTAU_HTTP__PORT": str(port),
        "PANTAU_ALERTS__TICK_SECONDS": "0.5",
    }
    process = ServiceProcess("run", app.settings.data_dir, settings)
    process.start()
    try:
        eventually(lambda: answers(str(client.base_url)), within=30, what="the API answers")
        yield process
    finally:
        process.stop()


def devices(port: int, fleet: Fleet) -> AbstractContextManager[None]:
    """The devices of a fleet, speaking every half second."""
    return speaking(fleet, Publisher("127.0.0.1", port), now, 500)


def dumped(begin: int) -> Fleet:
    """The IPAL with one dumped bath that reaches the outlet within seconds."""
    dump = DyeDump(start=begin + 5 * SECOND, duration=25 * SECOND, residence=SECOND)
    return Fleet([Ipal(7)], lambda *_: (dump,))


def outlet_ph(client: httpx.Client) -> list[dict[str, object]]:
    """The pH limit alerts of the outlet, newest first."""
    items = client.get("/api/v1/alerts", params={"site": "batik"}).raise_for_status().json()["items"]
    return [a for a in items if a["device"] == "ipal-outlet" and a["metric"] == "ph" and a["limit"] is not None]


def has_state(client: httpx.Client, state: str) -> Callable[[], bool]:
    """Whether the newest pH alert is in a state."""
    return lambda: [a["state"] for a in outlet_ph(client)][:1] == [state]


def test_an_alert_appears_is_acknowledged_and_ends_when_the_water_recovers(
    app: Application, client: httpx.Client, mosquitto: Server
) -> None:
    with running(app, mosquitto, client), devices(mosquitto.port, dumped(now())):
        eventually(has_state(client, "unacknowledged"), within=60, what="the alert")
        (alert,) = outlet_ph(client)
        answer = client.post(f"/api/v1/alerts/{alert['id']}/acknowledge", json={"comment": "saya cek bak"})
        assert answer.status_code == 200
        assert answer.json()["acknowledged_by"] == "test"
        eventually(has_state(client, "normal"), within=90, what="the return to normal")

        life = client.get(f"/api/v1/alerts/{alert['id']}").json()["transitions"]
        assert [step["event"] for step in life] == ["raised", "acknowledged", "returned"]


def test_a_kill_in_the_middle_raises_no_second_alert(
    app: Application, client: httpx.Client, mosquitto: Server
) -> None:
    with devices(mosquitto.port, dumped(now())):
        with running(app, mosquitto, client) as process:
            eventually(has_state(client, "unacknowledged"), within=60, what="the alert")
            process.kill()
        with running(app, mosquitto, client):
            eventually(has_state(client, "returned"), within=90, what="the return, unacknowledged")
            (alert,) = outlet_ph(client)

    events = [t.event for t in app.services.book.transitions(str(alert["id"]))]
    assert events == ["raised", "returned"]
