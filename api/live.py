"""What happens now, told to everybody who listens: one poller per process, bounded queues, no growth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import msgspec
import structlog

from api.live_events import Batch, alert_event, event, resync
from api.vitals import open_alerts
from domain.alert import Alert
from domain.errors import PantauError, Unavailable
from domain.ports import Entry
from domain.services import Services

POLL: Final = 1.0  # s
HEARTBEAT: Final = 15.0  # s
ROWS: Final = 1_000  # rows in one event
CATCH_UP: Final = 10  # events in one poll; further behind, everybody starts afresh
QUEUE: Final = 32  # events that may wait for one client
CLIENTS: Final = 200

log = structlog.get_logger()


class Listener:
    """One client: the site it wants (None for all) and what waits for it. None at the end of the queue."""

    def __init__(self, site: str | None) -> None:
        self.site = site
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE)

    def offer(self, data: bytes) -> bool:
        """False when it reads too slowly."""
        try:
            self.queue.put_nowait(data)
        except asyncio.QueueFull:
            return False
        return True

    def end(self, last: bytes | None = None) -> None:
        """Throw away what waits, say one last thing, and end."""
        while not self.queue.empty():
            self.queue.get_nowait()
        if last is not None:
            self.queue.put_nowait(last)
        self.queue.put_nowait(None)


class Hub:
    """Reads the journal and the alerts once for all listeners, and only while somebody listens."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._listeners: set[Listener] = set()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._position = 0
        self._alerts: dict[str, Alert] = {}
        self._closed = False

    @property
    def listening(self) -> int:
        """How many clients there are."""
        return len(self._listeners)

    async def listen(self, site: str | None, since: int | None) -> tuple[Listener, list[bytes]]:
        """A new listener, and what it is told first: `ready`, then what the journal still holds after `since`,
        or `resync` where that is not all of it. Raises Unavailable when there are too many already.
        """
        async with self._lock:
            if self._closed or len(self._listeners) >= CLIENTS:
                raise Unavailable("too many streams are open")
            if not self._listeners:
                self._position, self._alerts = await asyncio.to_thread(self._present)
            first = [event("ready", msgspec.json.encode({"seq": self._position}), self._position)]
            if since is not None:
                first = await asyncio.to_thread(self._missed, site, since) + [first[0]]
            listener = Listener(site)
            self._listeners.add(listener)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._run())
            return listener, first

    @property
    def closed(self) -> bool:
        """Whether the server is to stop; other streams end by it too."""
        return self._closed

    def leave(self, listener: Listener) -> None:
        """It listens no more."""
        self._listeners.discard(listener)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        for listener in list(self._listeners):
            listener.end()
        self._listeners.clear()

    async def _run(self) -> None:
        while self._listeners:
            async with self._lock:
                try:
                    await self._poll()
                except (PantauError, OSError) as error:
                    log.warning("stream.poll_failed", error=str(error))
                except Exception:
                    log.exception("stream.poll_failed")
            await asyncio.sleep(POLL)

    async def _poll(self) -> None:
        for _ in range(CATCH_UP):
            entries = await asyncio.to_thread(self._services.journal.read, self._position, ROWS)
            if entries:
                self._tell_readings(entries)
            if len(entries) < ROWS:
                break
        else:
            self._position = await asyncio.to_thread(self._services.journal.head)
            self._tell(lambda _: resync(self._position))
        for site, data in await asyncio.to_thread(self._changed_alerts):
            self._tell_alert(site, data)

    def _tell_alert(self, site: str, data: bytes) -> None:
        self._tell(lambda wanted: data if wanted in (None, site) else None)

    def _tell_readings(self, entries: list[Entry]) -> None:
        batch = Batch(entries)
        self._position = batch.seq
        self._tell(batch.for_site)

    def _tell(self, of_site: Callable[[str | None], bytes | None]) -> None:
        for listener in list(self._listeners):
            data = of_site(listener.site)
            if data is not None and not listener.offer(data):
                listener.end(resync(self._position))
                self._listeners.discard(listener)

    # ── in a thread, because stores block ──

    def _present(self) -> tuple[int, dict[str, Alert]]:
        return self._services.journal.head(), {alert.id: alert for alert in open_alerts(self._services.book)}

    def _missed(self, site: str | None, since: int) -> list[bytes]:
        """What came after `since`, as far as the journal holds all of it."""
        if since == self._position:
            return []
        entries = self._services.journal.read(since, ROWS * CATCH_UP)
        entries = [entry for entry in entries if entry.seq <= self._position]
        if not entries or entries[0].seq != since + 1 or entries[-1].seq != self._position:
            return [resync(self._position)]
        chunks = [Batch(entries[at : at + ROWS]).for_site(site) for at in range(0, len(entries), ROWS)]
        return [chunk for chunk in chunks if chunk is not None]

    def _changed_alerts(self) -> list[tuple[str, bytes]]:
        """New and changed alerts, and those that ended."""
        now = {alert.id: alert for alert in open_alerts(self._services.book)}
        ended = self._services.book.alerts_by_id([alert for alert in self._alerts if alert not in now])
        known = self._alerts
        changed = [one for one in now.values() if one.id not in known or known[one.id].version != one.version]
        self._alerts = now
        return [(alert.site, alert_event(self._services, alert)) for alert in [*changed, *ended]]


async def told(
    hub: Hub, listener: Listener, first: list[bytes], welcome: Callable[[], Any], heartbeat: float = HEARTBEAT
) -> AsyncIterator[bytes]:
    """The body of one stream. At every heartbeat it asks whether the client is still `welcome`."""
    loop = asyncio.get_running_loop()
    beat = loop.time() + heartbeat
    try:
        for data in first:
            yield data
        while True:
            try:
                data_or_end = await asyncio.wait_for(listener.queue.get(), max(0.0, beat - loop.time()))
            except TimeoutError:
                beat = loop.time() + heartbeat
                if not await asyncio.to_thread(welcome):
                    return
                yield b": still here\n\n"
                continue
            if data_or_end is None:
                return
            yield data_or_end
    finally:
        hub.leave(listener)
