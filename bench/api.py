"""How fast the API answers ten clients at once: a real server in a process of its own, over embedded stores.

`python -m bench.api` prints the figures; `measure()` returns them. Needs `PYTHONPATH=.:tests`.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn

from api.app import create_api
from api.server import StreamingServer
from domain.account import Role
from domain.counters import Tally
from domain.reading import GOOD, Reading, Series
from domain.registry import Device, Installation, Site, SiteKind, Stage
from domain.text import Text
from storage.chunk_store import SqliteReadingStore
from support.app import MovedClock, add_token, build_services
from support.servers import free_port
from support.waiting import answers, eventually

CLIENTS = 10
REQUESTS = 30  # of each client
DEVICES = 12  # of the one site, with five metrics each
DAYS = 30
STEP = 10_000  # ms between readings, the house interval
POINTS = 500


def _both(text: str) -> Text:
    return Text(id=text, en=text)


def _installation() -> Installation:
    site = Site(id="batik", name=_both("x"), kind=SiteKind.IPAL, stages=(Stage(id="outlet", name=_both("x")),))
    named = [f"outlet-{number}" for number in range(DEVICES)]
    devices = (
        Device(id=name, site="batik", stage="outlet", profile="house-ipal-outlet", name=_both(name)) for name in named
    )
    return Installation(sites=(site,), devices=tuple(devices))


def _prepare(folder: Path, now: int) -> str:
    """Thirty days of two series in the store, an hour of every series in the journal; a key."""
    services = build_services(folder, MovedClock(now), _installation())
    store = SqliteReadingStore(folder / "readings.db")
    start = now - DAYS * 86_400_000
    rng = np.random.default_rng(7)
    for metric, unit in (("ph", "pH"), ("cod", "mg/L")):
        series = Series("batik", "outlet-0", metric, unit, "outlet")
        count = (now - 3_600_000 - start) // STEP
        values = np.round(7 + np.cumsum(rng.normal(0, 0.001, count)), 2)
        for at in range(0, count, 50_000):
            rows = enumerate(values[at : at + 50_000].tolist(), at)
            store.write([Reading(series, start + STEP * n, value, GOOD, None, now) for n, value in rows])
    units = {"ph": "pH", "cod": "mg/L", "tss": "mg/L", "nh3n": "mg/L", "temperature": "Cel"}
    recent = [
        Reading(Series("batik", f"outlet-{number}", metric, unit, "outlet"), at, 7.2, GOOD, None, at)
        for at in range(now - 3_600_000, now, STEP)
        for number in range(DEVICES)
        for metric, unit in units.items()
    ]
    services.journal.append(recent, Tally())
    return add_token(services, Role.VIEWER, "bench")


def _serve(folder: str, now: int, port: int) -> None:
    services = build_services(Path(folder), MovedClock(now), _installation())
    app = create_api(services)
    StreamingServer(uvicorn.Config(app, port=port, log_level="error", access_log=False), app).run()


def _client(url: str, key: str, path: str) -> list[float]:
    """Milliseconds of each request of one client.

    The plainest client there is: ten of a richer one in one interpreter would measure how they wait for each other.
    """
    connection = HTTPConnection(url.removeprefix("http://"))
    try:
        _asked(connection, key, path)
        return [_asked(connection, key, path) for _ in range(REQUESTS)]
    finally:
        connection.close()


def _asked(connection: HTTPConnection, key: str, path: str) -> float:
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - begun) * 1000
    if answer.status != 200:
        raise RuntimeError(body.decode())
    return took


def _figures(url: str, key: str, path: str) -> dict[str, float]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        times = sorted(
            one for client in pool.map(lambda _: _client(url, key, path), range(CLIENTS)) for one in client
        )
    return {"p50_ms": round(statistics.median(times), 1), "p95_ms": round(times[int(len(times) * 0.95)], 1)}


def measure(rounds: int = 3) -> dict[str, Any]:
    """Median over the rounds of p50 and p95, with `CLIENTS` clients asking at once."""
    now = time.time_ns() // 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        key = _prepare(Path(folder), now)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        server = multiprocessing.get_context("spawn").Process(target=_serve, args=(folder, now, port))
        server.start()
        try:
            eventually(lambda: answers(url))
            return _rounds(url, key, now, rounds)
        finally:
            server.terminate()
            server.join()


def _rounds(url: str, key: str, now: int, rounds: int) -> dict[str, Any]:
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now / 1000 - DAYS * 86_400))
    month = f"/api/v1/readings?device=outlet-0&metric=ph&start={start}&max_points={POINTS}"
    paths = {"latest_one_site": "/api/v1/readings/latest?site=batik", "series_30_days": month}
    taken = [{name: _figures(url, key, path) for name, path in paths.items()} for _ in range(rounds)]
    medians = {
        name: {part: statistics.median(one[name][part] for one in taken) for part in ("p50_ms", "p95_ms")}
        for name in paths
    }
    return {"clients": CLIENTS, "requests": CLIENTS * REQUESTS * rounds, **medians}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
