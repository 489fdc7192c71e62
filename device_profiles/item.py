"""One value as it was found in a document, before it is judged."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from device_profiles.clock import Clock
from device_profiles.path import Document
from domain.reading import GOOD


class Item(Struct, gc=False):
    """`metric` is its name in the profile. `clock`, and what it reads, only where the value has its own time."""

    metric: str
    raw: Any
    unit: Any = None
    flag: int = GOOD
    clock: Clock | None = None
    timed: Document = None
    retained: bool = False
