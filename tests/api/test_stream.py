"""The live stream over a real socket: what happens is told once, slow clients cost nothing, the server can stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.live import QUEUE, Hub, Listener, told
from domain.account import Role
from domain.services import Services
from support.app import add_readings, add_token, raise_alert, serving

WAIT = 10.0  # s

Event = tuple[str, int | None, dict[str, Any]]


@pytest.fixture
def server(app: FastAPI) -> Iterator[str]:
    with serving(app) as url:
        yield url


@pytest.fixture
def key(services: Services) -> str:
    return add_token(services, Role.VIEWER, "wall")


@contextlib.contextmanager
def listening(url: str, key: str, site: str = "", since: str | None = None) -> Iterator[Iterator[Event]]:
    headers = {"Authorization": f"Bearer {key}"} | ({"Last-Event-ID": since} if since else {})
    query = {"site": site} if site else {}
    with httpx.stream("GET", f"{url}/api/v1/stream", params=query, headers=headers, timeout=WAIT) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            seq = int(fields["id"]) if "id" in fields else None
            yield fields["event"], seq, json.loads(fields["data"])
            fields = {}


def test_a_stranger_hears_nothing(server: str) -> None:
    assert httpx.get(f"{server}/api/v1/stream").status_code == 401


def test_a_new_reading_is_told(server: str, key: str, services: Services) -> None:
    with listening(server, key) as heard:
        assert next(heard)[0] == "ready"
        add_readings(services, "ipal-outlet", "ph", [7.25])
        name, _, data = next(heard)
    assert name == "readings"
    assert [(one["device"], one["metric"], one["value"]) for one in data["items"]] == [("ipal-outlet", "ph", 7.25)]


def test_a_changed_alert_is_told(server: str, key: str, services: Services) -> None:
    raise_alert(services)
    with listening(server, key) as heard:
        next(heard)
        services.desk.acknowledge("alert-1", "siti", None, services.clock())
        name, _, data = next(heard)
    assert (name, data["id"], data["acknowledged_by"]) == ("alert", "alert-1", "siti")


def test_one_site_hears_only_of_itself(server: str, key: str, services: Services) -> None:
    with listening(server, key, site="alas-kaki") as heard:
        next(heard)
        add_readings(services, "ipal-outlet", "ph", [7.25])
        add_readings(services, "press-1", "run", [1.0])
        data = next(heard)[2]
    assert [one["site"] for one in data["items"]] == ["alas-kaki"]


def test_after_a_break_nothing_is_missed_and_nothing_told_twice(server: str, key: str, services: Services) -> None:
    with listening(server, key) as heard:
        next(heard)
        add_readings(services, "ipal-outlet", "ph", [7.0])
        seq = next(heard)[1]
    add_readings(services, "ipal-outlet", "ph", [7.1])
    with listening(server, key, since=str(seq)) as heard:
        name, _, data = next(heard)
    assert (name, [one["value"] for one in data["items"]]) == ("readings", [7.1])


@pytest.mark.parametrize("since", ["999999", "x", "-5"])
def test_a_place_the_journal_does_not_hold_is_answered_with_resync(server: str, key: str, since: str) -> None:
    with listening(server, key, since=since) as heard:
        assert next(heard)[0] == "resync"


def test_a_server_with_open_streams_stops_within_two_seconds(app: FastAPI, key: str) -> None:
    server = contextlib.ExitStack()
    url = server.enter_context(serving(app))
    with listening(url, key) as heard:
        next(heard)
        begun = time.monotonic()
        server.close()
        assert time.monotonic() - begun < 2
        assert list(heard) == []


def test_a_slow_client_is_told_to_start_afresh_and_costs_no_memory() -> None:
    async def overflow() -> tuple[bool, int, bytes | None]:
        listener = Listener(None)
        taken = [listener.offer(b"x") for _ in range(QUEUE + 1)]
        listener.end(b"resync")
        return taken[-1], listener.queue.qsize(), await listener.queue.get()

    assert asyncio.run(overflow()) == (False, 2, b"resync")


def test_a_stream_ends_when_its_session_does(services: Services) -> None:
    async def outlive() -> list[bytes]:
        hub = Hub(services)
        listener, first = await hub.listen(None, None)
        body = told(hub, listener, first, lambda: False, heartbeat=0.01)
        heard = [data async for data in body]
        assert hub.listening == 0
        hub.close()
        return heard

    assert len(asyncio.run(outlive())) == 1
