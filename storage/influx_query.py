"""InfluxQL over HTTP: asking, and the words of the dialect that all versions understand."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.errors import NotPermitted, PantauError, Unavailable, WriteRejected

REFUSED = frozenset({401, 403, 404})


class TooLarge(WriteRejected):
    """413: the same in smaller pieces may be taken."""


class ServerFault(Unavailable):
    """500: mostly the server's trouble, but InfluxDB 1.6 answers so to a request it will never take."""


@dataclass(frozen=True)
class Answer:
    """One series of a result."""

    name: str
    tags: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    values: list[list[Any]] = field(default_factory=list)


def error_of(status: int, text: str) -> PantauError:
    """What a status above 299 means to us; `text` is the server's own answer."""
    detail = f"InfluxDB answered {status}: {text.strip()[:500]}"
    if status in REFUSED:
        return NotPermitted(detail)
    if status == 413:
        return TooLarge(detail)
    if status == 500:
        return ServerFault(detail)
    if status == 429 or status > 500:
        return Unavailable(detail)
    return WriteRejected(detail)


def identifier(name: str) -> str:
    """A quoted measurement or tag name."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def text(value: str) -> str:
    """A quoted string."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


class InfluxHttp:
    """The client for everything but writing points. `secret` is a token, or `user:password` on 1.x."""

    def __init__(self, url: str, secret: str, timeout: float) -> None:
        self.url = url.rstrip("/")
        self._secret = secret
        self._client = httpx.Client(base_url=self.url, timeout=timeout, trust_env=False)
        if secret:
            self._client.headers["Authorization"] = f"Token {secret}"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """One request. InfluxDB 1.6 knows no `Token`: once refused, the same goes as Basic from then on."""
        try:
            answer = self._client.request(method, path, **kwargs)
            basic = "Basic " + base64.b64encode(self._secret.encode()).decode()
            if answer.status_code == 401 and ":" in self._secret and self._client.headers["Authorization"] != basic:
                self._client.headers["Authorization"] = basic
                answer = self._client.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise Unavailable(f"InfluxDB at {self.url} does not answer: {error}") from error
        if answer.status_code >= 300:
            raise error_of(answer.status_code, answer.text)
        return answer

    def query(self, *statements: str, db: str = "") -> list[list[Answer]]:
        """The result of each statement. An error inside a 200 answer is an error too."""
        answer = self.request("POST", "/query", params={"db": db, "epoch": "ms"}, data={"q": "; ".join(statements)})
        results = answer.json().get("results", [])
        errors = [str(result["error"]) for result in results if "error" in result]
        if errors and len(statements) > 1:
            self.query(statements[0], db=db)  # 1.x says only "not executed" of several; alone it says why
        if errors:
            raise _statement_error(errors[0])
        return [
            [Answer(**{k: v for k, v in s.items() if k != "partial"}) for s in result.get("series", [])]
            for result in results
        ]


def _statement_error(message: str) -> PantauError:
    detail = f"InfluxDB refused the query: {message[:500]}"
    if "not found" in message or "not authorized" in message:
        return NotPermitted(detail)
    return Unavailable(detail)
