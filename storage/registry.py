"""Sites, devices, limits, rules and routes (`domain.ports.Registry`), each kept whole as a document.

Applying compares what is given with what stands, noun by noun; what is equal is not written, not
audited, and does not grow the revision.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from domain.account import AuditEntry
from domain.errors import Invalid, NotFound
from domain.ports import Page
from domain.reading import Millis
from domain.references import KINDS, reference_problems
from domain.registry import Changes, Device, Installation
from storage.audit import write_entries
from storage.database import Database
from storage.models import device as device_table
from storage.nouns import NOUNS, Change, changes_of, read_all, write_changes
from storage.paging import cursor_of, key_of, limited, page_of
from storage.upserts import REVISION, add_to_counter, read_counter


class SqlRegistry:
    """The registry in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def revision(self) -> int:
        """Grows whenever anything in the registry changes. One row is read."""
        with self._db.reading() as connection:
            return read_counter(connection, REVISION)

    def installation(self) -> Installation:
        """All of it, in the order of the files."""
        with self._db.reading() as connection:
            return _installation(connection)

    def apply(self, installation: Installation, who: str, now: Millis) -> Changes:
        """Add and change what is given, in one transaction; never removes.

        Raises Invalid, with every problem in its message, when anything would refer to what does not exist.
        """
        with self._db.writing() as connection:
            add_to_counter(connection, REVISION, 0)  # a second writer waits here
            before = _installation(connection)
            _refuse_problems(installation, before)
            changes = [change for kind in KINDS for change in changes_of(kind, before, installation)]
            write_changes(connection, changes)
            write_entries(connection, [_audited(change, who, now) for change in changes])
            if changes:
                add_to_counter(connection, REVISION, 1)
        return _summary(installation, changes)

    def devices(self, site: str | None, after: str | None, limit: int) -> Page[Device]:
        """Devices by id, of one site or of all."""
        query = select(device_table.c.document).order_by(device_table.c.id).limit(limited(limit))
        if site is not None:
            query = query.where(device_table.c.site == site)
        if after is not None:
            query = query.where(device_table.c.id > key_of(after, tuple[str])[0])
        with self._db.reading() as connection:
            found = [Device.model_validate_json(document) for document in connection.execute(query).scalars()]
        return page_of(found, limit, lambda device: cursor_of(device.id))

    def device(self, device: str) -> Device:
        """One device. Raises NotFound."""
        query = select(device_table.c.document).where(device_table.c.id == device)
        with self._db.reading() as connection:
            document = connection.execute(query).scalar_one_or_none()
        if document is None:
            raise NotFound(f"there is no device {device}")
        return Device.model_validate_json(document)


def _installation(connection: Connection) -> Installation:
    return Installation.model_validate({kind: read_all(connection, kind) for kind in KINDS})


def _refuse_problems(given: Installation, before: Installation) -> None:
    """What stands afterwards must hold together; ids given twice are refused where they are given."""
    merged = Installation.model_validate(
        {kind: (*getattr(given, kind), *_others(kind, given, before)) for kind in KINDS}
    )
    problems = reference_problems(merged)
    if problems:
        raise Invalid("\n".join(f"{problem.key}: {problem.message}" for problem in problems), problems[0].key)


def _others(kind: str, given: Installation, before: Installation) -> tuple[object, ...]:
    replaced = {noun.id for noun in getattr(given, kind)}
    return tuple(noun for noun in getattr(before, kind) if noun.id not in replaced)


def _audited(change: Change, who: str, now: Millis) -> AuditEntry:
    return AuditEntry(now, who, change.action, change.name, change.before_shown, change.after_shown)


def _summary(installation: Installation, changes: list[Change]) -> Changes:
    given = sum(len(getattr(installation, kind)) for kind in NOUNS)
    return Changes(
        added=tuple(change.name for change in changes if change.before is None),
        changed=tuple(change.name for change in changes if change.before is not None),
        unchanged=given - len(changes),
    )
