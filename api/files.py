"""Routes: files attached to records."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import quote

from fastapi import APIRouter, File, Path, Response, UploadFile

from api.access import Commenter, Reader, ServicesOf
from api.openapi import CHANGES, READS_ONE
from api.schemas import Wire
from domain.attachment import MOST, StoredFile

router = APIRouter(prefix="/files", tags=["evidence"])
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


class FileOut(Wire):
    """A kept file; `digest` is its SHA-256, by which records name it."""

    digest: str
    name: str
    type: str
    size: int

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        return cls(digest=file.digest, name=file.name, type=file.type.value, size=file.size)


@router.post("", status_code=201, responses=CHANGES, summary="Keep a file")
def create_file(caller: Commenter, services: ServicesOf, file: Annotated[UploadFile, File()]) -> FileOut:
    """PDF, JPEG or PNG by what it contains, at most 20 MB; the same content is kept once."""
    content = file.file.read(MOST + 1)
    kept = services.evidence.files.put(file.filename or "", content, caller.name, services.clock())
    return FileOut.of(kept)


@router.get("/{digest}", responses=READS_ONE, response_class=Response, summary="The content of a file")
def get_file(caller: Reader, services: ServicesOf, digest: Digest) -> Response:
    """To be saved, never to be shown in the page: it came from outside."""
    file, content = services.evidence.files.file(digest), services.evidence.files.get(digest)
    name = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Response(content, media_type=file.type.value, headers={"Content-Disposition": name})
