"""Calibration mode begun at the API of one process holds the alerts that another process judges, and ends for both.

Real broker; collector, alerts and API are processes of their own, as on one box.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from api.auth import new_token
from domain.account import Role
from domain.registry import Route
from service.clock import now
from service.settings import Settings
from service.wiring import Application, build
from support.alerts_stage import limit_rule
from support.plant import outlets
from support.publishing import publish_all
from support.servers import Mosquitto, Server, free_port
from support.service_process import ServiceProcess
from support.waiting import answers, eventually

pytestmark = [pytest.mark.broker, pytest.mark.slow]

CALIBRATED, WITNESS = "outlet-0", "outlet-1"
BUFFER = 10.01


class Plant:
    """Two outlets whose pH may be 9 at most, and the processes that watch them."""

    def __init__(self, app: Application, broker: Server, client: httpx.Client) -> None:
        self.app, self.broker, self.client = app, broker, client
        port = free_port()
        client.base_url = httpx.URL(f"http://127.0.0.1:{port}")
        settings = {"PANTAU_MQTT__PORT": str(broker.port), "PANTAU_HTTP__PORT": str(port)}
        settings |= {"PANTAU_MQTT__CLIENT_ID": "modes", "PANTAU_ALERTS__TICK_SECONDS": "0.5"}
        folder = app.settings.data_dir
        self.roles = {role: ServiceProcess(role, folder, settings) for role in ("collector", "alerts", "api")}

    def start(self) -> None:
        """All of them; returns once they work."""
        for process in self.roles.values():
            process.start()
        eventually(lambda: answers(str(self.client.base_url)), within=30, what="the API answers")
        eventually(self._connected, within=20, what="the collector has its session")

    def calibrate(self) -> str:
        """Begun on a phone."""
        body = {"device": CALIBRATED, "metrics": ["ph"]}
        return str(self.client.post("/api/v1/calibration-mode", json=body).raise_for_status().json()["id"])

    def finish(self, mode: str) -> None:
        """Before its time."""
        self.client.post(f"/api/v1/calibration-mode/{mode}/end").raise_for_status()

    def publish(self, *values: float) -> None:
        """pH of the calibrated outlet, then the same of the other: when that one rings, the first was judged too."""
        before = len(self.rung(WITNESS))
        topics = [f"pantau/batik/{device}/telemetry" for device in (CALIBRATED, WITNESS)]
        for value in values:
            publish_all(self.broker.port, [(topic, f'{{"ph":{value}}}'.encode()) for topic in topics])
        eventually(lambda: len(self.rung(WITNESS)) > before, within=20, what="the other outlet rings")

    def rung(self, device: str) -> list[str]:
        """Each time its pH was found above the limit."""
        found = self.app.services.book.page(None, 100, None, None, device, False).items
        lives = [self.app.services.book.transitions(one.id) for one in found if one.rule == "ph-outlet"]
        return [step.event for life in lives for step in life if step.event in ("raised", "reoccurred")]

    def _connected(self) -> bool:
        beats = self.app.services.heartbeats.all()
        return any(one.part == "broker" and one.detail["state"] == "connected" for one in beats)


@pytest.fixture(scope="module")
def plant(mosquitto_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Running."""
    folder = tmp_path_factory.mktemp("plant")
    broker = Mosquitto(folder / "mosquitto")
    with ExitStack() as stack:
        stack.callback(broker.stop)
        broker.start()
        app = build(Settings(data_dir=folder / "data"), stack)
        given = {"rules": (limit_rule(scope={"metric": "ph"}),), "routes": (Route(id="duty", notifier="log"),)}
        app.services.registry.apply(outlets(2).model_copy(update=given), "test", now())
        secret, token = new_token("test", Role.TECHNICIAN, now())
        app.services.accounts.add_token(token)
        client = stack.enter_context(httpx.Client(headers={"Authorization": f"Bearer {secret}"}))
        made = Plant(app, broker, client)
        for process in made.roles.values():
            stack.callback(process.stop)
        made.start()
        yield made


def test_a_buffer_rings_in_no_process_until_the_mode_has_ended(plant: Plant) -> None:
    mode = plant.calibrate()
    plant.publish(7.0, BUFFER)
    assert plant.rung(CALIBRATED) == []
    plant.finish(mode)
    plant.publish(7.0, BUFFER)
    assert plant.rung(CALIBRATED) == ["raised"]


def test_an_alerts_process_that_starts_within_the_mode_knows_it(plant: Plant) -> None:
    before, mode = plant.rung(CALIBRATED), plant.calibrate()
    plant.roles["alerts"].kill()
    plant.roles["alerts"].start()
    plant.publish(7.0, BUFFER)
    plant.finish(mode)
    assert plant.rung(CALIBRATED) == before
