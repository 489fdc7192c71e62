"""The demo as a stranger starts it: seconds to its first live reading, and what it holds in memory."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from support.servers import free_port

ROUNDS = 3
WITHIN = 60.0  # s
SETTLED = 45.0  # s after start: history is written, pages were asked


def measure() -> dict[str, float]:
    """Medians over fresh data folders."""
    rounds = [_once() for _ in range(ROUNDS)]
    return {name: sorted(r[name] for r in rounds)[ROUNDS // 2] for name in rounds[0]}


def _once() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        http, mqtt = free_port(), free_port()
        begun = time.perf_counter()
        demo = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "demo", "--data-dir", folder, "--http-port", str(http),
             "--mqtt-port", str(mqtt)],
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            return _watched(demo, f"http://127.0.0.1:{http}", begun)
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(20)


def _watched(demo: subprocess.Popen[str], url: str, begun: float) -> dict[str, float]:
    name, password = _login(demo)
    found: dict[str, float] = {}
    with httpx.Client(base_url=url, timeout=5) as client:
        while time.perf_counter() - begun < WITHIN and len(found) < 2:
            found |= _seen(client, name, password, begun, found)
            time.sleep(0.1)
        time.sleep(max(0.0, SETTLED - (time.perf_counter() - begun)))
    found["resident_mb"] = sum(_resident(pid) for pid in _family(demo.pid)) / 1024
    return found


def _seen(client: httpx.Client, name: str, password: str, begun: float, found: dict[str, float]) -> dict[str, float]:
    """What became true by now: a live reading, thirty days of history."""
    now: dict[str, float] = {}
    try:
        if not client.cookies:
            client.post("/api/v1/login", json={"name": name, "password": password})
        latest = client.get("/api/v1/readings/latest", params={"device": "ipal-outlet", "metric": "ph"}).json()
        if "first_live_reading_s" not in found and latest.get("items"):
            now["first_live_reading_s"] = time.perf_counter() - begun
        day = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 29 * 86_400))
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 28 * 86_400))
        asked = {"device": "ipal-outlet", "metric": "ph", "start": day, "stop": until, "max_points": 10}
        if client.get("/api/v1/readings", params=asked).json().get("items"):
            now.setdefault("thirty_days_s", time.perf_counter() - begun)
    except (httpx.HTTPError, json.JSONDecodeError):
        pass
    return {key: value for key, value in now.items() if key not in found}


def _login(demo: subprocess.Popen[str]) -> tuple[str, str]:
    assert demo.stdout is not None
    for line in demo.stdout:
        match = re.search(r"\badmin\s+(\S+)\s+admin\b", line)
        if match:
            return "admin", match[1]
    raise RuntimeError("the demo ended before it printed its passwords")


def _family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int) -> int:
    """Resident memory in KiB: VmRSS, shared pages counted in full for every process."""
    text = Path(f"/proc/{pid}/status").read_text()
    match = re.search(r"^VmRSS:\s+(\d+)", text, re.MULTILINE)
    return int(match[1]) if match else 0  # one that has ended holds nothing


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2), os.linesep)
