"""Routes: tokens of programs, and the audit log."""

from __future__ import annotations

from fastapi import APIRouter

from api.access import Configurer, ServicesOf
from api.auth import new_token
from api.openapi import CHANGES, READS
from api.paging import Cursor, Limit, opened, page_of, sealed
from api.people import record, refuse_taken
from api.people_schemas import AuditOut, NewToken, TokenOut, TokenSecret
from api.schemas import ListOf, NamePath

router = APIRouter(tags=["users and tokens"])


@router.get("/tokens", responses=READS, summary="Tokens")
def list_tokens(
    caller: Configurer, services: ServicesOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[TokenOut]:
    """All programs' keys by name, without their secrets."""
    page = page_of(services.accounts.tokens(), lambda token: token.name, opened("tokens", cursor), limit)
    return ListOf(items=[TokenOut.of(token) for token in page.items], next=sealed("tokens", page.next))


@router.post("/tokens", status_code=201, responses=CHANGES, summary="Make a token")
def create_token(caller: Configurer, services: ServicesOf, body: NewToken) -> TokenSecret:
    """The secret is shown this once; only its SHA-256 is kept. 409 when the name is taken."""
    refuse_taken(services, body.name)
    secret, token = new_token(body.name, body.role, services.clock())
    services.accounts.add_token(token)
    record(services, caller, "create", f"token/{token.name}", None, {"role": token.role})
    return TokenSecret(name=token.name, role=token.role, token=secret)


@router.delete("/tokens/{name}", status_code=204, responses=CHANGES, summary="Revoke a token")
def revoke_token(caller: Configurer, services: ServicesOf, name: NamePath) -> None:
    """It stops working at once; its name stays for the audit log."""
    services.accounts.revoke_token(name, services.clock())
    record(services, caller, "revoke", f"token/{name}", None, None)


@router.get("/audit", responses=READS, summary="Who changed what")
def list_audit(
    caller: Configurer, services: ServicesOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[AuditOut]:
    """Newest first."""
    page = services.audit.page(opened("audit", cursor), limit)
    return ListOf(items=[AuditOut.of(entry) for entry in page.items], next=sealed("audit", page.next))
