"""Writes the documents that are made from the code: `python -m docs.generate` (or `make docs`).

A test compares them with what stands in the tree, so that they cannot grow old.
"""

from __future__ import annotations

import re
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeGuard, Union, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from service import cli
from service.settings import Settings, is_secret, variable_name
from service.wiring import build, build_http

FOLDER = Path(__file__).parent
UNIT = re.compile(r"\s*\((h|s|ms|d|min|bytes|days)\)$")


def documents() -> dict[str, Callable[[], str]]:
    """Every generated document, by file name."""
    return {"configuration.md": configuration, "commands.md": commands, "routes.md": routes}


def configuration() -> str:
    """All settings, in the order of the models."""
    lines = [
        "# Settings",
        "",
        "Made from the code by `make docs`; do not edit by hand.",
        "",
        "Settings are read from `pantau.toml` in the working folder (or the file named with `--config`), then from",
        "environment variables, then from the command line; the later wins.",
        "A key or `PANTAU_…` variable that is not in these tables is refused: Pantau ends with 2 and names it.",
        "Every variable may be given as `…_FILE` instead, naming a file that holds the value: use this for secrets.",
        "`pantau check` reads everything and opens nothing.",
    ]
    for path, model in sections(Settings):
        lines += [
            "",
            f"## [{'.'.join(path)}]" if path else "## At the top of the file",
            "",
            first_line(model) if path else "The installation as a whole.",
            "",
        ]
        lines += ["| key | variable | default | may be | unit | what it is |", "|---|---|---|---|---|---|"]
        for name, field in model.model_fields.items():
            if not is_section(field.annotation):
                lines.append(row((*path, name), field))
    return "\n".join(lines) + "\n"


def sections(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """Every table of the settings file, the top one first."""
    yield path, model
    for name, field in model.model_fields.items():
        if is_section(field.annotation):
            yield from sections(field.annotation, (*path, name))


def is_section(annotation: Any) -> TypeGuard[type[BaseModel]]:
    """Whether a setting is a table of settings."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def row(path: tuple[str, ...], field: FieldInfo) -> str:
    """One setting as a row of its table."""
    text = field.description or ""
    unit = UNIT.search(text)
    cells = [
        f"`{path[-1]}`", f"`{variable_name(path)}`", default_of(field), choices_of(field),
        unit[1] if unit else "", UNIT.sub("", text),
    ]  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def default_of(field: FieldInfo) -> str:
    """The default as it would stand in the file."""
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "must be given"
    if value is None:
        return "none"
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{str(value).replace(socket.gethostname(), 'HOSTNAME')}`"


def choices_of(field: FieldInfo) -> str:
    """What values are allowed, as far as the model says it."""
    kinds = get_args(field.annotation) if get_origin(field.annotation) in (Union, UnionType) else (field.annotation,)
    words: list[str] = []
    for kind in kinds:
        if get_origin(kind) is Literal:
            words += [f"`{choice}`" for choice in get_args(kind)]
        elif isinstance(kind, type) and issubclass(kind, Enum):
            words += [f"`{member.value}`" for member in kind]
    if words:
        return ", ".join(words)
    if is_secret(field.annotation):
        return "secret"
    bounds = {type(item).__name__.lower(): item for item in field.metadata}
    low = getattr(bounds.get("ge"), "ge", getattr(bounds.get("gt"), "gt", None))
    high = getattr(bounds.get("le"), "le", getattr(bounds.get("lt"), "lt", None))
    lower = "" if low is None else f"above {low}" if "gt" in bounds else f"from {low}"
    upper = "" if high is None else f"to {high}"
    if lower or upper:
        return f"{lower}, {upper}".strip(", ") if "gt" in bounds else f"{lower} {upper}".strip()
    if bool in kinds:
        return "`true`, `false`"
    return "file or folder" if Path in kinds else ""


def first_line(thing: object) -> str:
    """The first sentence of a docstring."""
    return (thing.__doc__ or "").strip().split("\n")[0]


def commands() -> str:
    """Every command with its arguments and options."""
    lines = [
        "# Commands",
        "",
        "Made from the code by `make docs`; do not edit by hand.",
        "",
        "Exit codes: 0 done, 1 something is wrong and the message says what, 2 a setting, file or option is wrong.",
    ]
    program = typer.main.get_command(cli.app)
    for name, command in leaves(program, "pantau"):
        lines += ["", f"## `{name}`", "", (command.help or "").strip(), ""]
        rows = [parameter(item) for item in command.params if item.name != "help"]
        if rows:
            lines += ["| argument | default | what it is |", "|---|---|---|", *rows]
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name."""
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
        return
    for child in sorted(children):
        yield from leaves(children[child], f"{name} {child}")


def parameter(item: Any) -> str:
    """One argument or option as a row."""
    option = item.param_type_name == "option"
    name = " / ".join([*item.opts, *item.secondary_opts]) if option else item.name.upper()
    default = "" if item.default in (None, False, True) or callable(item.default) else f"`{item.default}`"
    required = "must be given" if item.required else default
    return f"| `{name}` | {required} | {getattr(item, 'help', None) or ''} |".replace("  ", " ")


def routes() -> str:
    """Every route of the API, from its OpenAPI document."""
    lines = [
        "# Routes",
        "",
        "Made from the code by `make docs`; do not edit by hand.",
        "",
        "How to ask, and the shapes of the answers: [api.md](api.md). The whole description: `/openapi.json`.",
        "",
        "| method | path | what it does |",
        "|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        services = build(Settings(data_dir=Path(folder)), stack).services
        described = build_http(services).openapi()
    for path, methods in sorted(described["paths"].items()):
        lines += [f"| {method.upper()} | `{path}` | {what.get('summary', '')} |" for method, what in methods.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write every generated document."""
    for name, make in documents().items():
        (FOLDER / name).write_text(make(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
