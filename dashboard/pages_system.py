"""Whether Pantau itself is well: parts, counters that add up, journal; and the dead letters."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from dashboard import system
from dashboard.frame import Visit
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.errors import PantauError
from domain.series import Depth

ROWS: Final = 100
LETTERS: Final = 50
PAYLOAD_SHOWN: Final = 600  # bytes of a payload

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/watch")
def watch_line(visit: Visiting) -> Response:
    """Whether anybody watches: the part of every page that asks for itself again."""
    return visit.page("watch_only.html")


@router.get("/health")
def health_page(visit: Visiting, after: int = 0) -> Response:
    """Parts, journal, counters; each says so when it cannot be read."""
    rows, total, reasons = _counted(visit)
    first = max(after, 0)
    return visit.page(
        "health.html",
        live=visit.url,
        parts=system.read_parts(visit.services, visit.now),
        depth=_depth(visit),
        rows=rows[first : first + ROWS],
        total=total,
        reasons=reasons,
        following=first + ROWS if len(rows) > first + ROWS else None,
        letters=_waiting(visit),
    )


def _counted(visit: Visit) -> tuple[list[system.Sum], system.Sum | None, list[tuple[str, int]]]:
    try:
        counters = visit.services.journal.counters()
    except PantauError:
        return [], None, []
    reasons = sorted(counters.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return system.sums(counters), system.Sum("", counters.total()), reasons


def _depth(visit: Visit) -> Depth | None:
    try:
        return visit.services.journal.depth(system.STORE_READER, visit.now)
    except PantauError:
        return None


def _waiting(visit: Visit) -> int | None:
    try:
        return visit.services.dead_letters.count()
    except PantauError:
        return None


@router.get("/dead-letters")
def dead_letters_page(
    visit: Visiting, after: str = "", reason: str = "", device: str = "", read: int = -1, refused: int = -1
) -> Response:
    """Messages kept whole because they could not be read."""
    permit(visit, Action.CALIBRATE)
    page = visit.services.dead_letters.page(after or None, LETTERS, reason or None, device or None)
    letters = [(letter, preview(letter.payload)) for letter in page.items]
    return visit.page(
        "dead_letters.html",
        letters=letters,
        next=page.next,
        reason=reason,
        device=device,
        waiting=_waiting(visit),
        read=read,
        refused=refused,
    )


def preview(payload: bytes) -> str:
    """The beginning of a payload as text; bytes that are no text in hexadecimal."""
    head = payload[:PAYLOAD_SHOWN]
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        cut_inside = len(payload) > PAYLOAD_SHOWN and error.start >= PAYLOAD_SHOWN - 3
        text = head[: error.start].decode() if cut_inside else head[:120].hex(" ")
    return text + (" …" if len(payload) > PAYLOAD_SHOWN else "")


@router.post("/dead-letters/replay")
def replay(visit: Posting, reason: Annotated[str, Form()] = "", device: Annotated[str, Form()] = "") -> Response:
    """Send them through the decoder again."""
    permit(visit, Action.CONFIGURE)
    read, refused = visit.services.replayer.replay(reason or None, device or None)
    return RedirectResponse(f"/dead-letters?read={read}&refused={refused}", 303)
