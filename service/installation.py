"""The installation's TOML files: read into the domain's models, checked, and written back.

Everything wrong is told at once, each with its file and its key as it stands in that file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import tomli_w
from pydantic import ValidationError

from alerts.secrets import Secrets
from domain.errors import ConfigurationError, Problem
from domain.ports import ProfileBook
from domain.references import KINDS, missing, reference_problems
from domain.registry import Installation
from service.company_files import company_problems
from service.installation_addresses import address_problems, missing_secret_hints
from service.installation_problems import key_of, problems_in, toml_trouble
from service.installation_rules import rule_file_problems
from service.installation_secrets import secret_hints
from service.reachability import schedule_hints

KEYS: Final = {"companies": "site"}
"""What tells the nouns of a list apart, where it is not their id."""

Origins = Mapping[tuple[str, str], tuple[str, int]]
"""Where each noun, by its list and id, stands: the file, and its place in the file's list."""

_PLACE: Final = re.compile(r"^(\w+)\[(\d+)\]")
_HERE: Final = "installation"
FILED: Final = (*KINDS, "companies")
"""The lists of a file: those of the registry, and what is kept as evidence."""


def read_installation(paths: Iterable[Path]) -> Installation:
    """All files as one installation, in the order given. Raises ConfigurationError with every problem."""
    files = [Path(path) for path in paths]
    problems: list[Problem] = []
    parts = [part for path in files for part in _read(path, problems)]
    problems.extend(_duplicates(files, parts))
    if problems:
        raise ConfigurationError(problems)
    return Installation.model_validate(
        {kind: [noun for part in parts for noun in getattr(part, kind)] for kind in FILED}
    )


def check_installation(
    installation: Installation,
    profile_names: Iterable[str],
    files: Sequence[Path] = (),
    standing: Installation | None = None,
    catalogue: ProfileBook | None = None,
    secrets: Secrets | None = None,
) -> list[Problem]:
    """What refers to nothing: sites, stages, devices, limit sets, profiles, time zones, schedules, contacts, rules.

    With `files` (those it was read from) a problem names the file and the key in it. `standing` is what
    is in the registry already and may be referred to as well. With a `catalogue` the metrics of rules and the
    derived rules that composites name are looked up too. Addresses are tried with the `secrets` that are there.
    """
    profiles, whole = set(profile_names), _beside(installation, standing)
    problems = [*reference_problems(whole), *_profiles(installation, profiles)]
    problems.extend(_zones(installation))
    problems.extend(company_problems(installation.companies, whole))
    if catalogue is not None and not problems:
        problems = rule_file_problems(whole, catalogue)
    problems = [*problems, *address_problems(installation, secrets)]
    origins = _origins(files) if problems else {}
    return [_located(problem, installation, origins) for problem in problems]


def located_hints(files: Sequence[Path], secrets: Secrets | None = None) -> list[Problem]:
    """What may be meant, and is worth a second look: addresses that seem to carry a secret or name one that is not
    there, hours without a route.
    """
    installation = read_installation(files)
    hints = [
        *secret_hints(installation),
        *(missing_secret_hints(installation, secrets) if secrets else ()),
        *schedule_hints(installation),
    ]
    origins = _origins(files) if hints else {}
    return [_located(hint, installation, origins) for hint in hints]


def write_installation(installation: Installation) -> str:
    """One TOML file that `read_installation` reads back as the same installation."""
    document: dict[str, Any] = {}
    for kind in FILED:
        nouns = [_plain(noun.model_dump(exclude_defaults=True)) for noun in getattr(installation, kind)]
        if kind == "rules":
            nouns = [{"kind": rule.kind, **noun} for rule, noun in zip(installation.rules, nouns, strict=True)]
        if nouns:
            document[kind] = nouns
    return tomli_w.dumps(document)


def _plain(value: Any) -> Any:
    """What TOML can say; an address becomes text, dates and numbers stay."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float) or hasattr(value, "isoformat") else str(value)


def parse(path: Path) -> dict[str, Any]:
    """The file's raw content. Raises ConfigurationError; a mistake in the writing keeps its line."""
    text = ""
    try:
        text = path.read_text("utf-8")
        return tomllib.loads(text)
    except OSError as error:
        raise ConfigurationError.one(path, "", error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError.one(path, "", f"not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError.one(path, "", toml_trouble(error, text)) from None


def _read(path: Path, problems: list[Problem]) -> Iterator[Installation]:
    try:
        raw = parse(path)
    except ConfigurationError as error:
        problems.extend(error.problems)
        return
    problems.extend(Problem(str(path), key, "must be a finite number") for key in endless(raw, ()))
    try:
        yield Installation.model_validate(raw)
    except ValidationError as error:
        problems.extend(problems_in(error, str(path), raw))


def endless(value: Any, place: tuple[str | int, ...]) -> Iterator[str]:
    """Keys of inf and nan, which TOML can write and no bound means."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from endless(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from endless(item, (*place, index))
    elif isinstance(value, float) and not isfinite(value):
        yield key_of(place)


def _duplicates(files: Sequence[Path], parts: Sequence[Installation]) -> Iterator[Problem]:
    """An id may be given once over all files; the second place is told, naming the first."""
    if len(parts) != len(files):
        return  # a file that could not be read is told already
    for kind in FILED:
        first: dict[str, str] = {}
        for path, part in zip(files, parts, strict=True):
            for index, noun in enumerate(getattr(part, kind)):
                place = f"{kind}[{index}].{KEYS.get(kind, 'id')}"
                other = first.setdefault(noun.id, f"{path}: {place}")
                if other != f"{path}: {place}":
                    yield Problem(str(path), place, f"{noun.id} is given already in {other}")


def _beside(installation: Installation, standing: Installation | None) -> Installation:
    if standing is None:
        return installation
    lists = {}
    for kind in KINDS:
        given = getattr(installation, kind)
        replaced = {noun.id for noun in given}
        lists[kind] = (*given, *(noun for noun in getattr(standing, kind) if noun.id not in replaced))
    return Installation.model_validate(lists)


def _profiles(installation: Installation, names: set[str]) -> Iterator[Problem]:
    for index, device in enumerate(installation.devices):
        if device.profile not in names:
            yield Problem("", f"devices[{index}].profile", missing("profile", device.profile, names))


def _zones(installation: Installation) -> Iterator[Problem]:
    for kind in ("sites", "devices"):
        for index, noun in enumerate(getattr(installation, kind)):
            if noun.timezone is not None and not _is_zone(noun.timezone):
                yield Problem("", f"{kind}[{index}].timezone", f"there is no time zone {noun.timezone}")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _origins(files: Sequence[Path]) -> Origins:
    return {
        (kind, noun[KEYS.get(kind, "id")]): (str(path), index)
        for path in files
        for kind, nouns in parse(path).items()
        for index, noun in enumerate(nouns)
    }


def _located(problem: Problem, installation: Installation, origins: Origins) -> Problem:
    """The problem with its file, and its key counted in that file."""
    match = _PLACE.match(problem.key)
    if match is None or int(match[2]) >= len(getattr(installation, match[1])):
        return Problem(_HERE, problem.key, problem.message)
    kind, place = match[1], int(match[2])
    noun = getattr(installation, kind)[place].id
    file, index = origins.get((kind, noun), (_HERE, place))
    return Problem(file, f"{kind}[{index}]{problem.key[match.end() :]}", f"{problem.message} (in {noun})")
