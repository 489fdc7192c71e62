"""Why a payload cannot be read, and what it looks like instead."""

from __future__ import annotations

from domain.message import RejectReason

MAX_ITEMS = 10_000  # values, lines or documents in one message

_SHOWN = 60


class Refused(Exception):
    """The payload as a whole cannot be read. Never leaves device_profiles."""

    def __init__(self, reason: RejectReason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


def excerpt(raw: object) -> str:
    """The beginning of a value, safe to show in one line."""
    shown = repr(raw[: _SHOWN + 1] if isinstance(raw, bytes | str) else raw)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def resemblance(payload: bytes) -> str | None:
    """What a payload that could not be read looks like, for the person who has to find out."""
    head = payload[:64].lstrip()
    lowered = head.lower()
    if _is_utf16(payload):
        return "it looks like UTF-16 text: the sender must write UTF-8"
    if payload.startswith(b"\x1f\x8b"):
        return "it looks like gzip"
    if lowered.startswith((b"<html", b"<!doctype html")):
        return "it looks like an HTML page: a gateway passed on an error of a web server"
    if lowered.startswith(b"<"):
        return "it looks like XML, which is never parsed"
    if head.startswith((b"{'", b"[{'", b"['", b"b'", b"{u'")):
        return "it looks like the repr of a Python object, not JSON (json.dumps makes JSON)"
    return None


def with_resemblance(detail: str, payload: bytes) -> str:
    """The detail, and what the payload looks like where that is recognised."""
    hint = resemblance(payload)
    return f"{detail}; {hint}" if hint else detail


def _is_utf16(payload: bytes) -> bool:
    if payload.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    head = payload[:32]
    return len(head) >= 4 and (not any(head[1::2]) or not any(head[::2]))
