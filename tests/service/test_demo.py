"""`pantau demo` as a stranger meets it: live values, thirty days of history, an alert to acknowledge."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from service.clock import now
from service.settings import load
from support.servers import free_port
from support.service_process import ROOT
from support.waiting import answers, eventually

pytestmark = pytest.mark.slow

DAY = 86_400


@dataclass
class Demo:
    """A running demo, and a technician who is logged in."""

    client: httpx.Client
    csrf: str
    ports: tuple[int, int]
    folder: Path
    password: str

    def items(self, path: str, **query: str | int) -> list[dict[str, object]]:
        """The items of a list."""
        found: list[dict[str, object]] = self.client.get(path, params=query).raise_for_status().json()["items"]
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Started as the README says, on free ports."""
    folder, ports = tmp_path_factory.mktemp("demo"), (free_port(), free_port())
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "demo", "--data-dir", str(folder), "--http-port", str(ports[0]),
         "--mqtt-port", str(ports[1])],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        password = printed_password(process)
        with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", timeout=10) as client:
            eventually(lambda: answers(str(client.base_url)), within=30)
            session = client.post("/api/v1/login", json={"name": "teknisi", "password": password})
            yield Demo(client, session.raise_for_status().json()["csrf"], ports, folder, password)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 0


def printed_password(process: subprocess.Popen[str]) -> str:
    """The technician's password of this run."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"\bteknisi\s+(\S+)\s+technician\b", line):
            return found[1]
    raise AssertionError("the demo ended without printing its passwords")


def moment(seconds_ago: float) -> str:
    """RFC 3339."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now() / 1000 - seconds_ago))


def test_every_device_of_both_centres_is_live(demo: Demo) -> None:
    eventually(lambda: len({item["device"] for item in demo.items("/api/v1/readings/latest")}) == 18, within=30)


def test_thirty_days_of_history_are_behind_them(demo: Demo) -> None:
    asked = {"device": "ipal-outlet", "metric": "ph", "start": moment(29.9 * DAY), "stop": moment(29 * DAY)}
    eventually(lambda: demo.items("/api/v1/readings", max_points=20, **asked), within=60)


def test_the_effluent_leaves_its_limits_and_the_alert_can_be_acknowledged(demo: Demo) -> None:
    def alert() -> dict[str, object] | None:
        raised = [a for a in demo.items("/api/v1/alerts") if a["state"] == "unacknowledged" and a["limit"] == 9]
        return raised[0] if raised else None

    eventually(alert, within=150, what="the alert of the dumped dye bath")
    found = alert()
    assert found is not None
    answer = demo.client.post(
        f"/api/v1/alerts/{found['id']}/acknowledge", json={"comment": "dicek"}, headers={"X-CSRF-Token": demo.csrf}
    )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["acknowledged_by"]) == ("acknowledged", "teknisi")


def test_it_listens_on_loopback_only(demo: Demo) -> None:
    loopback = "0100007F"
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    places = {tuple(fields[1].split(":")) for fields in listening if fields[3] == "0A"}
    for port in demo.ports:
        assert {address for address, number in places if int(number, 16) == port} == {loopback}


def test_outside_the_demo_nothing_listens_beyond_loopback_unless_told_to() -> None:
    assert load(None, {}).http.host == "127.0.0.1"


def test_a_second_demo_in_the_same_folder_is_refused_and_the_passwords_stay(demo: Demo) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "service.cli", "demo", "--data-dir", str(demo.folder), "--http-port", str(free_port()),
         "--mqtt-port", str(free_port())],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip

    assert second.returncode == 2
    assert "another collector works in this folder" in second.stderr
    again = demo.client.post("/api/v1/login", json={"name": "teknisi", "password": demo.password})
    assert again.status_code == 200
