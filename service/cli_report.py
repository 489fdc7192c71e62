"""Commands for what is owed on paper: `pantau report daily`, `monthly` … `yearly`, `verify`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from domain.errors import Invalid
from domain.report_period import PeriodKind
from domain.text import Language
from reports.daily_summary import DailySummaries
from reports.formats import FORMATS, chosen
from reports.summary_text import render
from reports.verify import Finding, Verdict, verify
from service.cli_activity import activity
from service.options import Config, DataDir, Json, err, opened, out, print_json
from service.report_output import Lang, Output, Site, write_file
from service.reporting import Reporting, sources_of
from service.wiring import Application

report = typer.Typer(no_args_is_help=True, help="Summaries and reports.")

Point = Annotated[str | None, typer.Option(help="Compliance point; needed where a site has several")]
Form = Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))]


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.add_typer(report, name="report")
    for name, kind, example, said in PERIODS:
        report.command(name, help=said)(_of_period(kind, example))
    report.command("activity")(activity)


@report.callback()
def reports() -> None:
    """Summaries and reports."""


@report.command("daily")
def daily(
    site: Annotated[str | None, typer.Option(help="With it: the compliance report of one site")] = None,
    day: Annotated[str | None, typer.Option(help="As 2026-10-05; yesterday if absent")] = None,
    point: Point = None,
    form: Form = "pdf",
    output: Annotated[Path | None, typer.Option(help="File to write; needed with --site")] = None,
    language: Lang = Language.ID,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Yesterday at every site in a few lines; with --site and --output one day's compliance report."""
    if site is not None or output is not None:
        if site is None or output is None:
            raise Invalid("a compliance report needs --site and --output", "site" if site is None else "output")
        write_report(PeriodKind.DAY, day, site, point, form, output, language, config, data_dir)
        return
    with opened(config, data_dir) as app:
        services = app.services
        summaries = DailySummaries(services.registry, services.profiles, services.evidence.corrected, services.book)
        found = summaries.all(services.clock())
        installation = services.registry.installation()
    if json:
        print_json({"items": found, "next": None})
        return
    for summary in found:
        typer.echo(render(summary, installation, language))
        typer.echo("")


def _of_period(kind: PeriodKind, example: str) -> Callable[..., None]:
    """The command that makes the report of such a period; it asks for the period by its own name."""
    asked: str | None = typer.Option(None, f"--{kind}", help=f"As {example}; the last one that is over if absent")

    def command(
        site: Site,
        output: Output,
        name: str | None = asked,
        point: Point = None,
        form: Form = "pdf",
        language: Lang = Language.ID,
        config: Config = None,
        data_dir: DataDir = None,
    ) -> None:
        write_report(kind, name, site, point, form, output, language, config, data_dir)

    return command


PERIODS: Final = (
    ("monthly", PeriodKind.MONTH, "2026-10", "The compliance report of a month."),
    ("quarterly", PeriodKind.QUARTER, "2026-Q4", "The compliance report of a quarter (triwulan)."),
    ("semester", PeriodKind.SEMESTER, "2026-S2", "The compliance report of half a year (semester)."),
    ("yearly", PeriodKind.YEAR, "2026", "The compliance report of a year."),
)


@report.command("verify")
def verify_file(
    file: Annotated[Path, typer.Argument(help="A report in any of its formats", metavar="FILE")],
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Whether the data still give this report: exit 0, or 1 with what differs."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}", "file") from None
    with opened(config, data_dir) as app:
        verdict = verify(data, _reporting(app).again)
    if json:
        print_json(verdict)
    else:
        _tell(file, verdict)
    raise typer.Exit(0 if verdict.finding is Finding.SAME else 1)


_CHANGED: Final = {
    Finding.DATA_CHANGED: "the data give another report today.",
    Finding.OTHER_VERSION: (
        "another version of Pantau made it, which counts otherwise; this one gives another report."
    ),
}


def _tell(file: Path, verdict: Verdict) -> None:
    stamp = verdict.stamp
    about = f"{file} ({verdict.format}, {stamp.point}, {stamp.period})"
    if verdict.finding is Finding.SAME:
        out.print(f"{about}: the data still give this file, byte for byte.", soft_wrap=True)
        return
    if verdict.finding is Finding.FILE_CHANGED:
        err.print(
            f"{about}: the data are the same, but this is not the file that Pantau makes from them:", soft_wrap=True
        )
        err.print("it was edited after it was made, or another version of Pantau made it.", soft_wrap=True)
    else:
        err.print(f"{about}: {_CHANGED[verdict.finding]}", soft_wrap=True)
        err.print(f"Fingerprint in the file {stamp.sha256}", soft_wrap=True)
        err.print(f"Fingerprint of today    {verdict.sha256}", soft_wrap=True)
        err.print(f"Parts that differ: {', '.join(verdict.parts)}", soft_wrap=True)
    for line in verdict.differences:
        err.print(f"  {line}", soft_wrap=True, markup=False)


def write_report(
    kind: PeriodKind,
    name: str | None,
    site: str,
    point: str | None,
    form: str,
    output: Path,
    language: Language,
    config: Path | None,
    data_dir: Path | None,
) -> None:
    """Make one report and write its file. Raises Invalid for a format there is none of, or an impossible file."""
    write = chosen(FORMATS, form)
    with opened(config, data_dir) as app:
        made = _reporting(app).report(site, point, kind, name, app.services.clock())
    write_file(output, write(made, language))
    out.print(f"{output}: {made.place.id}, {made.period.name}, up to {made.period.until}", soft_wrap=True)


def _reporting(app: Application) -> Reporting:
    return Reporting(sources_of(app.services), app.settings.reports.policy)
