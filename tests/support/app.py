"""The application on real parts in a temporary folder: SQLite journal, store and database, built-in profiles."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from alerts.desk import Desk
from alerts.links import SignedLinks
from alerts.rulebook import CompiledRuleBook
from alerts.trials import Trials
from api.auth import SessionAuthenticator, hash_password, new_token
from api.server import StreamingServer
from device_profiles.catalogue import Catalogue
from device_profiles.newcomers import NewcomerDesk
from domain.account import Role, User
from domain.alert import Alert, AlertEvent, AlertState, Priority, Transition
from domain.counters import Tally
from domain.ports import TickChange
from domain.reading import GOOD, Millis, Reading, Series
from domain.registry import CompliancePoint, Device, Installation, Limit, LimitSet, Site, SiteKind, Stage
from domain.services import Services
from domain.text import Text
from reports.machines.floor import Floor
from service.evidence import connect_evidence
from service.rule_stage import rule_stage
from storage.accounts import SqlAccounts
from storage.alarm_performance import SqlPerformance
from storage.alert_book import SqlAlertBook
from storage.audit import SqlAuditLog
from storage.chunk_store import SqliteReadingStore
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from storage.heartbeats import SqlHeartbeats
from storage.journal import SqliteJournal
from storage.maintenance import SqlMaintenance
from storage.pauses import SqlPauses
from storage.quality_book import SqlQualityBook
from storage.readings import MergedReadings
from storage.registry import SqlRegistry
from storage.status_book import SqlStatusBook
from storage.stop_log import SqlStopLog
from support.waiting import answers, eventually

NOON: Millis = 1_795_237_200_000  # 2026-11-21T05:00:00Z, noon in Mojokerto
PASSWORD = "air jernih 2026"
_HASH = hash_password(PASSWORD)


@dataclass
class MovedClock:
    """A clock that moves only when told."""

    now: Millis = NOON

    def __call__(self) -> Millis:
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += round(seconds * 1000)


@dataclass
class NothingToReplay:
    """A replayer that remembers what it was asked. The real one needs a collector."""

    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    def replay(self, reason: str | None, device: str | None, topics: Sequence[str] | None = None) -> tuple[int, int]:
        """Two letters became readings, one did not."""
        self.asked.append((reason, device))
        return 2, 1


def _both(text: str) -> Text:
    return Text(id=text, en=text)


def small_installation() -> Installation:
    """One IPAL with its outlet, one line with a press."""
    batik = Site(
        id="batik",
        name=_both("Sentra batik"),
        kind=SiteKind.IPAL,
        stages=(Stage(id="inlet", name=_both("Inlet")), Stage(id="outlet", name=_both("Outlet"))),
    )
    shoes = Site(
        id="alas-kaki",
        name=_both("Sentra alas kaki"),
        kind=SiteKind.MACHINES,
        stages=(Stage(id="line-3", name=_both("Lini 3")),),
    )
    devices = (
        Device(id="ipal-outlet", site="batik", stage="outlet", profile="house-ipal-outlet", name=_both("Outlet")),
        Device(id="debit-outlet", site="batik", stage="outlet", profile="house-flow-meter", name=_both("Debit")),
        Device(id="press-1", site="alas-kaki", stage="line-3", profile="house-hot-press", name=_both("Press 1")),
    )
    limits = LimitSet(
        id="uji",
        name=_both("Baku mutu uji"),
        source="PermenLH 12/2025",
        valid_from=date(2025, 1, 1),
        limits=(Limit(metric="ph", unit="pH", min=6, max=9), Limit(metric="cod", unit="mg/L", max=150)),
    )
    point = CompliancePoint(
        id="titik-penaatan-outlet",
        site="batik",
        stage="outlet",
        name=_both("Titik penaatan"),
        limit_set="uji",
        devices=("ipal-outlet", "debit-outlet"),
    )
    return Installation(sites=(batik, shoes), devices=devices, limit_sets=(limits,), compliance_points=(point,))


@cache
def _profiles() -> Catalogue:
    return Catalogue.load()


@cache
def _migrated() -> Path:
    """A database with all tables and the small installation, made once: that takes most of a test's time."""
    file = Path(tempfile.mkdtemp()) / "template.db"
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    database = Database(f"sqlite:///{file}")
    database.migrate()
    SqlRegistry(database).apply(small_installation(), "test", NOON)
    database.close()
    return file


