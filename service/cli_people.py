"""Commands for people and programs: `pantau user …`, `pantau token …`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from api.auth import hash_password, new_token
from domain.account import AuditEntry, Role, User
from domain.errors import Invalid
from domain.text import Language
from service.options import Config, DataDir, Json, opened, out, password_of, print_json, print_table

WHO = "command line"
SHORTEST_PASSWORD = 10

user = typer.Typer(no_args_is_help=True, help="People who may log in.")
token = typer.Typer(no_args_is_help=True, help="Keys for programs.")


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.add_typer(user, name="user")
    app.add_typer(token, name="token")


@user.command("create")
def create_user(
    name: str,
    role: Annotated[Role, typer.Option(help="What the person may do")] = Role.VIEWER,
    language: Annotated[Language, typer.Option(help="Language of the pages")] = Language.ID,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Add a person, or give one a new role and password. Asks for the password."""
    password = password_of(from_stdin=password_stdin)
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"the password is too short: use at least {SHORTEST_PASSWORD} characters", "password")
    with opened(config, data_dir) as app:
        now = app.services.clock()
        app.services.accounts.save_user(User(name, role, hash_password(password), language, created_at=now))
        app.services.audit.add(AuditEntry(now, WHO, "user_saved", f"user/{name}", after=role.value))
    out.print(f"User {name} may log in as {role}.")


@user.command("list")
def list_users(json: Json = False, config: Config = None, data_dir: DataDir = None) -> None:
    """Everybody who may log in."""
    with opened(config, data_dir) as app:
        users = app.services.accounts.users()
    rows = [{"name": u.name, "role": u.role, "language": u.language, "active": u.active} for u in users]
    if json:
        print_json({"items": rows, "next": None})
        return
    table = Table("name", "role", "language", "active")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    print_table(table)


@token.command("create")
def create_token(
    name: str,
    role: Annotated[Role, typer.Option(help="What the program may do")] = Role.VIEWER,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Make a key and print only the key: it cannot be shown again."""
    with opened(config, data_dir) as app:
        now = app.services.clock()
        secret, made = new_token(name, role, now)
        app.services.accounts.add_token(made)
        app.services.audit.add(AuditEntry(now, WHO, "token_created", f"token/{name}", after=role.value))
    typer.echo(secret)


@token.command("list")
def list_tokens(json: Json = False, config: Config = None, data_dir: DataDir = None) -> None:
    """All keys, without their secrets."""
    with opened(config, data_dir) as app:
        tokens = app.services.accounts.tokens()
    rows = [{"name": t.name, "role": t.role, "revoked": t.revoked_at is not None} for t in tokens]
    if json:
        print_json({"items": rows, "next": None})
        return
    table = Table("name", "role", "revoked")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    print_table(table)


@token.command("revoke")
def revoke_token(name: str, config: Config = None, data_dir: DataDir = None) -> None:
    """The key stops working at once."""
    with opened(config, data_dir) as app:
        now = app.services.clock()
        app.services.accounts.revoke_token(name, now)
        app.services.audit.add(AuditEntry(now, WHO, "token_revoked", f"token/{name}"))
    out.print(f"Token {name} no longer works.")
