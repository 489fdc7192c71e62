"""The pages over real parts: both example centres, people of every role, and a client in process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from domain.account import Role
from domain.services import Services
from domain.text import Language
from support.app import MovedClock, client_of
from support.chromium import CHROMIUM, FLAGS
from support.mojokerto import mojokerto_services
from support.pages import add_people, log_in, with_pages


class LogIn(Protocol):
    """Logs somebody of a role in, in a language."""

    def __call__(self, role: Role = Role.TECHNICIAN, language: Language = Language.ID) -> httpx.Client: ...


@pytest.fixture(scope="module")
def browser(chromium_installed: None) -> Iterator[Browser]:
    """One for each file: a longer life would leave its event loop running below the tests of others."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def clock() -> MovedClock:
    """Noon at the tanks."""
    return MovedClock()


@pytest.fixture
def services(tmp_path: Path, clock: MovedClock) -> Services:
    """Both centres registered, everybody known, nothing measured yet."""
    built = mojokerto_services(tmp_path, clock)
    add_people(built)
    return built


@pytest.fixture
def app(services: Services) -> FastAPI:
    """The application with its pages."""
    return with_pages(services)


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[httpx.Client]:
    """Somebody who has not logged in."""
    with client_of(app) as client:
        yield client


@pytest.fixture
def enter(app: FastAPI, services: Services) -> Iterator[LogIn]:
    """How somebody logs in."""
    clients: list[httpx.Client] = []

    def through_the_form(role: Role = Role.TECHNICIAN, language: Language = Language.ID) -> httpx.Client:
        services.authenticator.set_language(role.value, language)
        client = client_of(app)
        clients.append(client)
        assert log_in(client, role.value).status_code == 303
        return client

    yield through_the_form
    for client in clients:
        client.close()
