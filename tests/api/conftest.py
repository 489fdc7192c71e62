"""The API over real stores, asked in process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_api
from domain.account import Role
from domain.services import Services
from support.app import MovedClock, add_token, build_services, client_of


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def services(tmp_path: Path, clock: MovedClock) -> Services:
    return build_services(tmp_path, clock)


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_api(services)


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[httpx.Client]:
    """Somebody without a token or session."""
    with client_of(app) as client:
        yield client


@pytest.fixture
def admin(app: FastAPI, services: Services) -> Iterator[httpx.Client]:
    """A program that may do everything."""
    token = add_token(services, Role.ADMIN, "admin-program")
    with client_of(app, token) as client:
        yield client
