"""Keyset pages: a cursor holds the key of the last row shown, so rows added meanwhile move nothing."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from domain.errors import Invalid
from domain.ports import Page

T = TypeVar("T")
K = TypeVar("K")


def cursor_of(*key: str | int) -> str:
    """The cursor that stands for a row's key; opaque to whoever carries it."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def key_of(cursor: str, shape: type[K]) -> K:
    """The key behind a cursor, such as `tuple[int, str]`. Raises Invalid for anything but a cursor of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded.encode("ascii")), type=shape)
    except (ValueError, UnicodeError):
        raise Invalid("this cursor was not made by Pantau; start again without it", "after") from None


def page_of(items: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """The page out of `limit + 1` fetched rows; the one too many only says that there is more."""
    shown = list(items[:limit])
    return Page(shown, key(shown[-1]) if shown and len(items) > limit else None)


def limited(limit: int) -> int:
    """How many rows to fetch for a page. Raises Invalid for a limit below one."""
    if limit < 1:
        raise Invalid("limit must be at least 1", "limit")
    return limit + 1
