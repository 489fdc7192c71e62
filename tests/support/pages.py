"""The pages over an application, and people who use them through their forms."""

from __future__ import annotations

import re

import httpx
from fastapi import FastAPI
from starlette.routing import BaseRoute

from api.app import create_api
from dashboard.app import mount_dashboard
from domain.account import Role
from domain.services import Services
from support.app import PASSWORD, add_user

_worked_out: list[BaseRoute] = []  # routes of the first application


def with_pages(services: Services) -> FastAPI:
    """The whole application. Its routes hold nothing of it, and working them out takes longer than most tests: all
    applications share those of the first.
    """
    app = create_api(services)
    mount_dashboard(app, services)
    if not _worked_out:
        _worked_out.extend(app.router.routes)
    app.router.routes[:] = _worked_out
    return app


def add_people(services: Services) -> None:
    """One person of each role, called as the role is."""
    for role in Role:
        add_user(services, role.value, role)


def gate_of(client: httpx.Client) -> str:
    """The login form's token."""
    found = re.search(r'name="gate" value="([^"]+)"', client.get("/login").text)
    assert found
    return found[1]


def log_in(client: httpx.Client, name: str, target: str = "/", password: str = PASSWORD) -> httpx.Response:
    """Through the form, as a person does."""
    form = {"name": name, "password": password, "gate": gate_of(client), "target": target}
    return client.post("/login", data=form)


def csrf_of(client: httpx.Client) -> str:
    """The session's form token as pages carry it."""
    page = client.get("/").text
    found = re.search(r'action="/logout">\s*<input type="hidden" name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def text_of(page: httpx.Response) -> str:
    """What a person reads, without tags."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))
