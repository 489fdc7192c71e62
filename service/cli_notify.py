"""Commands about telling people: `pantau notify test`."""

from __future__ import annotations

import typer
from rich.markup import escape

from alerts.courier import Courier
from alerts.notifiers import make_notifiers
from alerts.secrets import Secrets
from alerts.trial_message import tell_trial
from domain.account import AuditEntry
from service.options import Config, DataDir, Json, err, opened, out, print_json

WHO = "command line"

notify = typer.Typer(no_args_is_help=True, help="Whether people can be told.")


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.add_typer(notify, name="notify")


@notify.callback()
def group() -> None:
    """Keeps `test` a command of its own, with others to come."""


@notify.command("test")
def send_test(contact: str, json: Json = False, config: Config = None, data_dir: DataDir = None) -> None:
    """Send a contact one test message now, whatever its quiet hours, and say what came of it."""
    with opened(config, data_dir) as app:
        services = app.services
        courier = Courier(make_notifiers(), Secrets(app.settings.alerts.secrets_dir))
        now = services.clock()
        installation = services.registry.installation()
        refused = tell_trial(installation, courier, contact, now)
        said = "delivered" if refused is None else str(refused)
        services.audit.add(AuditEntry(now, WHO, "notify_test", f"contact/{contact}", after=said))
        off = next(not one.enabled for one in installation.contacts if one.id == contact)
    if json:
        print_json({"contact": contact, "delivered": refused is None, "error": None if refused is None else said})
    elif refused is None:
        out.print(f"[green]✓[/green] {contact}: the channel took the message. Ask whether it arrived.")
        _tell_off(contact, off=off)
    else:
        err.print(f"[red]✗[/red] {contact}: {escape(said)}", soft_wrap=True)
    if refused is not None:
        raise typer.Exit(1)


def _tell_off(contact: str, *, off: bool) -> None:
    if off:
        err.print(f"[yellow]![/yellow] {contact} is switched off (enabled = false): alerts are not told to it")
