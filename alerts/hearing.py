"""What a slice of the journal tells the causes: who spoke, and what the broker said of gateways."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.causeless import NoCauses
from alerts.causes import Causes
from alerts.memory import Memory
from alerts.silence import CONNECTION_METRIC
from domain.ports import Entry


def hear(causes: Causes | NoCauses, memory: Memory, entries: Sequence[Entry]) -> None:
    """Once a slice was judged, so that memory knows when each device was heard."""
    if isinstance(causes, NoCauses):
        return
    touched = {entry.reading.series for entry in entries if entry.reading.value is not None}
    names = {series.device for series in touched if series.metric != CONNECTION_METRIC}
    heard = {name: memory.heard(name) for name in names}
    causes.hear({name: at for name, at in heard.items() if at is not None})
    connections = {s for s in touched if s.metric == CONNECTION_METRIC and s.device in causes.gateways}
    for entry in entries if connections else ():
        reading = entry.reading
        if reading.value is not None and reading.series in connections:
            causes.connection(reading.series.device, reading.value > 0, reading.received_at or reading.time)
