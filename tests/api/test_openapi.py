"""The OpenAPI document is complete, and the application keeps to it whatever it is sent."""

from __future__ import annotations

import re
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import create_api
from domain.account import Role
from domain.message import DeadLetter
from domain.services import Services
from support.app import add_readings, add_token, add_user, raise_alert

EXAMPLES = 8  # generated requests per operation and kind
DOCS = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture
def lived_in(services: Services) -> Services:
    """Services in which there is something to find."""
    add_readings(services, "ipal-outlet", "ph", [7.0, 7.2, 7.1])
    add_readings(services, "press-1", "run", [1, 1, 0])
    raise_alert(services)
    add_user(services, "siti", Role.OPERATOR)
    services.dead_letters.add(
        [DeadLetter("pantau/x/y/telemetry", b"\xff{", services.clock(), "bad_json", "at byte 0")]
    )
    return services


def test_the_application_keeps_to_its_document(lived_in: Services) -> None:
    """Every operation but the endless stream and the login, which would lock itself after ten tries. That valid
    input is accepted cannot be asked: no schema says that a cursor is one of ours, or that stop is after start.
    """
    app = create_api(lived_in)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    token = add_token(lived_in, Role.ADMIN, "schemathesis")
    with get_client(app) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.path in ("/api/v1/stream", "/api/v1/login"):
                continue
            _exercise(client, operation)


def _exercise(client: ASGIClient, operation: schemathesis.APIOperation) -> None:
    for mode in schemathesis.GenerationMode:
        cases = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(session=client, excluded_checks=[positive_data_acceptance])

        with suppress(Unsatisfiable) if mode is schemathesis.GenerationMode.NEGATIVE else nullcontext():
            holds()  # an operation that takes nothing cannot be sent anything wrong


def test_every_operation_is_described(app: FastAPI) -> None:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)


def test_every_guarded_operation_names_its_errors_and_its_keys(app: FastAPI) -> None:
    for path, methods in app.openapi()["paths"].items():
        if not path.startswith("/api/") or path in ("/api/v1/login", "/api/v1/links/acknowledge"):
            continue
        for operation in methods.values():
            assert {"401", "403", "503"} <= operation["responses"].keys(), path
            assert operation["security"] == [{"token": []}, {"session": []}], path


def test_names_of_operations_are_their_own(app: FastAPI) -> None:
    names = [one["operationId"] for methods in app.openapi()["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names)


def test_every_route_stands_in_the_document_for_people(app: FastAPI) -> None:
    text = DOCS.read_text()
    missing = [
        f"{method.upper()} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if f"`{method.upper()} {re.sub(r'{[a-z_]+}', '{id}', path)}`" not in text
    ]
    assert missing == []
