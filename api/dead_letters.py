"""Routes: messages that could not be read, and reading them again."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query

from api.access import Configurer, Reader, ServicesOf
from api.openapi import CHANGES, READS
from api.paging import Cursor, Limit, opened, sealed
from api.schemas import DeviceFilter, ListOf
from api.system_schemas import DeadLetterOut, Replay, ReplayResult
from domain.account import AuditEntry

router = APIRouter(prefix="/dead-letters", tags=["dead letters"])

ReasonFilter = Annotated[str | None, Query(pattern=r"^[a-z_]+$", max_length=64, description="Only this reason.")]


@router.get("", responses=READS, summary="Messages that could not be read")
def list_dead_letters(
    caller: Reader,
    services: ServicesOf,
    reason: ReasonFilter = None,
    device: DeviceFilter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ListOf[DeadLetterOut]:
    """Newest first, with the reason and what was wrong."""
    page = services.dead_letters.page(opened("dead-letters", cursor), limit, reason, device)
    return ListOf(items=[DeadLetterOut.of(one) for one in page.items], next=sealed("dead-letters", page.next))


@router.post("/replay", responses=CHANGES, summary="Decode dead letters again")
def replay_dead_letters(caller: Configurer, services: ServicesOf, body: Replay | None = None) -> ReplayResult:
    """For when a profile was mended or a device registered. Nothing is lost when it is interrupted."""
    wanted = body or Replay(reason=None, device=None)
    replayed, refused = services.replayer.replay(wanted.reason, wanted.device)
    after = msgspec.json.encode({**wanted.model_dump(), "replayed": replayed, "refused": refused}).decode()
    now = services.clock()
    services.audit.add(AuditEntry(at=now, who=caller.name, action="replay", target="dead-letters", after=after))
    return ReplayResult(replayed=replayed, refused=refused)
