"""When devices were out of service, as the audit log tells (`domain.ports_machines.StatusBook`).

A device is out of service from the moment somebody said so, not before: what was counted of earlier days stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import select

from domain.reading import Millis
from domain.registry import DeviceStatus
from domain.shift import Span
from storage.database import Database
from storage.models import audit
from storage.upserts import REVISION, read_counter

_DEVICE: Final = "device/"
_LASTING: Final[Millis] = 1 << 62
_OUT: Final = DeviceStatus.OUT_OF_SERVICE.value


class _Status(msgspec.Struct, frozen=True):
    """What of a device's document matters here."""

    status: str = DeviceStatus.IN_SERVICE.value


class SqlStatusBook:
    """In one database. The log is read once for each revision of the registry."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: tuple[int, dict[str, list[Span]]] = (-1, {})

    def out_of_service(self, device: str, start: Millis, stop: Millis) -> list[Span]:
        """The stretches in [start, stop), cut there, by start."""
        found = self._stretches().get(device, [])
        return [(max(a, start), min(b, stop)) for a, b in found if a < stop and start < b]

    def _stretches(self) -> dict[str, list[Span]]:
        changed = (audit.c.target.startswith(_DEVICE), audit.c.before.contains(_OUT) | audit.c.after.contains(_OUT))
        query = select(audit.c.at, audit.c.target, audit.c.after).where(*changed).order_by(audit.c.id)
        with self._db.reading() as connection:
            revision = read_counter(connection, REVISION)
            if revision != self._known[0]:
                self._known = (
                    revision,
                    _stretches((at, target, after) for at, target, after in connection.execute(query)),
                )
        return self._known[1]


def _stretches(rows: Iterable[tuple[Millis, str, str | None]]) -> dict[str, list[Span]]:
    """From each change to out of service until the next change back; the last may still hold."""
    found: dict[str, list[Span]] = {}
    for at, target, after in rows:
        mine = found.setdefault(target.removeprefix(_DEVICE), [])
        out = after is not None and msgspec.json.decode(after, type=_Status).status == _OUT
        holds = bool(mine) and mine[-1][1] == _LASTING
        if out and not holds:
            mine.append((at, _LASTING))
        elif holds and not out:
            mine[-1] = (mine[-1][0], at)
    return found
