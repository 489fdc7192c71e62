"""The command line: parses and calls."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import ConfigurationError, PantauError
from service import (
    VERSION,
    cli_data,
    cli_finished,
    cli_listen,
    cli_notify,
    cli_people,
    cli_profile,
    cli_registry,
    cli_report,
    cli_rules,
    cli_shift,
    cli_simulator,
    cli_sparing,
    logs,
)
from service.alerts_role import judging
from service.broker import require_free
from service.jobs import Jobs
from service.options import Config, DataDir, Role, err, settings_of
from service.roles import collecting, schedule_collector, scheduled, serve, wait_for_database
from service.settings import Settings
from service.sparing_points import require_points
from service.wiring import build

app = typer.Typer(
    name="pantau",
    no_args_is_help=True,
    add_completion=False,
    help="Keeps watch over an IPAL and production machines.",
)
cli_registry.add_to(app)
cli_people.add_to(app)
cli_data.add_to(app)
cli_rules.add_to(app)
cli_notify.add_to(app)
cli_profile.add_to(app)
cli_listen.add_to(app)
cli_simulator.add_to(app)
cli_report.add_to(app)
cli_finished.add_to(cli_report.report)
cli_shift.add_to(cli_report.report)
cli_sparing.add_to(app)


@app.command()
def demo(
    data_dir: DataDir = None,
    config: Config = None,
    http_port: Annotated[int, typer.Option(help="Port of the pages")] = 8080,
    mqtt_port: Annotated[int, typer.Option(help="Port of the embedded broker")] = 1883,
    days: Annotated[int, typer.Option(min=0, max=365, help="Days of history to make")] = 30,
    simulators: Annotated[bool, typer.Option(help="Run the simulated devices")] = True,
) -> None:
    """Both centres with simulated devices, an embedded broker and history. Loopback only."""
    from service.demo import run_demo

    run_demo(config, data_dir or Path("data") / "demo", http_port, mqtt_port, days, simulators=simulators)


@app.command()
def run(config: Config = None, data_dir: DataDir = None) -> None:
    """Collector, alerts and API in one process."""
    run_roles(settings_of(config, data_dir), set(Role))


@app.command()
def collector(config: Config = None, data_dir: DataDir = None) -> None:
    """Take readings from the broker into the journal, and from there into the store."""
    run_roles(settings_of(config, data_dir), {Role.COLLECTOR})


@app.command()
def alerts(config: Config = None, data_dir: DataDir = None) -> None:
    """Judge what arrives, and tell people."""
    run_roles(settings_of(config, data_dir), {Role.ALERTS})


@app.command()
def api(config: Config = None, data_dir: DataDir = None) -> None:
    """Serve the API and the pages."""
    run_roles(settings_of(config, data_dir), {Role.API})


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(VERSION)


def run_roles(settings: Settings, roles: set[Role]) -> None:
    """Run the roles until SIGINT or SIGTERM; what was taken by then is made durable first."""
    logs.configure(settings.log_format)
    if Role.API in roles:
        require_free("HTTP", settings.http.host, settings.http.port, "http.port (PANTAU_HTTP__PORT)")
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    with ExitStack() as stack:
        application = wait_for_database(lambda: build(settings, stack), stop)
        if application is None:
            return
        jobs = Jobs(settings.timezone)
        if Role.COLLECTOR in roles:
            schedule_collector(application, jobs)
            stack.enter_context(collecting(application))
        if Role.ALERTS in roles:
            if settings.sparing.enabled:
                require_points(settings.sparing, application.services.registry)
            stack.enter_context(judging(application, jobs))
        stack.enter_context(scheduled(jobs))
        if Role.API in roles:
            serve(application, stop)
        else:
            stop.wait()


def main() -> int:
    """Run a command; wrong configuration ends with 2, anything else of ours with 1, each with its reason."""
    logs.configure()
    try:
        code = app(standalone_mode=False)  # the parser hands back what `typer.Exit` carried
    except ConfigurationError as error:
        for problem in error.problems:
            err.print(f"[red]✗[/red] {problem}", soft_wrap=True)
        return 2
    except PantauError as error:
        err.print(f"[red]✗[/red] {error}", soft_wrap=True)
        return 1
    except typer.Abort:
        return 130
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error of the parser
            error.show()
            return int(error.exit_code)
        raise
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
