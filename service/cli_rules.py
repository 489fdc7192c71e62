"""Commands for rules: `pantau rules list`, `show`, `what-if`, `test`."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from msgspec.structs import asdict
from rich.markup import escape
from rich.table import Table

from alerts.rule_tests import play
from domain.errors import ConfigurationError, Invalid, NotFound
from domain.instants import utc_text
from domain.reading import Millis
from domain.registry import Installation
from domain.rule import Rule
from domain.rule_record import Episode, WhatIf
from domain.timeline import Timeline, TimelineReport
from service.installation import write_installation
from service.options import Config, DataDir, Json, opened, out, print_json, print_table, settings_of
from service.profile_files import installed
from service.rule_files import read_rule, read_timelines
from service.rule_stage import rule_stage

UNITS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
SHOWN: Final = 20
DAY: Final = 86_400_000

rules = typer.Typer(no_args_is_help=True, help="What is watched, and what a rule would have done.")


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.add_typer(rules, name="rules")


@rules.command("list")
def list_rules(
    kind: Annotated[str | None, typer.Option(help="Only this kind")] = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """All rules in force: the installation's own, and those derived from limit sets and profiles."""
    with opened(config, data_dir) as app:
        found = [rule for rule in app.services.rules.rules() if kind in (None, rule.kind)]
        written = {rule.id for rule in app.services.registry.installation().rules}
    if json:
        print_json({"items": [_plain(rule) for rule in found], "next": None})
        return
    table = Table("rule", "kind", "priority", "watches", "from")
    table.columns[0].min_width = min(max((len(rule.id) for rule in found), default=0), out.width // 2)
    for rule in found:
        table.add_row(rule.id, rule.kind, rule.priority, _watched(rule), "file" if rule.id in written else "derived")
    print_table(table)


@rules.command("show")
def show(rule: str, json: Json = False, config: Config = None, data_dir: DataDir = None) -> None:
    """One rule as TOML, ready to be changed and tried."""
    with opened(config, data_dir) as app:
        found = app.services.rules.rule(rule)
    if json:
        print_json(_plain(found))
    else:
        typer.echo(write_installation(Installation(rules=(found,))), nl=False)


@rules.command("what-if")
def what_if(
    rule: Annotated[str, typer.Argument(help="Id of a rule, or a TOML file with one (a changed one, say)")],
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h, 2w")] = "30d",
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """What a rule would have done on stored history. Nothing is kept and nobody is told."""
    back = span_of(since)
    written = read_rule(Path(rule)) if rule.endswith(".toml") else None
    with opened(config, data_dir) as app:
        services = app.services
        tried = written or services.rules.rule(rule)
        now = services.clock()
        found = services.trials.what_if(tried, now - back, now)
    if json:
        print_json({**asdict(found), "notes": [note.en for note in found.notes]})
    else:
        _show_trial(found, tried.kind)


@rules.command("test")
def tell_stories(
    files: Annotated[list[Path], typer.Argument(help="TOML files, each with one story")],
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Tell rules stories and compare what comes of them. Exits with 1 where anything came otherwise."""
    timelines = read_timelines(files)
    reports = _play(files, timelines, config, data_dir)
    if json:
        pairs = zip(files, reports, strict=True)
        items = [{"file": str(path), "passed": one.passed, "report": one} for path, one in pairs]
        print_json({"items": items, "next": None})
    else:
        for path, report in zip(files, reports, strict=True):
            _show_story(path, report)
    if not all(report.passed for report in reports):
        raise typer.Exit(1)


def span_of(text: str) -> Millis:
    """`30d` in ms. Raises Invalid."""
    match = re.fullmatch(r"(\d{1,4})([mhdw])", text)
    if match is None or int(match[1]) == 0:
        raise Invalid(f"{text}: write a number and m, h, d or w, such as 30d", "since")
    return int(match[1]) * UNITS[match[2]]


def _play(
    files: list[Path], timelines: list[Timeline], config: Path | None, data_dir: Path | None
) -> list[TimelineReport]:
    """The installation is opened only where a story names one of its rules: the others need nothing but profiles."""
    with ExitStack() as stack:
        if any(isinstance(timeline.rule, str) for timeline in timelines):
            services = stack.enter_context(opened(config, data_dir)).services
            installation, rule_of, profiles = services.registry.installation(), services.rules.rule, services.profiles
        else:
            installation, rule_of = Installation(), _no_rule
            profiles = installed(settings_of(config, data_dir).profiles_dir)
        reports = []
        for path, timeline in zip(files, timelines, strict=True):
            try:
                reports.append(play(timeline, rule_stage, installation, rule_of, profiles))
            except Invalid as error:
                raise ConfigurationError.one(path, error.field, str(error)) from None
        return reports


def _no_rule(rule: str) -> Rule:
    raise NotFound(f"there is no rule {rule}")


def _show_trial(found: WhatIf, kind: str) -> None:
    days = (found.stop - found.start) / DAY
    seen = f"{_counted(found.readings, 'reading')} of {_counted(len(found.devices), 'device')}"
    out.print(f"[bold]{found.rule}[/bold] over {days:g} {'day' if days == 1 else 'days'}, {seen}")
    out.print(f"{_counted(found.total, 'alert')}, {rate(found.total / days)}; {_chattering(found.chattering)}")
    if found.episodes:
        worst = ("rules holding", "needed") if kind == "composite" else ("peak", "limit")
        table = Table("from", "for", "device", *worst)
        for episode in found.episodes[:SHOWN]:
            table.add_row(
                utc_text(episode.start),
                _lasted(episode),
                episode.device,
                _number(episode.peak),
                _number(episode.limit),
            )
        print_table(table)
    if found.total > SHOWN:
        out.print(f"… and {found.total - SHOWN} before")
    for note in found.notes:
        out.print(f"[dim]note: {escape(note.en)}[/dim]", soft_wrap=True)


def _show_story(path: Path, report: TimelineReport) -> None:
    mark = "[green]✓[/green]" if report.passed else "[red]✗[/red]"
    out.print(f"{mark} {escape(str(path))}: {report.rule}" + (f": {escape(report.why)}" if report.why else ""))
    for one in report.differences:
        out.print(f"    {escape(one.place)}", soft_wrap=True)
        if one.expected is not None:
            out.print(f"      [red]- {escape(one.expected)}[/red]", soft_wrap=True)
        if one.found is not None:
            out.print(f"      [green]+ {escape(one.found)}[/green]", soft_wrap=True)
    if not report.passed:
        out.print("    what came:", *(f"      {escape(line)}" for line in report.transitions), sep="\n")


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def rate(a_day: float) -> str:
    """`2.5 a day`; what is rarer than one in ten days by the week or month, so that it is never a false nought."""
    for times, span in ((1, "day"), (7, "week"), (30, "30 days")):
        if a_day * times >= 0.1:
            return f"{a_day * times:.1f} {'in' if times == 30 else 'a'} {span}"
    return f"{a_day * 365:.2g} a year" if a_day else "none a day"


def _chattering(times: int) -> str:
    return f"{_counted(times, 'time')} held down for chattering"


def _lasted(episode: Episode) -> str:
    if episode.stop is None:
        return "still"
    seconds = (episode.stop - episode.start) / 1000
    return (
        f"{seconds:.0f} s"
        if seconds < 600
        else f"{seconds / 60:.0f} min"
        if seconds < 36_000
        else f"{seconds / 3600:.0f} h"
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _watched(rule: Rule) -> str:
    scope = rule.scope
    where = [part for part in (scope.site, scope.stage, scope.device) if part is not None]
    return " ".join([scope.metric, *where])


def _plain(rule: Rule) -> dict[str, Any]:
    return {"kind": rule.kind, **rule.model_dump(mode="json", exclude_defaults=True)}
