"""Routes: users. Nobody is ever removed, so that the audit log keeps meaning; they are switched off."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request

from api.access import Caller, Configurer, ServicesOf
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit, opened, page_of, sealed
from api.passwords import Passwords
from api.people_schemas import NewUser, PasswordChange, UserChange, UserOut
from api.schemas import ListOf, NamePath
from domain.account import AuditEntry, Role, User
from domain.errors import Conflict, NotFound
from domain.services import Services

router = APIRouter(prefix="/users", tags=["users and tokens"])


@router.get("", responses=READS, summary="Users")
def list_users(
    caller: Configurer, services: ServicesOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[UserOut]:
    """All people by name, also those switched off."""
    page = page_of(services.accounts.users(), lambda user: user.name, opened("users", cursor), limit)
    return ListOf(items=[UserOut.of(user) for user in page.items], next=sealed("users", page.next))


@router.get("/{name}", responses=READS_ONE, summary="One user")
def get_user(caller: Configurer, services: ServicesOf, name: NamePath) -> UserOut:
    """One person."""
    return UserOut.of(services.accounts.user(name))


@router.post("", status_code=201, responses=CHANGES, summary="Add a user")
def create_user(caller: Configurer, services: ServicesOf, request: Request, body: NewUser) -> UserOut:
    """Adds a person. 409 when a person or a token has the name."""
    refuse_taken(services, body.name)
    hashed = _passwords(request).hash(body.password.get_secret_value())
    user = User(body.name, body.role, hashed, body.language, True, services.clock())
    services.accounts.save_user(user)
    record(services, caller, "create", f"user/{user.name}", None, _plain(user))
    return UserOut.of(user)


@router.patch("/{name}", responses=CHANGES, summary="Change a user's role, language, or switch off")
def change_user(caller: Configurer, services: ServicesOf, name: NamePath, body: UserChange) -> UserOut:
    """Changes what is given. 409 for what would leave no administrator."""
    old = services.accounts.user(name)
    new = msgspec.structs.replace(old, **body.model_dump(exclude_none=True))
    if _administers(old) and not _administers(new) and _last_admin(services, name):
        raise Conflict(f"{name} is the last administrator", old.role)
    services.accounts.save_user(new)
    record(services, caller, "change", f"user/{name}", _plain(old), _plain(new))
    return UserOut.of(new)


@router.put("/{name}/password", responses=CHANGES, summary="Set a user's password")
def set_password(
    caller: Configurer, services: ServicesOf, request: Request, name: NamePath, body: PasswordChange
) -> UserOut:
    """A new password; every session of the person ends."""
    old = services.accounts.user(name)
    hashed = _passwords(request).hash(body.password.get_secret_value())
    new = msgspec.structs.replace(old, password_hash=hashed)
    services.accounts.save_user(new)
    record(services, caller, "set_password", f"user/{name}", None, None)
    return UserOut.of(new)


def refuse_taken(services: Services, name: str) -> None:
    """One name stands for one person or program, or the audit log would lie. Raises Conflict."""
    try:
        services.accounts.user(name)
    except NotFound:
        if not any(token.name == name for token in services.accounts.tokens()):
            return
    raise Conflict(f"the name {name} is taken", "taken")


def record(
    services: Services,
    caller: Caller,
    action: str,
    target: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Put a change into the audit log. The caller leaves secrets out."""
    services.audit.add(
        AuditEntry(
            at=services.clock(),
            who=caller.name,
            action=action,
            target=target,
            before=msgspec.json.encode(before).decode() if before else None,
            after=msgspec.json.encode(after).decode() if after else None,
        )
    )


def _passwords(request: Request) -> Passwords:
    passwords: Passwords = request.app.state.passwords
    return passwords


def _plain(user: User) -> dict[str, Any]:
    return {"role": user.role, "language": user.language, "active": user.active}


def _administers(user: User) -> bool:
    return user.active and user.role == Role.ADMIN


def _last_admin(services: Services, name: str) -> bool:
    return not any(_administers(user) for user in services.accounts.users() if user.name != name)
