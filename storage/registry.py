"""Sites, devices, limits, people, rules and routes (`domain.ports.Registry`), each kept whole as a document.

Applying compares what is given with what stands, noun by noun; what is equal is not written, not
audited, and does not grow the revision.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from domain.account import AuditEntry
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.ports import Page
from domain.reading import Millis
from domain.references import KINDS, reference_problems
from domain.registry import Changes, Device, Installation
from domain.rule import Rule
from domain.rule_record import RuleVersion
from storage import rule_versions
from storage.audit import write_entries
from storage.database import Database
from storage.models import device as device_table
from storage.nouns import NOUNS, Change, Removal, changes_of, read_all, remove, write_changes
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
            _refuse(_problems(installation, before))
            changes = [change for kind in KINDS for change in changes_of(kind, before, installation)]
            write_changes(connection, changes)
            _record(connection, changes, who, now)
        return _summary(installation, changes)

    def rule_versions(self, rule: str) -> list[RuleVersion]:
        """Every version a rule of the installation ever had, newest first; empty for derived or unknown ones."""
        with self._db.reading() as connection:
            return rule_versions.versions_of(connection, rule)

    def put_rule(self, rule: Rule, who: str, now: Millis, version: int | None) -> RuleVersion:
        """Add a rule, or change it as it stands at `version` (None: it must be new); the version it has now.

        What changes nothing makes no new version. Raises Conflict with the version it is at ("" where there is no
        such rule), Invalid for what refers to nothing.
        """
        given = Installation(rules=(rule,))
        with self._db.writing() as connection:
            add_to_counter(connection, REVISION, 0)  # a second writer waits here
            _require_version(connection, rule.id, version)
            before = _installation(connection)
            _refuse(_new(_problems(given, before), before), inside="rules[0].")
            changes = list(changes_of("rules", before, given))
            write_changes(connection, changes)
            _record(connection, changes, who, now)
            return rule_versions.versions_of(connection, rule.id)[0]

    def drop_rule(self, rule: str, who: str, now: Millis, version: int | None = None) -> None:
        """Remove a rule as it stands at `version` (None: whatever it says now); its versions stay.

        Raises NotFound, Conflict with the version it is at, Invalid while another rule names it.
        """
        with self._db.writing() as connection:
            add_to_counter(connection, REVISION, 0)
            before = _installation(connection)
            standing = {found.id: found for found in before.rules}
            if rule not in standing:
                raise NotFound(f"there is no rule {rule}")
            if version is not None:
                _require_version(connection, rule, version)
            others = tuple(found for found in before.rules if found.id != rule)
            _refuse(_new(reference_problems(before.model_copy(update={"rules": others})), before))
            gone = Removal("rules", standing[rule])
            remove(connection, gone)
            rule_versions.add_version(connection, rule, None, who, now)
            write_entries(connection, [AuditEntry(now, who, "remove", gone.name, gone.shown, None)])
            add_to_counter(connection, REVISION, 1)

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


def _problems(given: Installation, before: Installation) -> list[Problem]:
    """What stands afterwards must hold together; ids given twice are refused where they are given."""
    merged = Installation.model_validate(
        {kind: (*getattr(given, kind), *_others(kind, given, before)) for kind in KINDS}
    )
    return reference_problems(merged)


def _new(problems: Sequence[Problem], before: Installation) -> list[Problem]:
    """Those that were not there before: a registry an older program wrote must not be in the way of a change."""
    known = {problem.message for problem in reference_problems(before)}
    return [problem for problem in problems if problem.message not in known]


def _refuse(problems: Sequence[Problem], inside: str = "") -> None:
    """Raise Invalid with all of them; keys within `inside` are told without it."""
    if problems:
        keys = [problem.key.removeprefix(inside) for problem in problems]
        lines = [f"{key}: {problem.message}" for key, problem in zip(keys, problems, strict=True)]
        raise Invalid("\n".join(lines), keys[0])


def _require_version(connection: Connection, rule: str, version: int | None) -> None:
    present = rule_versions.present_version(connection, rule)
    if present != version:
        is_at = "does not exist" if present is None else f"is at version {present}"
        raise Conflict(f"rule {rule} {is_at}, not {version or 'new'}", "" if present is None else str(present))


def _record(connection: Connection, changes: Sequence[Change], who: str, now: Millis) -> None:
    """In the audit log, in the versions of rules, and in the revision."""
    write_entries(connection, [_audited(change, who, now) for change in changes])
    for change in changes:
        if change.kind == "rules":
            rule_versions.add_version(connection, change.after.id, change.document, who, now)
    if changes:
        add_to_counter(connection, REVISION, 1)


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
