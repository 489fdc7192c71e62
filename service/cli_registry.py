"""Commands for the installation's files: `pantau apply`, `export`, `check`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from device_profiles.unit_changes import unit_changes
from domain.errors import ConfigurationError, Problem, Unavailable
from domain.reading import Series
from domain.registry import Changes, Device, Installation
from domain.series import Selection
from service.installation import check_installation, located_hints, read_installation, write_installation
from service.options import Config, DataDir, Json, err, opened, out, print_json, settings_of, tell_problems
from service.profile_files import installed
from service.settings import Settings
from storage.database import Database
from storage.journal import SqliteJournal
from storage.registry import SqlRegistry

WHO = "command line"
Files = Annotated[list[Path], typer.Argument(help="TOML files of the installation")]


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.command()(apply)
    app.command()(export)
    app.command()(check)


def apply(files: Files, json: Json = False, config: Config = None, data_dir: DataDir = None) -> None:
    """Load the installation's files. Adds and changes, never removes; applied twice it changes nothing."""
    with opened(config, data_dir) as app:
        known = [newest.series for newest in app.services.journal.latest(Selection())]
        installation = checked(files, app.settings, app.services.registry.installation(), known)
        changes = app.services.registry.apply(installation, WHO, app.services.clock())
    if json:
        print_json(changes.model_dump())
    else:
        show(changes)


def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; standard output if absent")
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write the installation back as one TOML file that `apply` takes."""
    with opened(config, data_dir) as app:
        text = write_installation(app.services.registry.installation())
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


def check(
    files: Annotated[list[Path] | None, typer.Argument(help="TOML files of the installation")] = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Read settings, profiles and files, open nothing, and print every problem with its file and key."""
    problems = problems_of(files or [], config, data_dir)
    for hint in [] if problems or json else located_hints(files or []):
        err.print(f"[yellow]![/yellow] {hint}", soft_wrap=True)
    tell_problems(problems, json=json)


def problems_of(files: list[Path], config: Path | None, data_dir: Path | None) -> list[Problem]:
    """Every problem of the settings, the profiles and the files; without files, of the devices registered already."""
    try:
        settings = settings_of(config, data_dir)
        known = _recorded(settings.data_dir / "journal.db")
        checked(files, settings, known=known)
        registered = _registered(settings.database_url) if known and not files else ()
        return unit_changes(known, registered, installed(settings.profiles_dir))
    except ConfigurationError as error:
        return error.problems


def _recorded(journal: Path) -> list[Series]:
    """The series that have readings in an installation that runs already. Raises ConfigurationError."""
    if not journal.exists():
        return []
    try:
        with closing(SqliteJournal(journal)) as opened_journal:
            return [newest.series for newest in opened_journal.latest(Selection())]
    except Unavailable as error:
        raise ConfigurationError.one(journal, "", f"cannot be read: {error}") from error


def _registered(database_url: str) -> tuple[Device, ...]:
    """The devices of an installation that runs already. Raises ConfigurationError."""
    try:
        with closing(Database(database_url)) as database:
            return SqlRegistry(database).installation().devices
    except Unavailable as error:
        raise ConfigurationError.one("settings", "database", f"cannot be read: {error}") from error


def checked(
    files: list[Path], settings: Settings, standing: Installation | None = None, known: Iterable[Series] = ()
) -> Installation:
    """The installation in the files, with its references and profiles checked. Raises ConfigurationError.

    `standing` is what is registered already, and may be referred to; `known` the series that have readings.
    """
    catalogue = installed(settings.profiles_dir)
    installation = read_installation(files)
    problems = check_installation(installation, catalogue.names(), files, standing, catalogue)
    problems += unit_changes(known, installation.devices, catalogue)
    if problems:
        raise ConfigurationError(problems)
    return installation


def show(changes: Changes) -> None:
    """Say what an apply did."""
    for mark, names in (("[green]+[/green]", changes.added), ("[yellow]~[/yellow]", changes.changed)):
        for name in names:
            out.print(f"{mark} {name}")
    out.print(f"{len(changes.added)} added, {len(changes.changed)} changed, {changes.unchanged} unchanged")
