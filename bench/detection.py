"""How long after a breach is published it is an alert in the API: broker, collector, alerts, API at the default tick.

`python -m bench.detection` prints the figures; `measure()` returns them. Needs `PYTHONPATH=.:tests` and a Mosquitto.
Every breach is of a device of its own, so that each is a new alert, and begins at another moment of the tick.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import paho.mqtt.client as paho

from api.auth import new_token
from domain.account import Role
from domain.registry import Device, Installation, Site, SiteKind, Stage
from domain.rule import LimitRule, Scope
from domain.text import Text
from service.clock import now
from service.settings import Settings
from service.wiring import build
from support.publishing import publishing
from support.servers import Mosquitto, free_port
from support.service_process import ServiceProcess
from support.waiting import answers, eventually

BREACHES = 60
POLL = 0.02  # s
APART = (1.0, 3.0)  # s between two breaches
WITHIN = 30.0  # s


def measure() -> dict[str, float]:
    """Seconds from publishing to being seen by `GET /api/v1/alerts`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = Mosquitto(folder / "mosquitto")
        broker.start()
        stack.callback(broker.stop)
        client = _started(stack, folder / "data", broker.port)
        delays = _delays(client, stack.enter_context(publishing(broker.port)))
    cuts = statistics.quantiles(delays, n=100, method="inclusive")
    return {"breaches": len(delays), "p50_s": cuts[49], "p99_s": cuts[98], "worst_s": max(delays)}


def _started(stack: ExitStack, folder: Path, mqtt: int) -> httpx.Client:
    """All roles in one process, and a client of its API."""
    app = build(Settings(data_dir=folder), stack)
    app.services.registry.apply(_installation(), "bench", now())
    secret, token = new_token("bench", Role.VIEWER, now())
    app.services.accounts.add_token(token)
    port = free_port()
    where = {"PANTAU_MQTT__PORT": str(mqtt), "PANTAU_MQTT__CLIENT_ID": "bench", "PANTAU_HTTP__PORT": str(port)}
    process = ServiceProcess("run", folder, where)
    process.start()
    stack.callback(process.stop)
    base = f"http://127.0.0.1:{port}"
    eventually(lambda: answers(base), within=30, what="the API answers")
    beats = app.services.heartbeats
    eventually(lambda: any(b.part == "broker" and b.detail["state"] == "connected" for b in beats.all()))
    return stack.enter_context(httpx.Client(base_url=base, headers={"Authorization": f"Bearer {secret}"}))


def _delays(client: httpx.Client, publisher: paho.Client) -> list[float]:
    chance = random.Random(7)
    delays = []
    for number in range(BREACHES):
        time.sleep(chance.uniform(*APART))
        begun = time.perf_counter()
        publisher.publish(f"pantau/batik/outlet-{number}/telemetry", b'{"ph":9.6}', qos=1)
        while not _seen(client, f"outlet-{number}"):
            if time.perf_counter() - begun > WITHIN:
                raise TimeoutError(f"breach {number} was not seen within {WITHIN} s")
            time.sleep(POLL)
        delays.append(time.perf_counter() - begun)
    return delays


def _seen(client: httpx.Client, device: str) -> bool:
    items = client.get("/api/v1/alerts", params={"limit": 5}).raise_for_status().json()["items"]
    return any(alert["device"] == device and alert["metric"] == "ph" for alert in items)


def _installation() -> Installation:
    text = Text(id="x", en="x")
    site = Site(id="batik", name=text, kind=SiteKind.IPAL, stages=(Stage(id="outlet", name=text),))
    names = [f"outlet-{number}" for number in range(BREACHES)]
    devices = (
        Device(id=name, site="batik", stage="outlet", profile="house-ipal-outlet", name=text) for name in names
    )
    rule = LimitRule(id="ph", name=text, action=text, scope=Scope(metric="ph"), above=9.0)
    return Installation(sites=(site,), devices=tuple(devices), rules=(rule,))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