def build_services(
    folder: Path, clock: MovedClock | None = None, installation: Installation | None = None, *, version: str = "test"
) -> Services:
    """Services on real parts, with the small installation and what else is given; no users and no readings yet."""
    clock = clock or MovedClock()
    file = folder / "pantau.db"
    if not file.exists():
        shutil.copy(_migrated(), file)
    database = Database(f"sqlite:///{file}")
    journal = SqliteJournal(folder / "journal.db")
    registry = SqlRegistry(database)
    if installation is not None:
        registry.apply(installation, "test", clock())
    book, audit, accounts = SqlAlertBook(database), SqlAuditLog(database), SqlAccounts(database)
    profiles = _profiles()
    letters, replayer = SqlDeadLetterBox(database), NothingToReplay()
    rules, desk = CompiledRuleBook(registry, profiles), Desk(book, registry, audit)
    readings = MergedReadings(SqliteReadingStore(folder / "readings.db"), journal, SqlQualityBook(database))
    maintenance, pauses, stops = SqlMaintenance(database), SqlPauses(database), SqlStopLog(database)
    machines = Floor(registry, profiles, readings, stops, maintenance, pauses, SqlStatusBook(database))
    return Services(
        registry=registry,
        profiles=profiles,
        rules=rules,
        readings=readings,
        quality=SqlQualityBook(database),
        journal=journal,
        book=book,
        desk=desk,
        links=SignedLinks(book, desk, b"k" * 32, base_url="http://pantau"),
        trials=Trials(registry, rules, profiles, readings, maintenance, rule_stage),
        performance=SqlPerformance(database, rules),
        pauses=pauses,
        maintenance=maintenance,
        machines=machines,
        stops=stops,
        evidence=connect_evidence(database, registry, profiles, readings, folder),
        dead_letters=letters,
        replayer=replayer,
        newcomers=NewcomerDesk(registry, letters, replayer, _profiles),
        accounts=accounts,
        authenticator=SessionAuthenticator(accounts, audit),
        audit=audit,
        heartbeats=SqlHeartbeats(database),
        clock=clock,
        version=version,
    )


def add_user(services: Services, name: str, role: Role) -> User:
    """A person whose password is `PASSWORD`."""
    user = User(name, role, _HASH, created_at=services.clock())
    services.accounts.save_user(user)
    return user


def add_token(services: Services, role: Role, name: str | None = None) -> str:
    """A program's key with a role."""
    secret, token = new_token(name or f"program-{role}", role, services.clock())
    services.accounts.add_token(token)
    return secret


def add_readings(services: Services, device: str, metric: str, values: list[float], step: Millis = 60_000) -> None:
    """Values that end now, `step` ms apart, into the journal."""
    found = services.registry.device(device)
    info = next(one for one in services.profiles.profile(found.profile).metrics if one.metric == metric)
    series = Series(found.site, device, metric, info.unit, found.stage)
    now = services.clock()
    first = now - step * (len(values) - 1)
    readings = [Reading(series, first + step * at, value, GOOD, None, now) for at, value in enumerate(values)]
    tally = Tally()
    counted = tally.of(device)
    counted.received = counted.written = counted.readings = len(values)
    services.journal.append(readings, tally)


def raise_alert(services: Services, name: str = "alert-1", device: str = "ipal-outlet") -> Alert:
    """An alert nobody has seen yet, with its first transition, as a tick would leave it."""
    found = services.registry.device(device)
    rule = next(one for one in services.rules.rules_for(found) if one.kind == "limit")
    now = services.clock()
    alert = Alert(
        id=name,
        site=found.site,
        device=device,
        metric=rule.scope.metric,
        unit="pH",
        rule=rule.id,
        kind=rule.kind,
        priority=Priority.HIGH,
        state=AlertState.UNACKNOWLEDGED,
        active=True,
        since=now,
        value=9.7,
        limit=9.0,
        peak=9.9,
        version=1,
    )
    raised = Transition(name, now, AlertEvent.RAISED, AlertState.NORMAL, AlertState.UNACKNOWLEDGED, value=9.7)
    book = services.book
    book.commit(TickChange(book.cursor(), [], [alert], [raised], {}), now)
    return alert


class InProcess(httpx.BaseTransport):
    """Answers requests with an application, without a socket. A bug in it is an answer with status 500."""

    def __init__(self, app: FastAPI) -> None:
        self._asgi = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, one whole answer."""
        return self._loop.run_until_complete(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        answer = await self._asgi.handle_async_request(sent)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

    def close(self) -> None:
        """Let the loop go."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


def client_of(app: FastAPI, token: str | None = None) -> httpx.Client:
    """A client in process, with a program's key when one is given."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(transport=InProcess(app), base_url="http://pantau", headers=headers)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """A real server on loopback in a thread; gives its base URL. For what needs a socket, such as streams."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = StreamingServer(uvicorn.Config(app, log_level="error", access_log=False), app)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        eventually(lambda: answers(url), 5)
        yield url
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
