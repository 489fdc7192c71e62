"""`pantau demo`: both centres on this machine, with nothing installed but Pantau.

Everything listens on loopback only. People and passwords are made anew at every start and printed once.
"""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from rich.panel import Panel
from rich.table import Table

from api.auth import hash_password
from domain.account import Role, User
from domain.reading import Millis
from domain.report_period import local_day, midnight
from domain.series import Selection
from service import logs
from service.alerts_role import judging
from service.broker import embedded_broker, require_free
from service.cli_registry import checked
from service.company_files import file_example_company
from service.demo_floor import note_the_past
from service.demo_history import DAY, EXAMPLES, SEED, STEP
from service.jobs import Jobs
from service.options import out
from service.roles import collecting, schedule_collector, scheduled, serve
from service.settings import load
from service.wiring import Application, build
from simulators.publisher import Publisher
from simulators.runner import speaking
from simulators.scenario import demo_fleet

log = structlog.get_logger()

PEOPLE = {"admin": Role.ADMIN, "teknisi": Role.TECHNICIAN, "operator": Role.OPERATOR, "petugas": Role.OFFICER}
PUBLISH_EVERY: Millis = 2_000
WHOLE = 30  # days of history from which on the month before is written whole


def run_demo(
    config: Path | None, data_dir: Path, http_port: int, mqtt_port: int, days: int, *, simulators: bool
) -> None:
    """Run until Ctrl-C."""
    url = f"http://127.0.0.1:{http_port}"
    settings = load(
        config,
        data_dir=data_dir,
        http={"host": "127.0.0.1", "port": http_port, "base_url": url},
        store={"kind": "sqlite"},
        mqtt={"host": "127.0.0.1", "port": mqtt_port, "client_id": "pantau-demo"},
    )
    logs.configure(settings.log_format)
    require_free("HTTP", "127.0.0.1", http_port, "--http-port")
    data_dir.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    with ExitStack() as stack:
        stack.enter_context(embedded_broker(mqtt_port, data_dir))
        app = build(settings, stack, demo=True)
        app.services.registry.apply(checked(EXAMPLES, settings), "demo", app.services.clock())
        file_example_company(app.services.evidence.company_of, app.services.clock())
        app.devices.refresh()
        stack.enter_context(collecting(app))  # first: where another demo works in the folder, its passwords stay
        passwords = _people(app)
        missing = stack.enter_context(history(app, days))
        _noted(app, missing)
        jobs = Jobs(settings.timezone)
        schedule_collector(app, jobs)
        stack.enter_context(judging(app, jobs))
        stack.enter_context(scheduled(jobs))
        if simulators:
            publisher = Publisher("127.0.0.1", mqtt_port, client_id="pantau-demo-devices")
            stack.enter_context(speaking(demo_fleet(SEED), publisher, app.services.clock, PUBLISH_EVERY))
        _welcome(url, passwords, missing, simulators=simulators)
        serve(app, stop)


def _people(app: Application) -> dict[str, str]:
    """Everybody gets a new password at every start."""
    passwords = {name: secrets.token_urlsafe(9) for name in PEOPLE}
    for name, role in PEOPLE.items():
        app.services.accounts.save_user(
            User(name, role, hash_password(passwords[name]), created_at=app.services.clock())
        )
    return passwords


def _noted(app: Application, missing: Millis) -> None:
    """What people of the footwear centre noted in the stretch that is being made up."""
    known, now = app.services, app.services.clock()
    if missing:
        note_the_past(known.stops, known.maintenance, SEED, now - missing, now, ZoneInfo(app.settings.timezone))


@contextmanager
def history(app: Application, days: int) -> Iterator[Millis]:
    """Make the history that is missing, in a process of its own; ended with the demo. Gives the length of it."""
    stop = app.services.clock() // STEP * STEP
    newest = max((reading.time for reading in app.store.latest(Selection())), default=0)
    start: Millis = max(stop - days * DAY, newest // STEP * STEP + STEP)
    if start >= stop:
        yield 0
        return
    since = _last_month(app, stop) if not newest and days >= WHOLE else start
    spans = [str(start), str(stop), str(min(start, since))]
    command = [sys.executable, "-m", "service.demo_history", str(app.settings.data_dir), *spans]
    process = subprocess.Popen(command)
    app.reports.filling = lambda: process.poll() is None
    try:
        yield stop - start
    finally:
        process.terminate()
        process.wait()


def _last_month(app: Application, now: Millis) -> Millis:
    """When the month before this one began: its report is to be whole."""
    zone = ZoneInfo(app.settings.timezone)
    return midnight((local_day(now, zone).replace(day=1) - timedelta(days=1)).replace(day=1), zone)


def _welcome(url: str, passwords: dict[str, str], missing: Millis, *, simulators: bool) -> None:
    table = Table("name", "password", "role", box=None)
    for name, password in passwords.items():
        table.add_row(name, password, PEOPLE[name])
    out.print(Panel(table, title=f"Pantau demo: {url}", subtitle="passwords of this run", expand=False))
    if simulators:
        out.print("In about a minute a dye bath is dumped and the effluent leaves its limits; it recovers by itself.")
    out.print(f"{history_line(missing)}Ctrl-C ends everything.")


def history_line(missing: Millis) -> str:
    """What of the past is being written now; nothing where it is there already."""
    if missing < DAY:
        return f"{round(missing / 60_000)} minutes of history are being written; " if missing else ""
    return f"{round(missing / DAY)} days of history are being written; "
