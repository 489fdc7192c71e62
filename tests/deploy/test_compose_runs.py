"""The services of docker-compose.yml, started from it: its commands, environment, secrets and health checks.

Only what a container brings is replaced: names of hosts, ports, and where secrets and data lie. The broker is
Mosquitto with the configuration we ship (TLS, passwords and ACL on), the store a real InfluxDB.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from support.compose import ROOT, ComposeService, Host
from support.influx_shim import InfluxShim
from support.servers import InfluxDB, free_port
from support.shipped_broker import ShippedMosquitto, add_user, make_secrets
from support.waiting import eventually

pytestmark = [pytest.mark.broker, pytest.mark.influx, pytest.mark.slow]

EXAMPLES = [str(file.relative_to(ROOT)) for file in sorted((ROOT / "examples/mojokerto").glob("*.toml"))]
ROLES = ("collector", "alerts", "api")


@dataclass
class Plant:
    """Everything of the compose file, running."""

    host: Host
    broker: ShippedMosquitto
    influx: InfluxDB
    services: dict[str, ComposeService]
    url: str
    token: str
    passwords: dict[str, str]

    def publish(self, device: str, payload: str) -> None:
        """As a device with a user of its own would."""
        ca = self.host.secrets / "ca_certificate.txt"
        subprocess.run(
            ["mosquitto_pub", "-h", "localhost", "-p", str(self.broker.port), "--cafile", str(ca), "-u", device,
             "-P", self.passwords[device], "-q", "1", "-t", f"pantau/batik/{device}/telemetry", "-m", payload],
            check=True, timeout=20,
        )  # fmt: skip

    def latest(self, device: str, metric: str) -> list[object]:
        """The newest value by the API, asked for by a program."""
        return [item["value"] for item in self.ask("readings/latest", device=device, metric=metric)["items"]]

    def well(self) -> bool:
        """Whether every part says that it is."""
        return all(part["status"] == "ok" for part in self.ask("health")["parts"])

    def stored(self, query: str) -> list[Any]:
        """What InfluxDB itself answers; nothing while the bucket is not there yet."""
        answer = httpx.get(f"{self.influx.url}/query", params={"db": "pantau", "q": query}).json()
        series: list[Any] = answer["results"][0].get("series", [])
        return series

    def ask(self, path: str, **params: str) -> Any:
        """The API's answer to a program."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def plant(mosquitto_installed: None, influxdb: InfluxDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """`docker compose up -d`, then the installation and a token."""
    folder = tmp_path_factory.mktemp("box")
    (folder / "data").mkdir()
    secrets = make_secrets(folder / "secrets", "--demo")
    passwords = {device: add_user(secrets, device) for device in ("ipal-inlet", "ipal-outlet")}
    broker = ShippedMosquitto(folder / "broker", secrets)
    http_port = free_port()
    with ExitStack() as stack:
        stack.callback(broker.stop)
        broker.start()
        shim = stack.enter_context(InfluxShim(influxdb.url).running())
        names = {"http://influxdb:8086": shim.url, "mosquitto": "localhost", "0.0.0.0": "127.0.0.1"}
        host = Host(secrets, folder / "data", names | {"8883": str(broker.port), "8080": str(http_port)})
        services = {name: ComposeService(name, host) for name in (*ROLES, "simulator")}
        services["api"].run("apply", *EXAMPLES)
        token = services["api"].run("token", "create", "tv", "--role", "viewer").strip()
        for role in ROLES:
            stack.callback(services[role].stop)
            services[role].start()
        stack.callback(services["simulator"].stop)
        url = f"http://127.0.0.1:{http_port}"
        eventually(lambda: services["api"].healthy(), 30, "the health check of api")
        plant = Plant(host, broker, influxdb, services, url, token, passwords)
        # A broker keeps nothing for a reader it has never seen: devices speak once the collector is there
        eventually(plant.well, 40, "every part well")
        yield plant


def test_a_reading_goes_from_the_device_to_the_program(plant: Plant) -> None:
    plant.publish("ipal-outlet", '{"ph": 7.25, "temperature": 29.4}')
    eventually(lambda: plant.latest("ipal-outlet", "ph") == [7.25], 20, "the reading in the API")


def test_it_reaches_influxdb(plant: Plant) -> None:
    plant.publish("ipal-inlet", '{"ph": 9.53}')
    query = "SELECT value, quality FROM ph WHERE device = 'ipal-inlet' AND value = 9.53"
    eventually(lambda: plant.stored(query), 20, "the reading in InfluxDB")


@pytest.mark.parametrize("role", ROLES)
def test_its_health_check_passes(plant: Plant, role: str) -> None:
    eventually(lambda: plant.services[role].healthy(), 30, f"the health check of {role}")


def test_the_simulator_speaks_for_every_device(plant: Plant) -> None:
    plant.services["simulator"].start()
    eventually(
        lambda: plant.latest("press-1", "run") and plant.latest("debit-outlet", "flow_rate"), 40, "simulated readings"
    )
    assert plant.services["simulator"].healthy()


def test_the_pages_ask_who_is_there(plant: Plant) -> None:
    assert httpx.get(plant.url).headers["location"].startswith("/login")


def test_every_service_ends_when_told(plant: Plant) -> None:
    codes = {name: service.stop() for name, service in plant.services.items()}
    assert codes == dict.fromkeys(codes, 0)
