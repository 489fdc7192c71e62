"""Attached files: kept once, whole, by what they contain."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from domain.attachment import MOST, FileType, StoredFile
from domain.errors import Invalid, NotFound, Unavailable
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.evidence_files import FileFolder
from support.cast import NOON

PDF = b"%PDF-1.7\nLHU"
DIGEST = sha256(PDF).hexdigest()


@pytest.fixture
def folder(db: Database, tmp_path: Path) -> FileFolder:
    """An empty one."""
    return FileFolder(tmp_path / "files", db)


def put(folder: FileFolder, content: bytes = PDF, name: str = "lhu.pdf") -> StoredFile:
    """Keep it."""
    return folder.put(name, content, "budi", NOON)


def test_a_file_is_read_back(folder: FileFolder) -> None:
    assert put(folder) == StoredFile(DIGEST, "lhu.pdf", FileType.PDF, len(PDF))
    assert folder.get(DIGEST) == PDF


def test_who_kept_a_file_stands_in_the_audit_log_once(folder: FileFolder, db: Database) -> None:
    put(folder)
    put(folder, name="again.pdf")
    (entry,) = SqlAuditLog(db).page(None, 9).items
    assert (entry.at, entry.who, entry.action, entry.target) == (NOON, "budi", "add", f"file/{DIGEST}")
    assert '"name":"lhu.pdf"' in (entry.after or "")


def test_the_same_content_is_kept_once_under_its_first_name(folder: FileFolder, tmp_path: Path) -> None:
    put(folder)
    assert put(folder, name="again.pdf").name == "lhu.pdf"
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\lab\\hasil.pdf", "hasil.pdf"), ("x" * 300, "x" * 200)],
)
def test_a_name_never_says_where_a_file_lies(folder: FileFolder, tmp_path: Path, given: str, kept: str) -> None:
    assert put(folder, name=given).name == kept
    assert [path.name for path in (tmp_path / "files").rglob("*.pdf")] == [f"{DIGEST}.pdf"]


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html></html>", b"%PDF-" + bytes(MOST)])
def test_a_file_of_another_type_or_too_large_is_refused(folder: FileFolder, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        put(folder, content)
    assert (refused.value.field, list(tmp_path.rglob("*.pdf"))) == ("file", [])


def test_a_file_called_pdf_that_is_a_picture_is_kept_as_a_picture(folder: FileFolder) -> None:
    assert put(folder, b"\x89PNG\r\n\x1a\n", "scan.pdf").type is FileType.PNG


def test_a_file_without_a_name_is_refused(folder: FileFolder) -> None:
    with pytest.raises(Invalid):
        put(folder, name="  ")


def test_an_unknown_file_is_not_found(folder: FileFolder) -> None:
    with pytest.raises(NotFound):
        folder.get("0" * 64)


def test_a_damaged_file_is_never_handed_out(folder: FileFolder, tmp_path: Path) -> None:
    put(folder)
    next((tmp_path / "files").rglob("*.pdf")).write_bytes(b"%PDF-1.7\nXXX")
    with pytest.raises(Unavailable, match="damaged"):
        folder.get(DIGEST)


def test_a_damaged_file_is_mended_by_keeping_it_again(folder: FileFolder, tmp_path: Path) -> None:
    put(folder)
    next((tmp_path / "files").rglob("*.pdf")).write_bytes(b"%PDF-")
    put(folder)
    assert folder.get(DIGEST) == PDF
