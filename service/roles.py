"""The roles collector and api, as jobs and threads; any may share a process. The alerts: `service.alerts_role`."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TypeVar

import structlog
import uvicorn

from api.server import StreamingServer
from domain.errors import ConfigurationError, Unavailable
from domain.reading import Millis
from service.jobs import Jobs
from service.wiring import Application, build_http

log = structlog.get_logger()

HEARTBEAT = 5.0  # s
REBIRTHS_EVERY = 2.0  # s
SEAL_EVERY = 600.0  # s
FORWARD_EVERY = 0.25  # s; looking costs next to nothing, and pages that read InfluxDB stay fresh
PURGE_EVERY = 60.0  # s
REFRESH_EVERY = 2.0  # s
CATCH_UP_EVERY = 15.0  # s
WRITE_AT_MOST = 5.0  # s

T = TypeVar("T")
Detail = Mapping[str, str | int | float | bool | None]


def schedule_collector(app: Application, jobs: Jobs) -> None:
    """What keeps a collector's journal short and its devices current."""
    services = app.services
    store = StoreHealth(app)
    writing = jobs.every(FORWARD_EVERY if app.settings.store.forwards else SEAL_EVERY, "store", store.write)
    jobs.every(PURGE_EVERY, "purge", lambda: services.journal.purge(services.clock()))
    follow_registry(app, jobs)
    jobs.every(REBIRTHS_EVERY, "rebirths", app.rebirths.replay)
    if app.settings.store.keep_days:
        keep = app.settings.store.keep_days * 86_400_000
        jobs.daily(2, 30, "expire", lambda: app.store.expire(services.clock() - keep))

    def beat() -> None:
        now = services.clock()
        for part, detail in collector_signs(app, store.trouble or writing.last_error, now).items():
            services.heartbeats.beat(part, now, detail)

    jobs.every(HEARTBEAT, "collector_heartbeat", beat)


def follow_registry(app: Application, jobs: Jobs) -> None:
    """New devices and profiles are known within seconds, and what they sent before is read."""
    registered = threading.Event()
    known = app.devices.revision

    def follow() -> None:
        nonlocal known
        app.devices.refresh()
        app.collector.listen_to(app.devices.filters)
        if app.devices.revision != known:
            known = app.devices.revision
            registered.set()

    def catch_up() -> None:  # what came between the registration of a device and our hearing of it
        if registered.is_set():
            registered.clear()
            app.services.newcomers.catch_up()

    jobs.every(REFRESH_EVERY, "devices", follow)
    jobs.every(CATCH_UP_EVERY, "newcomers", catch_up)


def collector_signs(app: Application, store_trouble: str | None, now: Millis) -> dict[str, Detail]:
    """What the collector, its broker and its store have to say of themselves."""
    collector = app.collector
    return {
        "collector": {
            "state": collector.state.value,
            "in_flight": collector.in_flight,
            "last_message_at": collector.last_message_at,
            "error": collector.trouble or app.devices.profile_error,
        },
        "broker": {
            "state": "connected" if collector.connected else "away",
            "host": app.settings.mqtt.host,
            "port": app.settings.mqtt.port,
            "error": collector.last_error,
        },
        "store": {
            "kind": app.settings.store.kind.value,
            "state": "failing" if store_trouble else "ok",
            "error": store_trouble,
            "behind": app.services.journal.depth("store", now).rows,
        },
    }


class StoreHealth:
    """Runs the store's writer and remembers what is wrong with the store."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.trouble: str | None = None

    def write(self) -> None:
        """Seal or forward what there is, for a few seconds at most: whoever stops waits for it. A store that is away
        is tried again when its writer says so.
        """
        until = time.monotonic() + WRITE_AT_MOST
        while time.monotonic() < until:
            result = self._app.writer.run_once(self._app.services.clock())
            if isinstance(result, int):
                self.trouble = None
                return
            self.trouble = result.detail if result.state in ("waiting", "stopped") else None
            if result.state != "forwarding":
                return


class Leader:
    """One process of a kind per data folder: whoever holds the lock file. The system lets it go when we die."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def leads(self) -> bool:
        """Whether we hold the lock, taking it if it is free."""
        if self._file is not None:
            return True
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        log.info("leading", lock=self._path.name)
        return True

    def close(self) -> None:
        """Let somebody else lead."""
        if self._file is not None:
            self._file.close()
            self._file = None


@contextmanager
def collecting(app: Application) -> Iterator[threading.Thread]:
    """Run the collector in a thread until the block ends; what it took by then is made durable.

    Raises ConfigurationError while another one works in the same folder: each would take the other's session at
    the broker, and count as new what the other has kept.
    """
    lock = app.settings.data_dir / "collector.lock"
    stop = threading.Event()
    thread = threading.Thread(target=app.collector.run, args=(stop,), name="collector")
    with closing(Leader(lock)) as leader:
        if not leader.leads():
            raise ConfigurationError.one(
                lock, "", "another collector works in this folder; stop it, or use another data_dir"
            )
        thread.start()
        try:
            yield thread
        finally:
            stop.set()
            thread.join()


@contextmanager
def scheduled(jobs: Jobs) -> Iterator[Jobs]:
    """Run the jobs until the block ends."""
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.stop()


def serve(app: Application, stop: threading.Event) -> None:
    """Serve API and pages until `stop` is set. Open streams are given two seconds to end."""
    http = app.settings.http
    pages = build_http(app.services)
    config = uvicorn.Config(
        pages,
        host=http.host,
        port=http.port,
        log_level="warning",
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=http.forwarded_allow_ips,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    server = StreamingServer(config, pages)
    thread = threading.Thread(target=server.run, name="http")
    thread.start()
    while thread.is_alive() and not stop.wait(0.2):
        pass
    server.should_exit = True
    thread.join()


def wait_for_database(attempt: Callable[[], T], stop: threading.Event) -> T | None:
    """Call `attempt` until the database is there; a server that is away is no reason to give up.

    None when told to stop before that.
    """
    pause = 1.0
    while True:
        try:
            return attempt()
        except Unavailable as error:
            log.warning("database_away", error=str(error))
            if stop.wait(pause):
                return None
            pause = min(pause * 2, 30.0)
