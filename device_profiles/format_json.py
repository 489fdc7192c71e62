"""JSON payloads: msgspec for what is right, the standard library for what can still be saved."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Sequence

import msgspec

from device_profiles.path import Document
from device_profiles.refusal import MAX_ITEMS, Refused, excerpt, with_resemblance
from domain.message import RejectReason

_decode = msgspec.json.Decoder().decode
_MAX_DIGITS = 400  # more is beyond float64 (1.8e308); int() of very long digits takes quadratic time


def decode(payload: bytes) -> Sequence[Document]:
    """One document. A bare NaN or Infinity, a byte order mark, bytes that are not UTF-8 inside some text, or a
    number beyond float64 costs only the value it stands for.
    """
    try:
        return (_decode(payload),)
    except (ValueError, RecursionError):
        return (_patient(payload),)


def decode_lines(payload: bytes) -> Sequence[Document | Refused]:
    """One document a line (NDJSON); a line that cannot be read is refused alone, with its number."""
    if payload.count(b"\n") > MAX_ITEMS:
        raise Refused(RejectReason.TOO_MANY_ITEMS, f"more than {MAX_ITEMS:,} lines in one message")
    documents: list[Document | Refused] = []
    for number, line in enumerate(payload.split(b"\n"), 1):
        if line and not line.isspace():
            try:
                documents.extend(decode(line))
            except Refused as refused:
                documents.append(Refused(refused.reason, f"line {number}: {refused.detail}"))
    return documents


def _patient(payload: bytes) -> Document:
    text = payload.removeprefix(codecs.BOM_UTF8).rstrip(b"\0").decode("utf-8", errors="replace")
    try:
        return json.loads(text, parse_constant=_not_a_number, parse_int=_integer)
    except RecursionError:
        raise Refused(RejectReason.BAD_JSON, "nested too deeply") from None
    except ValueError as error:
        reason = RejectReason.BAD_ENCODING if "\ufffd" in text else RejectReason.BAD_JSON
        detail = f"{error} in {excerpt(payload)}"
        raise Refused(reason, with_resemblance(detail, payload)) from None


def _not_a_number(word: str) -> float:
    """NaN and the infinities are no JSON; a device that writes them has no value to tell."""
    return math.nan


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_DIGITS else math.inf
