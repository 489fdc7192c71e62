"""Links that acknowledge one alert from a message: signed, for one person, once, for a while.

They work on the phone without a log-in, so whoever holds the link acts as the person it was made for; it can do
nothing else. The page behind it only shows the alert; the acknowledging is a second step, for chat programs open
links by themselves.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Final

from itsdangerous import BadData, URLSafeSerializer
from msgspec.structs import replace

from domain.alert import Alert, NotificationState
from domain.errors import ConfigurationError, Conflict, Expired, Invalid
from domain.ports import AlertBook, AlertDesk
from domain.reading import Millis

DAY: Final[Millis] = 86_400_000
KEY_BYTES: Final = 32
SALT: Final = "pantau.acknowledge"


class SignedLinks:
    """Implements `domain.ports.Links`. A token is (alert, who, when it was made in s), signed with HMAC-SHA-256."""

    def __init__(self, book: AlertBook, desk: AlertDesk, key: bytes, *, base_url: str, days: float = 3.0) -> None:
        self._book = book
        self._desk = desk
        self._signer = URLSafeSerializer(key, SALT, signer_kwargs={"digest_method": hashlib.sha256})
        self._base_url = base_url.rstrip("/")
        self._lasts = round(days * DAY)

    def make(self, alert: str, who: str, now: Millis) -> str:
        """The whole address, for a message to `who`. The same within a second."""
        return f"{self._base_url}/a/{self._signer.dumps([alert, who, now // 1000])}"

    def read(self, token: str, now: Millis) -> tuple[str, str]:
        """(alert, who). Raises Invalid for one that is forged, Expired, Conflict for a used one.

        Nothing is noted: chat programs open links by themselves, and a preview is no person who saw it.
        """
        alert, who = self._signed(token, now)
        if self._book.used(digest(token)):
            raise Conflict("this link was used before", self._book.alert(alert).state)
        return alert, who

    def acknowledge(self, token: str, comment: str | None, now: Millis) -> Alert:
        """Use it; what was sent to them about the alert counts as seen. Raises as `read` and as
        `AlertDesk.acknowledge`; a link whose alert moved on stays unused.
        """
        alert, who = self.read(token, now)
        done = self._desk.acknowledge(alert, who, comment, now)  # refuses a second tap at the same time too
        self._book.use_once(digest(token), now)
        self._seen(alert, who, now)
        return done

    def _signed(self, token: str, now: Millis) -> tuple[str, str]:
        try:
            content: Any = self._signer.loads(token)
        except BadData:
            raise Invalid("this link is not one of ours", "token") from None
        alert, who, made = content
        if now - made * 1000 > self._lasts:
            raise Expired("this link is too old; open the alert itself", "token")
        return alert, who

    def _seen(self, alert: str, who: str, now: Millis) -> None:
        told = [one for one in self._book.notifications(alert) if one.contact == who]
        sent = [one for one in told if one.state is NotificationState.SENT]
        self._book.update_notifications([replace(one, state=NotificationState.SEEN, seen_at=now) for one in sent])


def digest(token: str) -> str:
    """What is kept of a used link."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_key(path: Path) -> bytes:
    """The installation's own key, made on first use, readable by nobody else. Whoever takes the file away ends all
    links. Raises ConfigurationError for one that is too short or cannot be read.
    """
    try:
        return _checked(path, path.read_bytes())
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ConfigurationError.one(path, "", f"cannot be read: {error.strerror}") from None
    return _checked(path, _make(path))


def _make(path: Path) -> bytes:
    """Another process may make it at the same time: the first one counts, and nobody reads half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError.one(path, "", f"cannot be made: {error.strerror}") from None


def _checked(path: Path, key: bytes) -> bytes:
    if len(key) < KEY_BYTES:
        raise ConfigurationError.one(path, "", f"holds {len(key)} bytes, not {KEY_BYTES}; remove it to get a new one")
    return key
