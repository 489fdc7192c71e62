"""`pantau listen` on a real broker: what is known, what would fit, and what nobody reads."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.cli import main
from support.publishing import publishing
from support.servers import Mosquitto

pytestmark = pytest.mark.broker

Capsys = pytest.CaptureFixture[str]
INSTALLATION = """
[[sites]]
id = "batik"
name = { id = "Batik", en = "Batik" }
kind = "ipal"
stages = [{ id = "aerob", name = { id = "Aerob", en = "Aerobic" } }]

[[devices]]
id = "bak-aerob"
site = "batik"
stage = "aerob"
profile = "house-tank"
name = { id = "Bak aerob", en = "Aerobic tank" }
"""
MESSAGES = {
    "pantau/batik/bak-aerob/telemetry": b'{"ph": 7.1, "do": "abc"}',
    "pantau/batik/baru/telemetry": b'{"ph": 7.2, "tss": 20, "cod": 80, "nh3n": 2, "temperature": 29}',
    "pabrik/lantai-1/xyz": b"\x00\x01 halo",
}


@pytest.fixture
def listened(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capsys
) -> Callable[..., list[dict[str, Any]]]:
    """What `pantau listen --json` says while the messages are published again and again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PANTAU_MQTT__PORT", str(mosquitto.port))
    (tmp_path / "plant.toml").write_text(INSTALLATION, "utf-8")
    monkeypatch.setattr("sys.argv", ["pantau", "apply", "plant.toml"])
    assert main() == 0
    capsys.readouterr()

    def run(*arguments: str) -> list[dict[str, Any]]:
        stop = threading.Event()

        def publish() -> None:
            with publishing(mosquitto.port) as client:
                while not stop.wait(0.2):
                    for topic, payload in MESSAGES.items():
                        client.publish(topic, payload)

        thread = threading.Thread(target=publish)
        thread.start()
        monkeypatch.setattr("sys.argv", ["pantau", "listen", "--json", "--seconds", "1.5", *arguments])
        code = main()
        stop.set()
        thread.join()
        assert code == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_live_traffic_is_told_with_what_it_becomes(listened: Callable[..., list[dict[str, Any]]]) -> None:
    lines = {line["topic"]: line for line in listened()}
    known, fitting, strange = (lines[topic] for topic in MESSAGES)
    assert (known["device"], known["readings"], known["rejected"][0]["metric"]) == ("bak-aerob", {"ph": 7.1}, "do")
    assert (fitting["rejected"][0]["reason"], fitting["fits"][0]["profile"]) == (
        "unknown_device",
        "house-ipal-outlet",
    )
    assert (strange["rejected"][0]["reason"], strange["fits"]) == ("unknown_topic", [])


def test_only_the_topics_asked_for_are_heard(listened: Callable[..., list[dict[str, Any]]]) -> None:
    assert {line["topic"] for line in listened("--topic", "pabrik/#")} == {"pabrik/lantai-1/xyz"}


def test_without_a_broker_it_says_where_it_looked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PANTAU_MQTT__PORT", "1")
    monkeypatch.setattr("sys.argv", ["pantau", "listen", "--seconds", "1"])
    assert main() == 1
    assert "no broker at 127.0.0.1:1 (mqtt.host, mqtt.port)" in " ".join(capsys.readouterr().err.split())
