"""`pantau doctor`: is it alive, did it lose anything, and what to do."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path

from alerts.secrets import Secrets
from domain.errors import PantauError
from domain.ports import Heartbeat
from domain.vitals import BEHIND_AFTER, FINE, SILENT_AFTER
from service.reachability import missing_secrets, schedule_hints
from service.settings import Settings
from service.wiring import ALERTS_READER, STORE_READER, Application, build

LEAST_FREE = 500 * 1024 * 1024  # bytes
PARTS = ("collector", "broker", "store", "alerts", "telling")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what, whether it is well, what was found, what to do if it is not."""

    what: str
    well: bool
    found: str
    remedy: str = ""

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; a part that cannot be opened is a finding, not an error."""
    findings = [_space(settings.data_dir), _broker(settings)]
    try:
        with ExitStack() as stack:
            app = build(settings, stack)
            findings += list(_inside(app))
            findings += list(_reachable(app))
    except PantauError as error:
        findings.append(Finding("data", False, str(error), "mend what is named and run doctor again"))
    return findings + [_integrity(settings.data_dir / name) for name in ("journal.db", "readings.db", "pantau.db")]


def _space(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / 1024**3:.1f} GiB free at {existing}"
    return Finding("disk", free >= LEAST_FREE, found, "" if free >= LEAST_FREE else "make room, at least 0.5 GiB")


def _broker(settings: Settings) -> Finding:
    where = f"{settings.mqtt.host}:{settings.mqtt.port}"
    try:
        socket.create_connection((settings.mqtt.host, settings.mqtt.port), timeout=3).close()
    except OSError as error:
        return Finding(
            "broker", False, f"{where} does not answer ({error})", "is Mosquitto running, mqtt.host right?"
        )
    return Finding("broker", True, f"{where} answers")


def _inside(app: Application) -> Iterator[Finding]:
    now = app.services.clock()
    total = app.services.journal.counters().total()
    kept = total.written + total.dead_lettered + total.redelivered
    counts = (
        f"{total.received} received = {total.written} written + {total.dead_lettered} dead-lettered"
        f" + {total.redelivered} redelivered, {total.dropped} dropped"
    )
    yield Finding("messages", total.received == kept and not total.dropped, counts)
    waiting, let_go = app.services.dead_letters.count(), app.services.dead_letters.dropped()
    found = f"{waiting} wait" + (f", {let_go} were let go unread" if let_go else "")
    yield Finding("dead letters", waiting == 0, found, "see `pantau dead-letters list`" if waiting else "")
    for reader in (STORE_READER, ALERTS_READER):
        depth = app.services.journal.depth(reader, now)
        well = depth.age <= BEHIND_AFTER
        found = f"{depth.rows} readings to go, the oldest {depth.age / 1000:.0f} s"
        yield Finding(f"journal reader {reader}", well, found, "" if well else "is that process running?")
    beats = {beat.part: beat for beat in app.services.heartbeats.all()}
    for part in PARTS:
        yield _alive(part, beats.get(part), now)


def _reachable(app: Application) -> Iterator[Finding]:
    """Whether people can be told: by names only, for what the doctor says is passed on."""
    installation = app.services.registry.installation()
    gone = missing_secrets(installation, Secrets(app.settings.alerts.secrets_dir))
    remedy = "write each into a file of that name in alerts.secrets_dir" if gone else ""
    yield Finding("secrets", not gone, ", ".join(gone) or "none is missing", remedy)
    for hint in schedule_hints(installation):
        yield Finding("routes", False, hint.message, "see docs/alert-rules.md")


def _alive(part: str, beat: Heartbeat | None, now: int) -> Finding:
    if beat is None:
        return Finding(f"{part} process", False, "has never reported", "start it: `pantau run`")
    age = now - beat.at
    state = str(beat.detail.get("state"))
    error = beat.detail.get("error")
    found = f"{state}, {age / 1000:.0f} s ago" + (f": {error}" if error else "")
    if abs(age) > SILENT_AFTER:  # one ahead was given before the clock was set back: none since
        return Finding(f"{part} process", False, found, "start it: `pantau run`")
    return Finding(f"{part} process", beat.detail.get("state") in FINE, found)


def _integrity(file: Path) -> Finding:
    if not file.exists():
        return Finding(file.name, True, "not there (yet)")
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        answer = str(error)
    return Finding(file.name, answer == "ok", str(answer), "" if answer == "ok" else "restore it from a backup")
