"""The command `pantau report shift`: what machines did on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from domain.errors import Invalid, NotFound
from domain.report_period import local_day
from domain.services import Services
from domain.text import Language
from reports.formats import chosen
from reports.machines.document import ShiftReport, make_report
from reports.machines.files import FORMATS
from service.options import Config, DataDir, opened, out
from service.report_output import Lang, Output, Site, write_file


def add_to(report: typer.Typer) -> None:
    """Hang the command beside the other reports."""
    report.command("shift")(shift_report)


def shift_report(
    site: Site,
    output: Output,
    day: Annotated[str | None, typer.Option(help="As 2026-11-20; yesterday if absent")] = None,
    shift: Annotated[str | None, typer.Option(help="Only this shift; all if absent")] = None,
    form: Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))] = "pdf",
    language: Lang = Language.ID,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """What the machines of a site did on a day: availability, stops and their reasons."""
    write = chosen(FORMATS, form)
    with opened(config, data_dir) as app:
        services, now = app.services, app.services.clock()
        made = make_report(services.machines, site, _day(services, site, day, now), shift, now)
    write_file(output, write(made, language))
    out.print(f"{output}: {site}, {made.overview.first}, {shift or 'all shifts'}{_so_far(made)}", soft_wrap=True)


def _so_far(made: ShiftReport) -> str:
    if made.until is None:
        return ""
    local = datetime.fromtimestamp(made.until / 1000, ZoneInfo(made.overview.site.timezone))
    return f", so far: the shift is not over, figures up to {local:%Y-%m-%d %H:%M}"


def _day(services: Services, site: str, day: str | None, now: int) -> date:
    if day is not None:
        try:
            return date.fromisoformat(day)
        except ValueError:
            raise Invalid(f"{day} is no day; write it as 2026-11-20", "day") from None
    found = next((one for one in services.registry.installation().sites if one.id == site), None)
    if found is None:
        raise NotFound(f"there is no site {site}")
    return local_day(now, ZoneInfo(found.timezone)) - timedelta(days=1)
