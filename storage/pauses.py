"""Places out of operation on purpose (`domain.ports.Pauses`)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, and_, insert, or_, select, tuple_, update

from domain.account import AuditEntry
from domain.errors import Conflict, Invalid, NotFound
from domain.pause import Pause
from domain.ports import Page
from domain.reading import Millis
from domain.reference_names import missing
from domain.registry import Device
from storage.audit import write_entries
from storage.database import Database
from storage.models import pause as table
from storage.nouns import read_all
from storage.paging import cursor_of, key_of, limited, page_of

_COLUMNS: Final = tuple(table.c[name] for name in Pause.__struct_fields__)


class SqlPauses:
    """In one database. Every change is audited."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def pause(self, pause: Pause, now: Millis | None = None) -> Pause:
        """Add one, with its id; audited at `now` (None: at its start). Raises Invalid for a place that does not
        exist or an end before its start.
        """
        if pause.stop is not None and pause.stop <= pause.start:
            raise Invalid("it must end after it starts", "stop")
        with self._db.writing() as connection:
            _require_place(connection, pause)
            number = connection.execute(insert(table).returning(table.c.id), [_values(pause)]).scalar_one()
            made = msgspec.structs.replace(pause, id=number)
            write_entries(connection, [_audited("add", made, pause.who, pause.start if now is None else now)])
        return made

    def end(self, pause: int, who: str, now: Millis) -> Pause:
        """End one now; one that has not begun never holds. Raises NotFound, Conflict when it has ended."""
        with self._db.writing() as connection:
            found = _one(connection, pause)
            if found.ended_by is not None or (found.stop is not None and found.stop <= now):
                raise Conflict(f"pause {pause} has ended", "ended")
            ended = msgspec.structs.replace(found, stop=max(now, found.start), ended_by=who)
            connection.execute(update(table).where(table.c.id == pause).values(stop=ended.stop, ended_by=who))
            write_entries(connection, [_audited("end", ended, who, now)])
        return ended

    def now(self, now: Millis) -> list[Pause]:
        """Those that hold, by start. Of those that ended nothing is read."""
        lasting = self._all(select(*_COLUMNS).where(or_(table.c.stop.is_(None), table.c.stop > now)))
        return sorted((pause for pause in lasting if pause.start <= now), key=lambda pause: (pause.start, pause.id))

    def page(self, after: str | None, limit: int) -> Page[Pause]:
        """Newest first by start."""
        query = select(*_COLUMNS).order_by(table.c.start.desc(), table.c.id.desc()).limit(limited(limit))
        if after is not None:
            query = query.where(tuple_(table.c.start, table.c.id) < key_of(after, tuple[int, int]))
        return page_of(self._all(query), limit, lambda pause: cursor_of(pause.start, pause.id))

    def pauses(self, site: str, stage: str, device: str, start: Millis, stop: Millis) -> list[tuple[Millis, Millis]]:
        """`domain.ports_evidence.PauseBook`: when the place rested in [start, stop), cut there, by start."""
        c = table.c
        within = (c.site == site, c.start < stop, or_(c.stop.is_(None), c.stop > start))
        whole = and_(c.stage.is_(None), c.device.is_(None))
        about = or_(whole, and_(c.stage == stage, c.device.is_(None)), c.device == device)
        found = self._all(select(*_COLUMNS).where(*within, about).order_by(c.start, c.id))
        return [(max(one.start, start), stop if one.stop is None else min(one.stop, stop)) for one in found]

    def _all(self, query: Select[Any]) -> list[Pause]:
        with self._db.reading() as connection:
            return [Pause(*row) for row in connection.execute(query)]


def _one(connection: Connection, pause: int) -> Pause:
    row = connection.execute(select(*_COLUMNS).where(table.c.id == pause).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"there is no pause {pause}")
    return Pause(*row)


def _require_place(connection: Connection, pause: Pause) -> None:
    stages = {site.id: [stage.id for stage in site.stages] for site in read_all(connection, "sites")}
    if pause.site not in stages:
        raise Invalid(missing("site", pause.site, stages), "site")
    if pause.stage is not None and pause.stage not in stages[pause.site]:
        raise Invalid(missing("stage", pause.stage, stages[pause.site]), "stage")
    if pause.device is not None:
        _require_device(read_all(connection, "devices"), pause, pause.device)


def _require_device(devices: tuple[Device, ...], pause: Pause, name: str) -> None:
    known = {device.id: device for device in devices}
    if name not in known:
        raise Invalid(missing("device", name, known), "device")
    found = known[name]
    if found.site != pause.site or pause.stage not in (None, found.stage):
        raise Invalid(f"device {name} is at {found.site}/{found.stage}", "device")


def _audited(action: str, pause: Pause, who: str, at: Millis) -> AuditEntry:
    return AuditEntry(at, who, action, f"pause/{pause.id}", after=msgspec.json.encode(pause).decode())


def _values(pause: Pause) -> dict[str, Any]:
    values = msgspec.structs.asdict(pause)
    del values["id"]
    return values
