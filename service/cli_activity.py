"""`pantau report activity`: the month at the whole UPT on one page, for its head."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from domain.text import Language
from reports.activity_pdf import write_pdf
from reports.activity_sheet import write_json
from reports.formats import chosen
from service.activity_desk import MonthlyActivity, activity_sources
from service.options import Config, DataDir, opened, out
from service.report_output import Lang, Output, write_file

FORMATS: Final = {"pdf": write_pdf, "json": write_json}


def activity(
    output: Output,
    month: Annotated[str | None, typer.Option(help="As 2026-10; the last one that is over if absent")] = None,
    form: Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))] = "pdf",
    language: Lang = Language.ID,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """The month at the whole UPT on one page: effluent, machines, alerts, service, what is open."""
    write = chosen(FORMATS, form)
    with opened(config, data_dir) as app:
        desk = MonthlyActivity(lambda: activity_sources(app.services), app.settings.reports.policy)
        made = desk.activity(month, app.services.clock())
    write_file(output, write(made, language))
    out.print(f"{output}: {made.month}, up to {made.until}", soft_wrap=True)
