"""Commands for what is owed on paper: `pantau report daily`."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.text import Language
from reports.daily_summary import DailySummaries
from reports.summary_text import render
from service.options import Config, DataDir, Json, opened, print_json

report = typer.Typer(no_args_is_help=True, help="Summaries and reports.")


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.add_typer(report, name="report")


@report.callback()
def reports() -> None:
    """Summaries and reports."""


@report.command("daily")
def daily(
    language: Annotated[Language, typer.Option(help="Language of the text")] = Language.ID,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Yesterday at every site: the limited parameters, how complete the record is, volume, alerts."""
    with opened(config, data_dir) as app:
        services = app.services
        summaries = DailySummaries(services.registry, services.profiles, services.readings, services.book)
        found = summaries.all(services.clock())
        installation = services.registry.installation()
    if json:
        print_json({"items": found, "next": None})
        return
    for summary in found:
        typer.echo(render(summary, installation, language))
        typer.echo("")
