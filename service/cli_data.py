"""Commands for what arrived: `pantau dead-letters …`, `pantau doctor`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from domain.message import DeadLetter
from service.doctor import Finding, examine
from service.options import Config, DataDir, Json, opened, out, print_json, print_table, settings_of

dead_letters = typer.Typer(no_args_is_help=True, help="Messages that could not be read.")
Reason = Annotated[str | None, typer.Option(help="Only letters with this reason")]
Device = Annotated[str | None, typer.Option(help="Only letters of this device")]
SHOWN = 60  # characters of a payload in a table


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.add_typer(dead_letters, name="dead-letters")
    app.command()(doctor)


@dead_letters.command("list")
def list_letters(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    reason: Reason = None,
    device: Device = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """The newest dead letters, and why."""
    with opened(config, data_dir) as app:
        page = app.services.dead_letters.page(None, limit, reason, device)
    if json:
        print_json({"items": [_as_json(letter) for letter in page.items], "next": page.next})
        return
    table = Table("id", "topic", "reason", "what was wrong", "payload", "replayed")
    for letter in page.items:
        text = letter.payload[:SHOWN].decode("utf-8", "backslashreplace")
        replayed = "yes" if letter.replayed_at else ""
        table.add_row(str(letter.id), letter.topic, letter.reason, letter.detail, text, replayed)
    print_table(table)


@dead_letters.command("replay")
def replay_letters(
    reason: Reason = None, device: Device = None, json: Json = False, config: Config = None, data_dir: DataDir = None
) -> None:
    """Send them through the decoder again, after a profile was mended or a device registered."""
    with opened(config, data_dir) as app:
        became, refused = app.services.replayer.replay(reason, device)
    if json:
        print_json({"replayed": became, "refused": refused})
    else:
        out.print(f"{became} became readings, {refused} are still refused")


def doctor(json: Json = False, config: Config = None, data_dir: DataDir = None) -> None:
    """Look over the whole installation and say what is wrong and what to do. Exit 1 when something is."""
    findings = examine(settings_of(config, data_dir))
    if json:
        print_json({"items": [finding.as_json() for finding in findings], "next": None})
    else:
        _show(findings)
    if any(not finding.well for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        mark = "[green]✓[/green]" if finding.well else "[red]✗[/red]"
        out.print(f"{mark} {finding.what}: {finding.found}" + (f" → {finding.remedy}" if finding.remedy else ""))


def _as_json(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "topic": letter.topic,
        "device": letter.device,
        "reason": letter.reason,
        "detail": letter.detail,
        "payload": letter.payload.decode("utf-8", "backslashreplace"),
        "received_at": letter.received_at,
        "replayed_at": letter.replayed_at,
    }
