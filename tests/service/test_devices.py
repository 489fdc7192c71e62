"""Which devices the collector knows: those registered this moment, those of mended profiles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.message import Message
from service.devices import LiveDevices
from service.settings import Settings
from storage.database import Database
from storage.registry import SqlRegistry
from support.plant import outlets

NOW = 1_800_000_000_000
PROFILE = """
name = "own"
title = { id = "Sendiri", en = "Own" }
[topics.telemetry]
template = "own/{device}"
format = "json"
[metrics.ph]
name = { id = "pH", en = "pH" }
unit = "pH"
"""


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[SqlRegistry]:
    """An empty registry."""
    with closing(Database(f"sqlite:///{tmp_path}/pantau.db")) as database:
        database.migrate()
        yield SqlRegistry(database)


def telemetry(device: str) -> Message:
    """One message of an outlet."""
    return Message(f"pantau/batik/{device}/telemetry", b'{"ph":7}', NOW)


def test_a_device_registered_this_moment_is_known_to_its_first_message(registry: SqlRegistry) -> None:
    devices = LiveDevices(registry, Settings())
    registry.apply(outlets(1), "test", NOW)

    assert devices.interpret(telemetry("outlet-0")).device == "outlet-0"


def test_unknown_devices_do_not_make_it_look_for_each_message(registry: SqlRegistry) -> None:
    devices = LiveDevices(registry, Settings())
    devices.interpret(telemetry("stranger"))
    registry.apply(outlets(1), "test", NOW)

    assert devices.interpret(telemetry("outlet-0")).device is None
    devices.refresh()
    assert devices.interpret(telemetry("outlet-0")).device == "outlet-0"


def test_a_broken_profile_file_leaves_the_old_ones_in_force_and_is_told(
    registry: SqlRegistry, tmp_path: Path
) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "own.toml").write_text(PROFILE)
    registry.apply(outlets(1), "test", NOW)
    devices = LiveDevices(registry, Settings(profiles_dir=folder))
    (folder / "own.toml").write_text(PROFILE + "nonsense = 1\n")

    assert not devices.refresh()
    assert devices.profile_error is not None
    assert "own.toml" in devices.profile_error
    assert devices.interpret(telemetry("outlet-0")).device == "outlet-0"
