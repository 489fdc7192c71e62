"""Speaks with the ministry's server: the secret first, then the token. Nothing is remembered between two sends."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Final

import httpx
import msgspec

from domain.sparing import PackageKind, Verdict
from reports.sparing.answer import Answer, judged
from reports.sparing.bounded import Line
from reports.sparing.config import SparingConfig
from reports.sparing.token import fingerprint, signed

DESC: Final = 500  # characters kept of what the server says; cut once token and secret are out of it
SECRET_PATH: Final = "secret-sensor"  # noqa: S105 - a path
MOST: Final = 65_536  # bytes read of an answer
SECRET_MOST: Final = 1024  # characters
ATTEMPT: Final = 240.0  # s: no attempt sends anything later than this after it began


class _NoSecret(Exception):
    """Why there is no secret to sign with."""

    def __init__(self, why: str, http: int | None = None) -> None:
        self.http = http
        super().__init__(why)


class Ministry:
    """One client for all points. Opens nothing until the first send."""

    def __init__(self, config: SparingConfig) -> None:
        self._config = config
        self._timeout = config.timeout
        self._client: httpx.Client | None = None
        self._line = Line()

    def send(self, kind: PackageKind, payload: str, slots: Sequence[int]) -> Answer:
        """One attempt, over within `ATTEMPT`. Never raises for what the server or the way to it does.

        A refusal is followed by one more look at the secret: where it changed between fetching and sending, the same
        payload is signed with the new one and sent again at once.
        """
        last = monotonic() + ATTEMPT - self._timeout
        try:
            secret = self._secret()
        except _NoSecret as error:
            return Answer(Verdict.NO_SECRET, error.http, desc=str(error))
        if monotonic() > last:
            return Answer(Verdict.UNREACHABLE, desc="fetching the secret took too long; nothing was sent")
        answer = self._post(kind, payload, slots, secret)
        if answer.verdict is not Verdict.REFUSED and answer.http not in (401, 403):
            return answer
        try:
            newer = self._secret()
        except _NoSecret:
            return answer
        if newer == secret or monotonic() > last:
            return answer
        return self._post(kind, payload, slots, newer)

    def close(self) -> None:
        """Let the connections go."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _secret(self) -> str:
        try:
            status, body = self._ask("GET", f"{self._config.base_url}/{SECRET_PATH}", None)
        except httpx.HTTPError as error:
            raise _NoSecret(_why(error)) from None
        text = body.decode("utf-8", "replace").strip()
        if status != 200:
            raise _NoSecret(f"HTTP {status}", status)
        if len(text) > SECRET_MOST or len(text.split()) != 1 or text.startswith("<") or _is_document(text):
            raise _NoSecret("the answer is no secret but a page or something else", status)
        return text

    def _post(self, kind: PackageKind, payload: str, slots: Sequence[int], secret: str) -> Answer:
        token = signed(payload, secret)
        mark = fingerprint(secret)
        try:
            status, body = self._ask("POST", self._door(kind), msgspec.json.encode({"token": token}))
        except httpx.HTTPError as error:
            return Answer(Verdict.UNREACHABLE, desc=_why(error), fingerprint=mark)
        answer = judged(status, body, slots)
        hidden = (answer.desc or "").replace(token, "…").replace(secret, "…")[:DESC] or None
        return msgspec.structs.replace(answer, desc=hidden, fingerprint=mark)

    def _door(self, kind: PackageKind) -> str:
        paths = {
            PackageKind.HOURLY: self._config.hourly_path.value,
            PackageKind.TWO_MINUTES: "send",
            PackageKind.TEST: "testing",
        }
        return f"{self._config.base_url}/{paths[kind]}"

    def _ask(self, method: str, url: str, content: bytes | None) -> tuple[int, bytes]:
        """Status and body, which must be there before the patience ends, however slowly they drip."""
        headers = {"user-agent": "pantau"} | ({"content-type": "application/json"} if content is not None else {})
        body = b""
        with self._line.within(self._timeout) as trace:
            told = {"trace": trace}
            with self._open().stream(method, url, content=content, headers=headers, extensions=told) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > MOST:
                        break
        return answer.status_code, body[:MOST]

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(timeout=self._timeout, follow_redirects=False)
        return self._client


def _is_document(text: str) -> bool:
    """Whether it is a JSON object or list, as an error is often written; a secret is bare text."""
    try:
        return isinstance(msgspec.json.decode(text), dict | list)
    except msgspec.DecodeError:
        return False


def _why(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__}: {error}".strip(": ")[:200]
