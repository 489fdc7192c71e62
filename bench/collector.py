"""Collector against a bare paho subscriber with manual acknowledgement, on the same backlog of one Mosquitto.

Each contestant is a process of its own that drains a preloaded persistent session of house messages with five
metrics. CPU is user + system of that process. Ours is timed from the end of its first batch, since what comes before
holds the connecting; `timed` is how many messages came after that, and all figures are of those.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from service.clock import now
from service.jobs import Jobs
from service.roles import schedule_collector
from service.settings import Settings, load
from service.wiring import build
from support.plant import outlets
from support.publishing import publish_all
from support.servers import InfluxDB, Mosquitto

MESSAGES = 30_000
DEVICES = 20
ROUNDS = 3
METRICS = 5


def payloads(begin: int) -> list[tuple[str, bytes]]:
    """House messages of an outlet, one a second for every device."""
    made = []
    for number in range(MESSAGES):
        second = begin // 1000 + number // DEVICES
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
        values = (7 + number % 100 / 100, 27 + number % 50 / 10, 20 + number % 70, 90 + number % 30, 1 + number % 9)
        ph, temperature, tss, cod, nh3n = values
        payload = (
            f'{{"time":"{at}","ph":{ph:.2f},"temperature":{temperature:.1f},"tss":{tss},"cod":{cod},"nh3n":{nh3n}}}'
        )
        made.append((f"pantau/batik/outlet-{number % DEVICES}/telemetry", payload.encode()))
    return made


def cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def bare(port: int) -> dict[str, float]:
    """Drain with paho alone, acknowledging every message in its callback."""
    client = paho.Client(CallbackAPIVersion.VERSION2, "bench", clean_session=False, manual_ack=True)
    seen, began = 0, [0.0, 0.0]
    done = threading.Event()

    def on_message(client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        nonlocal seen
        if not seen:
            began[:] = [time.perf_counter(), cpu()]
        seen += 1
        client.ack(message.mid, message.qos)
        if seen == MESSAGES:
            done.set()

    client.on_connect = lambda c, *_: c.subscribe("pantau/+/+/telemetry", 1)
    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.loop_start()
    done.wait(120)
    took, used = time.perf_counter() - began[0], cpu() - began[1]
    client.disconnect()
    client.loop_stop()
    return {"seconds": took, "cpu": used, "messages": seen, "timed": seen - 1}


def ours(port: int, folder: Path) -> dict[str, float]:
    """Drain with the whole collector role, its jobs included, until every reading is in its store."""
    with ExitStack() as stack:
        settings = load(None, data_dir=folder, mqtt={"port": port, "client_id": "bench"})
        app = build(settings, stack)
        jobs = Jobs("UTC")
        schedule_collector(app, jobs)
        stop = threading.Event()
        app.collector._source.start()  # the harness drives the loop itself, to see the first message
        seen, first, began = 0, 0, (0.0, 0.0)
        jobs.start()
        while seen < MESSAGES:
            taken = app.collector.run_once(0.5, stop)
            if taken and not seen:
                first, began = taken, (time.perf_counter(), cpu())
            seen += taken
        drained = time.perf_counter() - began[0]
        while settings.store.forwards and app.services.journal.depth("store", now()).rows:
            time.sleep(0.02)
        took, used = time.perf_counter() - began[0], cpu() - began[1]
        jobs.stop()
        if not settings.store.forwards:
            begun = cpu()
            app.writer.run_once(now() + 3_600_000)  # sealing is part of the price
            used += cpu() - begun
        total = app.services.journal.counters().total()
        app.collector._source.stop()
        return {
            "seconds": drained,
            "until_stored": took,
            "cpu": used,
            "messages": total.written,
            "timed": seen - first,
            "readings": total.readings,
        }


def _child(mode: str, port: int, folder: Path, environment: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.collector", mode, str(port), str(folder)]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True, timeout=300)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _session(port: int) -> None:
    """Make the persistent session that the backlog waits in."""
    client = paho.Client(CallbackAPIVersion.VERSION2, "bench", clean_session=False)
    ready = threading.Event()
    client.on_connect = lambda c, *_: c.subscribe([("pantau/+/+/telemetry", 1), ("pantau/+/+/status", 1)])
    client.on_subscribe = lambda *_: ready.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert ready.wait(10)
    client.disconnect()
    client.loop_stop()


def measure() -> dict[str, float]:
    """Medians of the rounds: CPU in µs a message, ratios to bare paho, and what was lost."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        broker, influx = Mosquitto(folder / "mosquitto"), InfluxDB(folder / "influxdb")
        for server in (broker, influx):
            server.start()
            stack.callback(server.stop)
        results: dict[str, list[dict[str, float]]] = {"bare": [], "sqlite": [], "influxdb": []}
        for number in range(ROUNDS):
            for mode, into in results.items():
                data = folder / f"{mode}-{number}"
                with ExitStack() as prepared:
                    app = build(Settings(data_dir=data), prepared)
                    app.services.registry.apply(outlets(DEVICES), "bench", now())
                environment = _environment(mode, influx.url, number)
                _session(broker.port)
                publish_all(broker.port, payloads(now() - 86_400_000), within=120)
                into.append(_child(mode, broker.port, data, environment))
    return _summary(results)


def _environment(mode: str, url: str, number: int) -> dict[str, str]:
    if mode != "influxdb":
        return {}
    return {
        "PANTAU_STORE__KIND": "influxdb",
        "PANTAU_STORE__URL": url,
        "PANTAU_STORE__TOKEN": "bench:bench",
        "PANTAU_STORE__ORG": "pantau",
        "PANTAU_STORE__BUCKET": f"bench{number}",
    }


def _summary(results: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    summary: dict[str, float] = {}
    for mode, rounds in results.items():
        summary[f"{mode}_cpu_us_per_message"] = statistics.median(r["cpu"] / r["timed"] for r in rounds) * 1e6
        summary[f"{mode}_messages_per_s"] = statistics.median(r["timed"] / r["seconds"] for r in rounds)
        if mode == "bare":
            continue
        pairs = list(zip(rounds, results["bare"], strict=True))
        summary[f"{mode}_cpu_ratio"] = statistics.median(_each(r, "cpu") / _each(b, "cpu") for r, b in pairs)
        summary[f"{mode}_rate_ratio"] = statistics.median(_each(b, "seconds") / _each(r, "seconds") for r, b in pairs)
        summary[f"{mode}_stored_rate_ratio"] = statistics.median(
            _each(b, "seconds") / _each(r, "until_stored") for r, b in pairs
        )
        summary[f"{mode}_lost"] = sum(MESSAGES * METRICS - r["readings"] for r in rounds)
    return summary


def _each(result: dict[str, float], figure: str) -> float:
    """A figure of one contestant per timed message."""
    return result[figure] / result["timed"]


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print(json.dumps(measure(), indent=2))
    elif sys.argv[1] == "bare":
        print(json.dumps(bare(int(sys.argv[2]))))
    else:
        print(json.dumps(ours(int(sys.argv[2]), Path(sys.argv[3]))))
