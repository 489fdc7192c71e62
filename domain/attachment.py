"""Files attached to records: laboratory reports, certificates, photographs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Protocol

from msgspec import Struct

from domain.errors import Invalid, NotFound
from domain.reading import Millis

MOST: Final = 20 * 1024 * 1024  # bytes


class FileType(StrEnum):
    """What may be attached, by its media type."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


_MAGIC: Final = (
    (b"%PDF-", FileType.PDF),  # ISO 32000-1, 7.5.2
    (b"\xff\xd8\xff", FileType.JPEG),  # ITU-T T.81, B.1.1.3: SOI and a marker
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),  # ISO/IEC 15948, 5.2
)


class StoredFile(Struct, frozen=True):
    """A kept file. `digest` is its SHA-256; `name` is how its owner called it, for showing only."""

    digest: str
    name: str
    type: FileType
    size: int


class FileStore(Protocol):
    """Files by what they contain: the same content is kept once."""

    def put(self, name: str, content: bytes, who: str, now: Millis) -> StoredFile:
        """Keep it, durable on return. Raises Invalid for another type or a file too large, DiskFull, Unavailable."""
        ...

    def file(self, digest: str) -> StoredFile:
        """What is known of it. Raises NotFound."""
        ...

    def get(self, digest: str) -> bytes:
        """Its content. Raises NotFound, Unavailable where it was damaged on the disk."""
        ...


def type_of(content: bytes) -> FileType:
    """By its first bytes, whatever it is called. Raises Invalid for anything but PDF, JPEG and PNG."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    raise Invalid("is neither PDF, JPEG nor PNG", "file")


def checked_type(content: bytes) -> FileType:
    """The type of a file that may be kept. Raises Invalid."""
    if not content:
        raise Invalid("is empty", "file")
    if len(content) > MOST:
        raise Invalid(f"is larger than {MOST // 1024 // 1024} MB", "file")
    return type_of(content)


def require_kept(files: FileStore, digests: Sequence[str], field: str) -> None:
    """Raises Invalid for a file that was never kept."""
    for digest in digests:
        try:
            files.file(digest)
        except NotFound:
            raise Invalid(f"there is no file {digest}; attach it first", field) from None
