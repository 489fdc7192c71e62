"""Commands for finished reports: `pantau report list`, `make`, `sign`, `diff`."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.table import Column, Table

from domain.errors import Invalid, NotFound
from domain.finished_report import Change, FinishedReport, ReportDesk
from domain.reading import Millis
from domain.report_period import PeriodKind
from domain.signing import require_signer
from domain.text import Language
from service.options import Config, DataDir, Json, opened, out, password_of, print_json
from service.wiring import Application

Kind = Annotated[PeriodKind, typer.Option(help="day | month | quarter | semester | year")]
Point = Annotated[str, typer.Option(help="Compliance point")]
Period = Annotated[str, typer.Option(help="As 2026-10-05, 2026-10, 2026-Q4, 2026-S2 or 2026")]
By = Annotated[str | None, typer.Option(help="Who does it; your login name if absent")]
Lang = Annotated[Language, typer.Option(help="Language of the text")]


def add_to(report: typer.Typer) -> None:
    """Hang the commands beside those of the reports."""
    report.command("list")(list_reports)
    report.command("make")(make_report)
    report.command("sign")(sign_report)
    report.command("diff")(diff_report)


def list_reports(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    after: Annotated[str | None, typer.Option(help="The `next` of the page before")] = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Reports that were made, the latest period first, and those that wait to be made."""
    with opened(config, data_dir) as app:
        desk = _desk(app)
        page = desk.page(after, limit)
        open_ = [] if after else desk.open(app.services.clock())
    if json:
        print_json({"items": page.items, "open": open_, "next": page.next})
        return
    asked = (Column(word, no_wrap=True) for word in ("jenis", "titik", "periode"))  # whole: the other commands ask
    table = Table(*asked, "revisi", "keadaan", "tanda tangan", "SHA-256")
    for kind, point, period, _ in open_:
        table.add_row(kind, point, period, "-", "open", "-", "-")
    for one in page.items:
        table.add_row(
            one.kind, one.place, one.period, str(one.revision), one.state, one.signed_by or "-", one.sha256[:16]
        )
    out.print(table)


def make_report(
    point: Point,
    period: Period,
    kind: Kind = PeriodKind.MONTH,
    reason: Annotated[str, typer.Option(help="Why it is made again; needed once it is signed")] = "",
    by: By = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Make the report of a period that is over and keep it; a further revision where the data changed."""
    with opened(config, data_dir) as app:
        made, new = _desk(app).make(kind, point, period, _who(by), reason, app.services.clock())
    if json:
        print_json({"made": new, "report": made})
        return
    said = "dibuat (made)" if new else "datanya masih sama (the data still give it)"
    out.print(f"{made.place} {made.period} revisi {made.revision}: {said}; SHA-256 {made.sha256}", soft_wrap=True)
    if new:
        _tell(made.changes, made.changes_left_out, Language.ID, every=False)


def sign_report(
    point: Point,
    period: Period,
    kind: Kind = PeriodKind.MONTH,
    by: By = None,
    no_data: Annotated[bool, typer.Option("--no-data", help="Sign that nothing was measured")] = False,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Sign the newest revision as an officer known to the installation, with the officer's password.

    Exit 1 for anybody else, where it is signed already, where the data changed since, and for a period in which
    nothing was measured without --no-data.
    """
    with opened(config, data_dir) as app:
        name, now = _who(by), app.services.clock()
        require_signer(app.services.accounts, name)
        _prove(app, name, password_of(from_stdin=password_stdin), now)
        through = f"pantau report sign, {getpass.getuser()}"
        newest = _newest(_desk(app), kind, point, period)
        signed = _desk(app).sign(newest, name, now, no_data=no_data, through=through)
    out.print(f"{signed.place} {signed.period} revisi {signed.revision}: {signed.signed_by}", soft_wrap=True)


def _prove(app: Application, name: str, password: str, now: Millis) -> None:
    """That it is the person. Raises Invalid for a wrong password, Conflict after too many."""
    secret, _ = app.services.authenticator.log_in(name, password, "pantau report sign", now)
    app.services.authenticator.log_out(secret)


def diff_report(
    point: Point,
    period: Period,
    kind: Kind = PeriodKind.MONTH,
    revision: Annotated[int | None, typer.Option(min=2, help="What it changed; today's data if absent")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also each figure that follows from what people did")] = False,
    language: Lang = Language.ID,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """What a revision changed, or what today's data say otherwise than the newest one. Exit 1 where anything is.

    What people did comes first; figures of days are one line a parameter unless --all.
    """
    with opened(config, data_dir) as app:
        desk = _desk(app)
        if revision is None:
            found, more = desk.differences(_newest(desk, kind, point, period))
        else:
            one = _revision(desk, kind, point, period, revision)
            found, more = one.changes, one.changes_left_out
    if json:
        print_json({"items": found, "left_out": more, "next": None})
    else:
        _tell(found, more, language, every=every)
    if found:
        raise typer.Exit(1)


def _tell(found: tuple[Change, ...], more: int, language: Language, *, every: bool) -> None:
    heading = None
    for one in found:
        if one.group is not None and one.group != heading:
            out.print(f"  {one.group.in_language(language)}", soft_wrap=True, markup=False)
        heading = one.group
        if every or one.group is None:
            where, before, after = (text.in_language(language) for text in (one.where, one.before, one.after))
            out.print(f"  {where}: {before} -> {after}", soft_wrap=True, markup=False)
    if more:
        out.print(f"  … +{more}")


def _desk(app: Application) -> ReportDesk:
    if app.services.reports is None:
        raise NotFound("this installation keeps no reports")
    return app.services.reports


def _newest(desk: ReportDesk, kind: PeriodKind, point: str, period: str) -> FinishedReport:
    found = desk.revisions(kind, point, period)
    if not found:
        raise NotFound(f"no {kind} report of {point} for {period} was made; see `pantau report list`")
    return found[-1]


def _revision(desk: ReportDesk, kind: PeriodKind, point: str, period: str, number: int) -> FinishedReport:
    found = {one.revision: one for one in desk.revisions(kind, point, period)}
    if number not in found:
        raise NotFound(f"{period} has no revision {number}")
    return found[number]


def _who(by: str | None) -> str:
    name = (by or getpass.getuser()).strip()
    if not name:
        raise Invalid("say who does it", "by")
    return name
