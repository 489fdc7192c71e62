"""Pages of lists: limits, and cursors that mean something only to us."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from domain.errors import Invalid
from domain.ports import Page

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=1000, description="How many items at most.")]
Cursor = Annotated[
    str | None,
    Query(alias="cursor", max_length=512, pattern=r"^[A-Za-z0-9_=-]+$", description="The `next` of the page before."),
]


def sealed(noun: str, cursor: str | None) -> str | None:
    """A cursor of a store as the caller gets it. `noun` keeps one list's cursor out of another."""
    return None if cursor is None else urlsafe_b64encode(f"{noun}:{cursor}".encode()).decode()


def opened(noun: str, cursor: str | None) -> str | None:
    """The store's own cursor. Raises Invalid for what was not made by `sealed` for this list."""
    if cursor is None:
        return None
    try:
        owner, _, inner = urlsafe_b64decode(cursor.encode()).decode().partition(":")
    except (binascii.Error, ValueError):
        owner, inner = "", ""
    if owner != noun or not inner or "\x00" in inner:
        raise Invalid("this is no cursor of this list: begin again without one", "cursor")
    return inner


def page_of(items: Sequence[T], key: Callable[[T], str], after: str | None, limit: int) -> Page[T]:
    """One page of a list kept in memory and sorted by `key`."""
    rest = [item for item in items if after is None or key(item) > after]
    more = len(rest) > limit
    return Page(rest[:limit], key(rest[limit - 1]) if more else None)
