"""Commands that play devices: `pantau simulator`, `pantau replay`."""

from __future__ import annotations

import typer


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
