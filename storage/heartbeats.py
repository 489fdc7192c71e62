"""Signs of life, shared between processes (`domain.ports.Heartbeats`)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import select

from domain.ports import Heartbeat
from domain.reading import Millis
from storage.database import Database
from storage.models import heartbeat
from storage.upserts import upsert

_DETAIL = msgspec.json.Decoder(dict[str, str | int | float | bool | None])


class SqlHeartbeats:
    """The last sign of each part of the system, in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def beat(self, part: str, at: Millis, detail: Mapping[str, str | int | float | bool | None]) -> None:
        """Replace the part's last sign."""
        row = {"part": part, "at": at, "detail": msgspec.json.encode(dict(detail)).decode()}
        with self._db.writing() as connection:
            connection.execute(upsert(connection, heartbeat), row)

    def all(self) -> list[Heartbeat]:
        """The last sign of each part, by part."""
        query = select(heartbeat.c.part, heartbeat.c.at, heartbeat.c.detail).order_by(heartbeat.c.part)
        with self._db.reading() as connection:
            return [Heartbeat(part, at, _DETAIL.decode(detail)) for part, at, detail in connection.execute(query)]
