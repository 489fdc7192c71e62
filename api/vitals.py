"""How the system is: its parts' last signs of life, judged. Shared by the health routes and the metrics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from api.system_schemas import HealthOut, PartOut, ReaderOut
from api.times import SECOND
from domain.alert import Alert
from domain.instants import utc_text
from domain.ports import AlertBook, Heartbeat, Journal
from domain.reading import Millis
from domain.services import Services
from domain.vitals import BEHIND_AFTER, FINE, SILENT_AFTER

READERS: Final = ("store", "alerts")
_EXPECTED: Final = ("collector", "broker", "store", "alerts")
SPARING: Final = "sparing"

Status = Literal["ok", "late", "down", "unknown"]


def readers_of(journal: Journal, now: Millis) -> list[ReaderOut]:
    """How far each reader of the journal is behind."""
    depths = [(reader, journal.depth(reader, now)) for reader in READERS]
    return [ReaderOut(reader=reader, rows=depth.rows, age=depth.age / SECOND) for reader, depth in depths]


def in_flight_of(beats: Iterable[Heartbeat], now: Millis) -> int | None:
    """Messages that the collector has taken and not yet booked, as it last said; None while it is silent."""
    for beat in beats:
        if beat.part == "collector" and abs(now - beat.at) <= SILENT_AFTER:
            count = beat.detail.get("in_flight")
            return count if isinstance(count, int) else None
    return None


def open_alerts(book: AlertBook) -> list[Alert]:
    """Every alert that has not ended."""
    page = book.page(None, 1000, None, None, None, True)
    found = page.items
    while page.next is not None:
        page = book.page(page.next, 1000, None, None, None, True)
        found = found + page.items
    return found


def health_of(services: Services, now: Millis) -> HealthOut:
    """All parts, those that never spoke among them."""
    beats = {beat.part: beat for beat in services.heartbeats.all()}
    if services.sparing is None or not services.sparing.status().enabled:  # its last sign outlives its being off
        beats.pop(SPARING, None)
    names = [*_EXPECTED, *sorted(set(beats) - set(_EXPECTED))]
    parts = [_part(name, beats.get(name), now) for name in names]
    parts += _from_journal(services.journal, now)
    fine = all(part.status == "ok" for part in parts)
    status: Literal["ok", "degraded"] = "ok" if fine else "degraded"
    return HealthOut(status=status, version=services.version, time=utc_text(now), parts=parts)


def _part(name: str, beat: Heartbeat | None, now: Millis) -> PartOut:
    if beat is None:
        return PartOut(part=name, status="unknown", message="no sign of life yet", age=None, detail={})
    age = max(0, now - beat.at) / SECOND
    return PartOut(
        part=name, status=_status(beat, now), message=_message(name, beat, age), age=age, detail=beat.detail
    )


def _status(beat: Heartbeat, now: Millis) -> Status:
    if abs(now - beat.at) > SILENT_AFTER:  # one ahead was given before the clock was set back: none since
        return "late"
    return "ok" if beat.detail.get("state") in FINE else "down"


def _message(name: str, beat: Heartbeat, age: float) -> str:
    error = beat.detail.get("error")
    seen = f"last {'check' if name == 'alerts' else 'sign'} {age:.0f} s ago"
    state = beat.detail.get("state")
    words = [seen] if state in FINE else [str(state), seen]
    return ", ".join([*words, str(error)] if error else words)


def _from_journal(journal: Journal, now: Millis) -> list[PartOut]:
    """The journal answers for itself, and for the reader that moves rows into the store."""
    head, readers = journal.head(), readers_of(journal, now)
    store = next(one for one in readers if one.reader == "store")
    behind: Status = "late" if store.age * SECOND > BEHIND_AFTER else "ok"
    waiting = f"{store.rows} rows wait, the oldest for {store.age:.0f} s"
    detail = {one.reader: one.rows for one in readers}
    return [
        PartOut(part="forwarder", status=behind, message=waiting, age=store.age, detail={"rows": store.rows}),
        PartOut(part="journal", status="ok", message=f"{head} rows so far", age=0.0, detail={"head": head, **detail}),
    ]
