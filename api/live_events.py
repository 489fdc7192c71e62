"""Server-sent events as bytes (WHATWG HTML, section 9.2.6), each written once for all who hear it."""

from __future__ import annotations

import msgspec

from api.alerts import shown
from api.reading_schemas import latest_fields
from domain.alert import Alert
from domain.ports import Entry
from domain.services import Services


def event(name: str, data: bytes, seq: int | None = None) -> bytes:
    """One event. `data` is JSON on one line; `seq` is where to go on from after a break."""
    place = b"" if seq is None else b"id: %d\n" % seq
    return place + b"event: %b\ndata: %b\n\n" % (name.encode(), data)


def resync(seq: int) -> bytes:
    """Something was left out: load anew what you show."""
    return event("resync", msgspec.json.encode({"seq": seq}), seq)


def alert_event(services: Services, alert: Alert) -> bytes:
    """An alert as `GET /api/v1/alerts/{id}` shows it."""
    return event("alert", shown(services, alert).model_dump_json().encode())


class Batch:
    """Journal rows as one `readings` event per site wanted."""

    def __init__(self, entries: list[Entry]) -> None:
        self.seq = entries[-1].seq
        self._entries = entries
        self._written: dict[str | None, bytes | None] = {}

    def for_site(self, site: str | None) -> bytes | None:
        """The event with the rows of a site (None for all); None where it has none."""
        if site not in self._written:
            items = [
                latest_fields(entry.reading)
                for entry in self._entries
                if site is None or entry.reading.series.site == site
            ]
            data = msgspec.json.encode({"items": items})
            self._written[site] = event("readings", data, self.seq) if items else None
        return self._written[site]
