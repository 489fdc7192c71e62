"""`pantau doctor`: is it alive, did it lose anything, and what to do."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path

from alerts.secrets import Secrets
from domain.alert import NotificationState
from domain.company import Company, CompanyOf, blanks
from domain.errors import PantauError
from domain.evidence_books import standing
from domain.ports import Heartbeat
from domain.reading import Millis
from domain.vitals import BEHIND_AFTER, FINE, SILENT_AFTER
from service.books import ALERTS_READER, STORE_READER
from service.reachability import missing_secrets, schedule_hints
from service.settings import Settings
from service.sparing_role import PART as SPARING
from service.wiring import Application, build

LEAST_FREE = 500 * 1024 * 1024  # bytes
LATELY: Millis = 86_400_000
OUTBOX_PAGE = 500
SEALED_LATER = " (up to 20 minutes are normal: they are safe in the journal, and read from there)"
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
    findings: list[Finding] = []
    where = (settings.mqtt.host, settings.mqtt.port)
    try:
        with ExitStack() as stack:
            app = build(settings, stack)
            where = broker_in_use(app.services.heartbeats.all(), app.services.clock()) or where
            findings += [*_inside(app), *_reachable(app), _undelivered(app), *_companies(app)]
    except PantauError as error:
        findings.append(Finding("data", False, str(error), "mend what is named and run doctor again"))
    return [_space(settings.data_dir), _broker(*where), *findings] + [
        _integrity(settings.data_dir / name) for name in ("journal.db", "readings.db", "pantau.db")
    ]


def _space(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / 1024**3:.1f} GiB free at {existing}"
    return Finding("disk", free >= LEAST_FREE, found, "" if free >= LEAST_FREE else "make room, at least 0.5 GiB")


def broker_in_use(beats: Sequence[Heartbeat], now: Millis) -> tuple[str, int] | None:
    """Where the collector that runs here has its broker: its command line may have said so, as in the demo.

    None where no collector has reported lately.
    """
    for beat in beats:
        host, port = beat.detail.get("host"), beat.detail.get("port")
        if beat.part == "broker" and abs(now - beat.at) <= SILENT_AFTER and isinstance(host, str):
            return (host, port) if isinstance(port, int) else None
    return None


def _broker(host: str, port: int) -> Finding:
    try:
        socket.create_connection((host, port), timeout=3).close()
    except OSError as error:
        found = f"{host}:{port} does not answer ({error})"
        return Finding("broker", False, found, "is Mosquitto running, mqtt.host right?")
    return Finding("broker", True, f"{host}:{port} answers")


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
        found += SEALED_LATER if well and reader == STORE_READER and not app.settings.store.forwards else ""
        yield Finding(f"journal reader {reader}", well, found, "" if well else "is that process running?")
    beats = {beat.part: beat for beat in app.services.heartbeats.all()}
    for part in (*PARTS, SPARING) if app.settings.sparing.enabled else PARTS:
        yield _alive(part, beats.get(part), now)


def _reachable(app: Application) -> Iterator[Finding]:
    """Whether people can be told: by names only, for what the doctor says is passed on."""
    installation = app.services.registry.installation()
    gone = missing_secrets(installation, Secrets(app.settings.alerts.secrets_dir))
    remedy = "write each into a file of that name in alerts.secrets_dir" if gone else ""
    yield Finding("secrets", not gone, ", ".join(gone) or "none is missing", remedy)
    for hint in schedule_hints(installation):
        yield Finding("routes", False, hint.message, "see docs/alert-rules.md")


def _companies(app: Application) -> Iterator[Finding]:
    """What reports leave blank of each site that owes some: a hint, for a blank is filled in by hand as well."""
    installation, book = app.services.registry.installation(), app.services.evidence.company_of
    for site in dict.fromkeys(point.site for point in installation.compliance_points):
        kept = standing(book, site)
        record = CompanyOf(site, Company()) if kept is None else kept.record
        missing = blanks(record, [point.id for point in installation.compliance_points if point.site == site])
        found = f"not filled in: {', '.join(missing)}" if missing else "everything is filled in"
        yield Finding(f"company of {site}", True, found, f"fill in at /company?site={site}" if missing else "")


def _undelivered(app: Application) -> Finding:
    """Messages of the last day that were given up, with the reason of the newest; reasons never show an address."""
    since = app.services.clock() - LATELY
    page = app.services.book.outbox(None, OUTBOX_PAGE, NotificationState.FAILED)
    failed = [one for one in page.items if one.queued_at >= since]
    if not failed:
        return Finding("people told", True, "none of the last day's messages was given up")
    count = f"{len(failed)}{'+' if page.next and len(failed) == OUTBOX_PAGE else ''}"
    to = "/".join(filter(None, (failed[0].route, failed[0].contact)))
    found = f"{count} of the last day's messages given up, the newest to {to}: {failed[0].last_error}"
    return Finding("people told", False, found, "mend it, then try it with `pantau notify test CONTACT`")


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
