"""`pantau report activity`: the month at the whole UPT on one page, for its head."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from domain.errors import Invalid
from domain.text import Language
from reports.activity_pdf import write_pdf
from reports.activity_sheet import write_json
from service.activity_desk import MonthlyActivity, activity_sources
from service.options import Config, DataDir, opened, out

FORMATS: Final = {"pdf": write_pdf, "json": write_json}


def activity(
    output: Annotated[Path, typer.Option(help="File to write")],
    month: Annotated[str | None, typer.Option(help="As 2026-10; the last one that is over if absent")] = None,
    form: Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))] = "pdf",
    language: Annotated[Language, typer.Option(help="Language of the text")] = Language.ID,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """The month at the whole UPT on one page: effluent, machines, alerts, service, what is open."""
    if form not in FORMATS:
        raise Invalid(f"there is no format {form}; those there are: {', '.join(FORMATS)}", "format")
    with opened(config, data_dir) as app:
        desk = MonthlyActivity(lambda: activity_sources(app.services), app.settings.reports.policy)
        made = desk.activity(month, app.services.clock())
    try:
        output.write_bytes(FORMATS[form](made, language))
    except OSError as error:
        raise Invalid(f"{output} cannot be written: {error.strerror}", "output") from None
    out.print(f"{output}: {made.month}, up to {made.until}", soft_wrap=True)
