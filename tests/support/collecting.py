"""A collector over a real journal and dead-letter box, fed from a list, with a decoder of three words."""

from __future__ import annotations

import threading

from collector.pipeline import Collector
from domain.message import Message, Outcome, Rejection
from domain.reading import Reading, Series
from storage.dead_letters import SqlDeadLetterBox
from storage.journal import SqliteJournal
from support.spool import ListedMessages

NOW = 1_800_000_000_000
OUTLET = Series("batik", "outlet", "ph", "pH", "outlet")


def interpret(message: Message) -> Outcome:
    """`T:V` becomes one reading; `T:V!` one reading and a refusal; `stale` is an old retained one."""
    text = message.payload.decode()
    if text == "stale":
        return Outcome("outlet", stale=True)
    if text == "bug":
        raise ZeroDivisionError("division by zero")
    if ":" not in text:
        return Outcome("outlet", rejections=[Rejection("bad_json", "not JSON at character 0")])
    time, value = text.rstrip("!").split(":")
    reading = Reading(OUTLET, int(time), float(value), received_at=message.received_at)
    rejections = [Rejection("not_a_number", "text", "cod")] if text.endswith("!") else []
    return Outcome("outlet", [reading], rejections)


def message(text: str, mid: int = 1, *, again: bool = False) -> Message:
    """One QoS 1 message of the outlet."""
    return Message("pantau/batik/outlet/telemetry", text.encode(), NOW, redelivered=again, receipt=(1, mid))


def collect(journal: SqliteJournal, letters: SqlDeadLetterBox, *batches: list[Message]) -> ListedMessages:
    """Run a new collector over the batches."""
    source = ListedMessages(*batches)
    collector = Collector(source, interpret, journal, letters, lambda: NOW)
    stop = threading.Event()
    while collector.run_once(0, stop):
        pass
    return source
