"""Days and months that nobody can mean: every page that can be asked for one says so, none fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.app import PREFIX, ROUTERS
from dashboard.app import PAGES
from domain.account import Role
from domain.services import Services
from support.app import add_token, client_of

DAYS = (
    "0001-01-01", "9999-12-31", "1970-01-01", "1969-12-31", "2199-12-31", "2026-13-40", "2026-02-30", "2026-1-1",
    "20261120", "2026-W47-5", "kemarin", "\u0662\u0660\u0662\u0666-11-20", "-0001-01-01", "10000-01-01",
)  # fmt: skip
MONTHS = (*(day[:7] for day in DAYS), "2026-00", "9999-12", "0001-01", "2026-Q5")
ODD = {
    "day": DAYS, "first": DAYS, "last": DAYS, "month": MONTHS, "period": (*DAYS, *MONTHS, "0000", "9999"),
    "start": DAYS, "stop": DAYS, "start_time": DAYS,
}  # fmt: skip
KNOWN = {
    "device": "ipal-outlet", "metric": "ph", "site": "batik", "point": "titik-penaatan-outlet", "kind": "month",
    "revision": "1", "shift": "pagi", "format": "pdf", "language": "id",
}  # fmt: skip


def routes() -> Iterator[tuple[str, str]]:
    """Every GET route with each name of a day or month that it takes."""
    api = ((f"{PREFIX}{path}", route) for module in ROUTERS for path, route in gets(module.router))
    pages = (found for module in PAGES for found in gets(module.router))
    for path, route in (*api, *pages):
        yield from ((path, name) for name in taken(route.dependant) if name in ODD)


def taken(dependant: Dependant) -> Iterator[str]:
    """Names of what an address may hold, also for what a route depends on."""
    yield from (one.alias for one in (*dependant.query_params, *dependant.path_params))
    for inner in dependant.dependencies:
        yield from taken(inner)


def gets(router: APIRouter) -> Iterator[tuple[str, APIRoute]]:
    """Those of one module that only read."""
    for route in router.routes:
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            yield route.path, route


def asked(path: str, name: str, odd: str) -> tuple[str, dict[str, str]]:
    """The address, with everything else as it is known here."""
    parts = {one: KNOWN.get(one, "1") for one in (part.strip("{}") for part in path.split("/")) if one}
    inner = "{" + name + "}" in path
    address = path
    for one, value in (parts | ({name: odd} if inner else {})).items():
        address = address.replace("{" + one + "}", value)
    return address, {} if inner else {name: odd, "site": KNOWN["site"]}


@pytest.fixture
def program(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    """Asks the API."""
    with client_of(app, add_token(services, Role.ADMIN)) as client:
        yield client


def test_no_page_and_no_route_fails_over_a_day(enter: Any, program: httpx.Client) -> None:
    person, failed, count = enter(Role.ADMIN), [], 0
    for path, name in routes():
        client = program if path.startswith("/api/") else person
        for odd in ODD[name]:
            address, query = asked(path, name, odd)
            status = client.get(address, params=query).status_code
            count += 1
            if status >= 500:
                failed.append((address, query, status))
    assert failed == []
    assert count > 200
