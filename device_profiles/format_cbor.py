"""CBOR payloads (RFC 8949), by cbor2. What JSON has no word for becomes its nearest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import cbor2

from device_profiles.path import Document
from device_profiles.refusal import MAX_ITEMS, Refused, excerpt, with_resemblance
from domain.message import RejectReason

_MAX_DEPTH = 32
_TOO_MANY = 20 * MAX_ITEMS  # parts of one document
_MAX_BITS = 1_100  # beyond any float
_COSTLY = (5, 28, 29, 30, 35, 36)  # bigfloats, shared values, rationals, patterns, mails: no sensor sends them


def decode(payload: bytes) -> Sequence[Document]:
    """One document, with keys as texts."""
    return (_plain(loads(payload), [0]),)


def loads(payload: bytes) -> Any:
    """What the bytes say, keys as they are. Raises Refused, and nothing else."""
    try:
        return cbor2.loads(payload, max_depth=_MAX_DEPTH, semantic_decoders=_REFUSED_TAGS)
    except (cbor2.CBORError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
        detail = f"not CBOR ({error}): {excerpt(payload)}"
        raise Refused(RejectReason.BAD_PAYLOAD, with_resemblance(detail, payload)) from None


def _refuse_tag(*_: object) -> Any:
    raise ValueError("a tag that is not read")


_REFUSED_TAGS: Any = dict.fromkeys(_COSTLY, _refuse_tag)


def _plain(value: Any, parts: list[int]) -> Document:
    parts[0] += 1
    if parts[0] > _TOO_MANY:
        raise Refused(RejectReason.TOO_MANY_ITEMS, f"more than {_TOO_MANY:,} parts in one message")
    if isinstance(value, dict):
        return {_key(key): _plain(inner, parts) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, parts) for inner in value]
    return scalar(value)


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    return str(scalar(key)) if isinstance(key, int | bytes) else type(key).__name__


def scalar(value: Any) -> Document:
    """A value that is no array and no map, as JSON would have it."""
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        return math.inf
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Decimal | Fraction):
        return number(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return None if value is cbor2.undefined else {"unread": type(value).__name__}


def number(value: Decimal | Fraction) -> float:
    """As a float; beyond any float, infinite."""
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.inf
