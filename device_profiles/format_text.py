"""Plain text payloads: one number or one word, perhaps in quotes or ended by NULs."""

from __future__ import annotations

from collections.abc import Sequence

from device_profiles.path import Document
from device_profiles.refusal import Refused, excerpt, resemblance, with_resemblance
from domain.message import RejectReason


def decode(payload: bytes) -> Sequence[Document]:
    """The text, without the space around it and without the NULs of a C string."""
    try:
        text = payload.removeprefix(b"\xef\xbb\xbf").rstrip(b"\0").decode().strip()
    except UnicodeDecodeError:
        detail = f"{len(payload)} bytes that are no UTF-8 text: {excerpt(payload)}"
        raise Refused(RejectReason.BAD_ENCODING, with_resemblance(detail, payload)) from None
    hint = resemblance(payload)
    if hint:
        raise Refused(RejectReason.BAD_PAYLOAD, f"{excerpt(payload)}: {hint}")
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return (text[1:-1],)
    return (text,)
