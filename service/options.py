"""What every command of the command line shares: its options, and how it opens the installation."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from domain.errors import Problem
from service.settings import Settings, load
from service.wiring import Application, build

Config = Annotated[Path | None, typer.Option("--config", help="Settings file; ./pantau.toml when it exists")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of journal and embedded stores")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs")]

UNBOUND = 10_000  # columns

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class Role(StrEnum):
    """What a process of Pantau can be; one process may be all of them."""

    COLLECTOR = "collector"
    ALERTS = "alerts"
    API = "api"


def settings_of(config: Path | None, data_dir: Path | None) -> Settings:
    """The settings a command works with."""
    return load(config, data_dir=data_dir)


@contextmanager
def opened(config: Path | None, data_dir: Path | None) -> Iterator[Application]:
    """The installation, opened for one command."""
    with ExitStack() as stack:
        yield build(settings_of(config, data_dir), stack)


def password_of(*, from_stdin: bool) -> str:
    """Of a person: asked for without showing it, or the first line of standard input."""
    return sys.stdin.readline().rstrip("\n") if from_stdin else getpass.getpass("Password: ")


def print_table(table: Table) -> None:
    """Nothing is cut: a narrow terminal folds, and into a pipe or a file each row goes as one line."""
    for column in table.columns:
        column.overflow = "fold"
    if out.is_terminal:
        out.print(table)
    else:
        Console(highlight=False, width=UNBOUND).print(table)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(msgspec.json.encode(value).decode())


def tell_problems(problems: Sequence[Problem], *, json: bool) -> None:
    """What a check found, to a person or as JSON. Exits with 2 where it found anything."""
    if json:
        print_json({"items": [{"file": p.file, "key": p.key, "message": p.message} for p in problems], "next": None})
    for problem in problems if not json else ():
        err.print(f"[red]✗[/red] {problem}", soft_wrap=True)
    if problems:
        raise typer.Exit(2)
    if not json:
        out.print("Everything reads well.")
