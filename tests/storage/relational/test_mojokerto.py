"""The example installation, from its files into the registry and back."""

from __future__ import annotations

from pathlib import Path

from domain.registry import Changes
from service.installation import read_installation, write_installation
from storage.database import Database
from storage.registry import SqlRegistry

FILES = sorted((Path(__file__).parents[3] / "examples" / "mojokerto").glob("*.toml"))
NOON = 1_795_240_800_000


def test_applied_twice_the_example_changes_nothing(db: Database) -> None:
    registry, installation = SqlRegistry(db), read_installation(FILES)
    first = registry.apply(installation, "command line", NOON)
    revision = registry.revision()
    assert registry.apply(installation, "command line", NOON) == Changes(unchanged=len(first.added))
    assert registry.revision() == revision


def test_exported_it_reads_back_as_what_was_applied(db: Database, tmp_path: Path) -> None:
    registry, installation = SqlRegistry(db), read_installation(FILES)
    registry.apply(installation, "command line", NOON)
    exported = tmp_path / "export.toml"
    exported.write_text(write_installation(registry.installation()), "utf-8")
    assert read_installation([exported]) == installation
