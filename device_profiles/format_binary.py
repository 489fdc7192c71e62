"""Payloads that are no text: their bytes as a hexadecimal text, from which metrics take their `bits`."""

from __future__ import annotations

from collections.abc import Sequence

from device_profiles.path import Document


def decode(payload: bytes) -> Sequence[Document]:
    """One text of two digits a byte."""
    return (payload.hex(),)
