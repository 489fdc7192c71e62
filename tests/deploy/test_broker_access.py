"""The broker we ship lets each device speak for itself alone."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.compose import Host, interpolate, load
from support.shipped_broker import ShippedMosquitto, add_user, make_secrets

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def broker(mosquitto_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedMosquitto]:
    """Mosquitto with the configuration we ship."""
    folder = tmp_path_factory.mktemp("broker")
    secrets = make_secrets(folder / "secrets")
    server = ShippedMosquitto(folder, secrets)
    server.passwords = {name: add_user(secrets, name) for name in ("outlet", "inlet")}  # type: ignore[attr-defined]
    server.passwords["collector"] = (secrets / "mqtt_collector_password.txt").read_text()  # type: ignore[attr-defined]
    server.start()
    yield server
    server.stop()


def client(
    broker: ShippedMosquitto, program: str, user: str, *arguments: str, password: str | None = None
) -> list[str]:
    known: dict[str, str] = broker.passwords  # type: ignore[attr-defined]
    return [
        program, "-h", "localhost", "-p", str(broker.port), "--cafile", str(broker.secrets / "ca_certificate.txt"),
        "-u", user, "-P", password or known[user], "-q", "1", *arguments,
    ]  # fmt: skip


def publish(broker: ShippedMosquitto, user: str, topic: str, payload: str, **kwargs: str) -> int:
    command = client(broker, "mosquitto_pub", user, "-t", topic, "-m", payload, **kwargs)  # type: ignore[arg-type]
    return subprocess.run(command, capture_output=True, timeout=20).returncode


def heard(broker: ShippedMosquitto, count: int, *published: tuple[str, str, str]) -> list[str]:
    """The first `count` payloads the collector hears of (user, topic, payload), published while it is away."""
    session = ["-i", "listener", "-c"]
    subscribe = client(broker, "mosquitto_sub", "collector", *session, "-t", "pantau/#", "-E")
    subprocess.run(subscribe, check=True, timeout=20)
    for user, topic, payload in published:
        publish(broker, user, topic, payload)
    listen = client(broker, "mosquitto_sub", "collector", *session, "-t", "pantau/#", "-C", str(count), "-W", "5")
    return subprocess.run(listen, capture_output=True, text=True, timeout=20).stdout.splitlines()


def test_a_device_cannot_publish_as_another(broker: ShippedMosquitto) -> None:
    assert heard(
        broker,
        2,
        ("outlet", "pantau/batik/inlet/telemetry", "forged"),
        ("outlet", "pantau/batik/outlet/telemetry", "own"),
        ("inlet", "pantau/batik/inlet/status", "online"),
    ) == ["own", "online"]


def test_a_device_cannot_listen_to_others(broker: ShippedMosquitto) -> None:
    command = client(broker, "mosquitto_sub", "inlet", "-t", "pantau/#", "-C", "1", "-W", "2")
    listener = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    publish(broker, "outlet", "pantau/batik/outlet/telemetry", "secret")
    assert "secret" not in listener.communicate(timeout=20)[0]


def test_nobody_comes_in_without_the_right_password(broker: ShippedMosquitto) -> None:
    assert publish(broker, "outlet", "pantau/batik/outlet/telemetry", "x", password="guess") != 0
    assert publish(broker, "nobody", "pantau/batik/nobody/telemetry", "x", password="guess") != 0


def test_nobody_comes_in_without_tls(broker: ShippedMosquitto) -> None:
    plain = ["mosquitto_pub", "-h", "localhost", "-p", str(broker.port), "-t", "pantau/a/b/telemetry", "-m", "x"]
    assert subprocess.run(plain, capture_output=True, timeout=20).returncode != 0


def test_a_new_password_ends_the_old_one(tmp_path: Path) -> None:
    secrets = make_secrets(tmp_path / "secrets")
    first = (secrets / "mqtt_passwords.txt").read_text()
    add_user(secrets, "outlet")
    add_user(secrets, "outlet")
    lines = (secrets / "mqtt_passwords.txt").read_text()
    assert lines.startswith(first)
    assert lines.count("outlet:") == 1


def test_its_health_check_of_the_compose_file_passes(broker: ShippedMosquitto, tmp_path: Path) -> None:
    host = Host(broker.secrets, tmp_path, {"8883": str(broker.port)})
    _shell, check = load()["services"]["mosquitto"]["healthcheck"]["test"]
    assert subprocess.run(["sh", "-c", interpolate(host.local(check), {})], timeout=20).returncode == 0


def test_it_keeps_everything_for_an_absent_collector(broker: ShippedMosquitto) -> None:
    sent = [("outlet", "pantau/batik/outlet/telemetry", str(number)) for number in range(30)]
    assert heard(broker, 30, *sent) == [payload for _, _, payload in sent]
