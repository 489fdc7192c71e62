"""Files in forms: every form that takes them takes 20 MB, and says in words what is too much."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from api.hardening import MAX_BODY, MAX_FILE, ROOMY
from domain.account import Role
from domain.attachment import MOST
from domain.services import Services
from domain.text import Language
from support.pages import csrf_of, text_of

PAGES = (
    "/conditions", "/laboratory", "/calibrations", "/calibrations/ipal-outlet/ph", "/logbook?shift=pagi", "/water",
    "/company", "/service?site=alas-kaki", "/machines/press-1",
)  # fmt: skip
FORMS = {
    "/conditions": {
        "place": "batik", "category": "power_cut", "start": "2026-11-21T08:00", "stop": "2026-11-21T09:00",
    },
    "/laboratory": {
        "point": "titik-penaatan-outlet", "code": "L", "sampled_at": "2026-11-20T09:00", "value_cod": "1",
    },
}  # fmt: skip
FIELDS = {"/conditions": "attached", "/laboratory": "lhu"}
BROWSER = {"Accept": "text/html"}


def pdf(size: int) -> tuple[str, bytes, str]:
    return "foto.pdf", b"%PDF-1.7 ".ljust(size, b"x"), "application/pdf"


def send(client: httpx.Client, path: str, *sizes: int, form: dict[str, str] | None = None) -> httpx.Response:
    given = [(FIELDS[path], pdf(size)) for size in sizes]
    fields = (FORMS[path] if form is None else form) | {"csrf": csrf_of(client)}
    return client.post(path, data=fields, files=given, headers=BROWSER)


def test_every_form_with_a_field_for_files_may_send_them(enter: Any) -> None:
    client = enter(Role.ADMIN)
    forms = [one for page in PAGES for one in re.findall(r"(?s)<form.*?</form>", client.get(page).text)]
    taking = {re.search(r'action="([^"]*)"', one)[1] for one in forms if 'type="file"' in one}  # type: ignore[index]
    assert taking == FORMS.keys() == {one for one in ROOMY if not one.startswith("/api/")}


@pytest.mark.parametrize("path", FORMS)
def test_a_file_of_20_mb_is_kept(enter: Any, path: str) -> None:
    assert send(enter(), path, MOST).status_code == 303


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(("language", "said"), [
    (Language.ID, "Berkas dalam satu isian bersama-sama paling besar 20 MB"),
    (Language.EN, "The files of one form may have 20 MB together"),
])  # fmt: skip
def test_more_is_refused_on_a_page_in_words(enter: Any, path: str, language: Language, said: str) -> None:
    answer = send(enter(language=language), path, MAX_FILE)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert said in text_of(answer)


def test_several_files_of_one_form_share_what_it_may_send(enter: Any, services: Services) -> None:
    client = enter()
    assert send(client, "/conditions", MOST // 2, MOST // 2 - 1).status_code == 303
    assert send(client, "/conditions", MOST, MAX_BODY).status_code == 413
    assert len(services.evidence.conditions.page(None, None, 9).items) == 1


def status_unread(app: FastAPI, path: str, cookies: Mapping[str, str]) -> int:
    """What a large body is answered before any of it was asked for."""
    said: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        said.append(message)

    headers = {"host": "pantau", "content-length": str(MAX_BODY + 1)}
    headers["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "http_version": "1.1"}
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app(scope | {"headers": sent, "scheme": "http"}, receive, send))
    return int(said[0]["status"])


@pytest.mark.parametrize("path", ROOMY)
def test_a_large_body_of_one_who_may_not_send_it_is_not_read(app: FastAPI, enter: Any, path: str) -> None:
    assert status_unread(app, path, enter(Role.VIEWER).cookies) == 403


@pytest.mark.parametrize("path", ROOMY)
def test_a_strangers_large_body_is_not_read(app: FastAPI, path: str) -> None:
    assert status_unread(app, path, {}) == 401


def test_somebody_whose_session_has_ended_is_led_to_the_login(stranger: httpx.Client) -> None:
    answer = stranger.post("/conditions", content=b"x" * (MAX_BODY + 1), headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
