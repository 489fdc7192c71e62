"""Files attached to records: taken with a form, listed by their names, and handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, UploadFile
from fastapi.responses import Response

from dashboard.frame import Visit
from dashboard.visits import PageRoute, Visiting
from domain.attachment import MOST
from domain.errors import NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Attached:
    """A file by the name its owner gave it."""

    digest: str
    name: str

    @property
    def url(self) -> str:
        """Where it is handed out."""
        return f"/records/files/{self.digest}"


def taken(visit: Visit, files: Sequence[UploadFile]) -> tuple[str, ...]:
    """Kept, each by what it contains: their digests. An empty file field is none. Raises Invalid, Unavailable."""
    given = [file for file in files if file.filename]
    store = visit.services.evidence.files
    kept = [store.put(file.filename or "", file.file.read(MOST + 1), visit.who, visit.now) for file in given]
    return tuple(file.digest for file in kept)


def attached(visit: Visit, digests: Sequence[str]) -> tuple[Attached, ...]:
    """By their names; one that is not known any more by its digest."""
    return tuple(Attached(digest, _name(visit, digest)) for digest in digests)


def _name(visit: Visit, digest: str) -> str:
    try:
        return visit.services.evidence.files.file(digest).name
    except NotFound:
        return digest


@router.get("/records/files/{digest}")
def file_page(visit: Visiting, digest: str) -> Response:
    """A file, to be saved: it came from outside and is never shown in a page."""
    files = visit.services.evidence.files
    file = files.file(digest)
    name = f"attachment; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
    return Response(files.get(digest), media_type=file.type.value, headers=headers)
