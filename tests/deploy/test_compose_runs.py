"""The services of docker-compose.yml, started from it: its commands, environment, secrets and health checks.

Only what a container brings is replaced: names of hosts, ports, and where secrets and data lie. The broker is
Mosquitto with the configuration we ship (TLS, passwords and ACL on), the store a real InfluxDB.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from support.compose import ROOT, ComposeService, Host
from support.influx_shim import InfluxShim
from support.servers import InfluxDB, Server, free_port
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

    def publish(self, device: str, payload: str) -> None:
        """As a device with a user of its own would."""
        ca = self.host.secrets / "ca_certificate.txt"
        password = add_user(self.host.secrets, device)
        self.broker.stop()
        self.broker.start()
        subprocess.run(
            ["mosquitto_pub", "-h", "localhost", "-p", str(self.broker.port), "--cafile", str(ca), "-u", device,
             "-P", password, "-q", "1", "-t", f"pantau/batik/{device}/telemetry", "-m", payload],
            check=True, timeout=20,
        )  # fmt: skip

    def latest(self, device: str, metric: str) -> list[object]:
        """The newest value by the API, asked for by a program."""
        answer = httpx.get(
            f"{self.url}/api/v1/readings/latest",
            params={"device": device, "metric": metric},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 200, answer.text
        return [item["value"] for item in answer.json()["items"]]


@pytest.fixture(scope="module")
def plant(mosquitto: Server, influxdb: InfluxDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """`docker compose up -d`, then the installation and a token."""
    folder = tmp_path_factory.mktemp("box")
    (folder / "data").mkdir()
    secrets = make_secrets(folder / "secrets", "--demo")
    broker = ShippedMosquitto(folder / "broker", secrets)
    broker.start()
    http_port = free_port()
    with InfluxShim(influxdb.url) as shim:
        host = Host(
            secrets,
            folder / "data",
            {
                "http://influxdb:8086": shim.url,
                "mosquitto": "localhost",
                "8883": str(broker.port),
                "8080": str(http_port),
                "0.0.0.0": "127.0.0.1",
            },
        )
        services = {name: ComposeService(name, host) for name in (*ROLES, "simulator")}
        services["api"].run("apply", *EXAMPLES)
        token = services["api"].run("token", "create", "tv", "--role", "viewer").strip()
        for role in ROLES:
            services[role].start()
        url = f"http://127.0.0.1:{http_port}"
        plant = Plant(host, broker, influxdb, services, url, token)
        eventually(lambda: services["api"].healthy(), 30, "the health check of api")
        yield plant
        for service in services.values():
            service.stop()
    broker.stop()


def test_a_reading_goes_from_the_device_to_the_program(plant: Plant) -> None:
    plant.publish("ipal-outlet", '{"ph": 7.25, "temperature": 29.4}')
    eventually(lambda: plant.latest("ipal-outlet", "ph") == [7.25], 20, "the reading in the API")


def test_it_reaches_influxdb(plant: Plant) -> None:
    plant.publish("ipal-inlet", '{"ph": 9.5}')
    query = "SELECT value, quality FROM ph WHERE device = 'ipal-inlet'"
    eventually(lambda: plant.influx.query(query, "pantau"), 20, "the reading in InfluxDB")


@pytest.mark.parametrize("role", ROLES)
def test_its_health_check_passes(plant: Plant, role: str) -> None:
    eventually(lambda: plant.services[role].healthy(), 30, f"the health check of {role}")


def test_the_simulator_speaks_for_every_device(plant: Plant) -> None:
    plant.services["simulator"].start()
    eventually(
        lambda: plant.latest("press-1", "run") and plant.latest("debit-outlet", "flow_rate"), 40, "simulated readings"
    )


def test_the_pages_ask_who_is_there(plant: Plant) -> None:
    assert httpx.get(plant.url).headers["location"].startswith("/login")


def test_every_service_ends_when_told(plant: Plant) -> None:
    codes = {name: service.stop() for name, service in plant.services.items()}
    assert codes == dict.fromkeys(codes, 0)
