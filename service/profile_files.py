"""Profiles as a person at the command line names them: one that is installed, or a file still being written."""

from __future__ import annotations

import re
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path

from device_profiles.catalogue import BUILTIN, Catalogue
from device_profiles.profile import Profile
from domain.errors import ConfigurationError, NotFound, Problem

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def installed(folder: Path | None) -> Catalogue:
    """The built-in profiles and those of the settings' folder. Raises ConfigurationError."""
    return Catalogue.load(*([folder] if folder else []))


FolderState = tuple[tuple[str, int, int], ...]


def state_of(folder: Path | None) -> FolderState:
    """Name, time and size of every profile in a folder: when it stays the same, so did they.

    What goes away while one looks, or leads nowhere (an editor's lock), is left out.
    """
    found: list[tuple[str, int, int]] = []
    for file in sorted(folder.glob("*.toml")) if folder is not None else ():
        with suppress(FileNotFoundError):
            stat = file.stat()
            found.append((str(file), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def profile_named(named: str, folder: Path | None) -> Profile:
    """An installed profile by its name, else one in a file. Raises NotFound, ConfigurationError."""
    if named.endswith(".toml") or "/" in named:
        return read_profile(Path(named), folder)
    return installed(folder).get(named)


def read_profile(file: Path, folder: Path | None) -> Profile:
    """The profile in a file, in force beside the installed ones; it need not be called like the file yet.

    Raises ConfigurationError with every problem, by the file's own name.
    """
    text = _text(file)
    name = _name_in(text) or file.stem
    known = installed(folder)
    if name in known.names() and not re.search(r"^replaces\s*=", text, re.MULTILINE):
        text = "replaces = true\n" + text
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made) / f"{name}.toml"
        copy.write_text(text, "utf-8")
        try:
            return Catalogue.load(*([folder] if folder else []), Path(made)).get(name)
        except ConfigurationError as error:
            raise ConfigurationError(
                [Problem(problem.file.replace(str(copy), str(file)), problem.key, problem.message)
                 for problem in error.problems]
            ) from None  # fmt: skip


def problems_of(file: Path, folder: Path | None) -> list[Problem]:
    """Everything that would keep a file from being installed; also a name that is not the file's."""
    try:
        profile = read_profile(file, folder)
    except ConfigurationError as error:
        return error.problems
    if profile.name != file.stem:
        message = f"{profile.name!r} is in a file of another name: call the file {profile.name}.toml"
        return [Problem(str(file), "name", message)]
    return []


def text_named(name: str, folder: Path | None) -> str:
    """The file of an installed profile. Raises NotFound, with the nearest name."""
    installed(folder).get(name)
    for place in (folder, BUILTIN):
        file = place / f"{name}.toml" if place else None
        if file is not None and file.is_file():
            return file.read_text("utf-8")
    raise NotFound(f"the file of {name} is gone")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise ConfigurationError.one(file, "", f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError.one(file, "", f"is not TOML: {error}") from None


def _name_in(text: str) -> str | None:
    try:
        name = tomllib.loads(text).get("name")
    except tomllib.TOMLDecodeError:
        return None
    return name if isinstance(name, str) and _SLUG.fullmatch(name) else None
