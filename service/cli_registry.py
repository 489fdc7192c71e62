"""Commands for the installation's files: `pantau apply`, `export`, `check`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from alerts.secrets import Secrets
from device_profiles.unit_changes import unit_changes
from domain.company import CompanyOf
from domain.errors import ConfigurationError, PantauError, Problem, Unavailable
from domain.evidence import Revision
from domain.instants import utc_text
from domain.ports import Registry
from domain.reading import Series
from domain.registry import Changes, Installation
from domain.rule_record import RuleVersion
from domain.series import Selection
from service.company_files import file_companies, filed_companies
from service.installation import check_installation, located_hints, read_installation, write_installation
from service.options import Config, DataDir, Json, err, opened, out, print_json, settings_of, tell_problems
from service.profile_files import installed
from service.settings import Settings
from service.sparing_points import unknown_points
from storage.database import Database
from storage.journal import SqliteJournal
from storage.registry import SqlRegistry

WHO = "command line"
APPLIED = frozenset({WHO, "demo"})
"""Who applies files; anybody else who changes a rule does so in the pages or by the API."""

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
        registry = app.services.registry
        standing = registry.installation()
        installation = checked(files, app.settings, standing, known)
        edited = edited_elsewhere(registry, standing, installation)
        changes = registry.apply(installation, WHO, app.services.clock())
        filed = file_companies(installation.companies, app.services.evidence.company_of, WHO, app.services.clock())
    changes = filed.with_others(changes)
    replaced = [one for one in filed.replaced if one.who not in APPLIED]
    if json:
        overwritten = [version.id for version in edited] + [f"companies/{one.id}" for one in replaced]
        print_json({**changes.model_dump(), "overwritten": overwritten})
    else:
        show(changes)
        for one in replaced:
            tell_replaced(one)
        for version in edited:
            tell_overwritten(version)


def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; standard output if absent")
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write the installation back as one TOML file that `apply` takes."""
    with opened(config, data_dir) as app:
        registered = app.services.registry.installation()
        companies = filed_companies([site.id for site in registered.sites], app.services.evidence.company_of)
        text = write_installation(registered.model_copy(update={"companies": companies}))
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
    """Read settings, profiles and files, and print every problem with its file and key. Changes nothing.

    Where the installation has a registry, the files may refer to what is registered, as with `apply`.
    """
    problems = problems_of(files or [], config, data_dir)
    for hint in [] if problems or json else hints_of(files or [], config, data_dir):
        err.print(f"[yellow]![/yellow] {hint}", soft_wrap=True)
    tell_problems(problems, json=json)


def hints_of(files: list[Path], config: Path | None, data_dir: Path | None) -> list[Problem]:
    """What is worth a second look; a registry that could not be read is said, for it was not looked into."""
    settings = settings_of(config, data_dir)
    hints = located_hints(files, Secrets(settings.alerts.secrets_dir))
    if files:
        try:
            registered(settings)
        except ConfigurationError as error:
            return [*error.problems, *hints]
    return hints


def problems_of(files: list[Path], config: Path | None, data_dir: Path | None) -> list[Problem]:
    """Every problem of the settings, the profiles and the files; without files, of the devices registered already."""
    try:
        settings = settings_of(config, data_dir)
        known = _recorded(settings.data_dir / "journal.db")
        standing = _standing(settings)
        found = checked(files, settings, standing if files else None, known)
        both = (found, standing) if standing else (found,)
        unknown = unknown_points(settings.sparing, {one.id for part in both for one in part.compliance_points})
        if unknown:
            return unknown
        devices = registered(settings).devices if known and not files else ()
        return unit_changes(known, devices, installed(settings.profiles_dir))
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


def _standing(settings: Settings) -> Installation | None:
    """What is registered; None where that cannot be read just now, which is said as a hint."""
    try:
        return registered(settings)
    except ConfigurationError:
        return None


def registered(settings: Settings) -> Installation:
    """What an installation that runs already has registered, read only; nothing where there is no database yet.

    Raises ConfigurationError.
    """
    if settings.database.url is None and not (settings.data_dir / "pantau.db").exists():
        return Installation()
    try:
        with closing(Database(settings.database_url)) as database:
            return SqlRegistry(database).installation()
    except PantauError as error:
        message = f"cannot be read, so only the files were checked: {error}"
        raise ConfigurationError.one("settings", "database", message) from error


def edited_elsewhere(registry: Registry, standing: Installation, given: Installation) -> list[RuleVersion]:
    """The newest version of each rule that the files change and that was last changed in the pages or by the API."""
    rules = {rule.id: rule for rule in standing.rules}
    changed = [rule.id for rule in given.rules if rule.id in rules and rules[rule.id] != rule]
    newest = [registry.rule_versions(rule)[:1] for rule in changed]
    return [version for versions in newest for version in versions if version.who not in APPLIED]


def tell_overwritten(version: RuleVersion) -> None:
    """A note, not a refusal: the files are the installation's own word, and the version stays."""
    err.print(
        f"[yellow]![/yellow] rule/{version.id}: version {version.version}, by {version.who} at"
        f" {utc_text(version.at)}, is replaced by the file's; it stays among the rule's versions",
        soft_wrap=True,
    )


def tell_replaced(one: Revision[CompanyOf]) -> None:
    """The same for what was said of a company."""
    err.print(
        f"[yellow]![/yellow] companies/{one.id}: revision {one.number}, by {one.who} at {utc_text(one.at)}, is"
        " replaced by the file's; it stays among the revisions",
        soft_wrap=True,
    )


def checked(
    files: list[Path], settings: Settings, standing: Installation | None = None, known: Iterable[Series] = ()
) -> Installation:
    """The installation in the files, with its references and profiles checked. Raises ConfigurationError.

    `standing` is what is registered already, and may be referred to; `known` the series that have readings.
    """
    catalogue = installed(settings.profiles_dir)
    installation = read_installation(files)
    secrets = Secrets(settings.alerts.secrets_dir)
    problems = check_installation(installation, catalogue.names(), files, standing, catalogue, secrets)
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
