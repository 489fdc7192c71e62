"""What the report commands share: how they ask for a place, a language and a file, and how they write it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.errors import Invalid
from domain.text import Language

Site = Annotated[str, typer.Option(help="Whose report")]
Output = Annotated[Path, typer.Option(help="File to write")]
Lang = Annotated[Language, typer.Option(help="Language of the text")]


def write_file(output: Path, data: bytes) -> None:
    """Put a report where it was asked for. Raises Invalid where no file can be written."""
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Invalid(f"{output} cannot be written: {error.strerror}", "output") from None
