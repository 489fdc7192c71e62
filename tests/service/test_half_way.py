"""A start that fails half-way, as while the database is away, leaves nothing open, however often it is tried."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from domain.errors import ConfigurationError
from service.settings import Settings
from service.wiring import LINK_KEY, build


def open_below(folder: Path) -> list[str]:
    """The files of a folder that this process holds open."""
    links = [Path("/proc/self/fd") / number for number in os.listdir("/proc/self/fd")]
    return [os.readlink(link) for link in links if link.is_symlink() and os.readlink(link).startswith(str(folder))]


def test_a_start_that_fails_half_way_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / LINK_KEY).mkdir()  # the books are open by the time the key is read
    with ExitStack() as stack:
        for _ in range(3):
            with pytest.raises(ConfigurationError, match=LINK_KEY):
                build(Settings(data_dir=tmp_path), stack)
        assert open_below(tmp_path) == []


def test_what_a_start_opened_stays_open_until_its_end(tmp_path: Path) -> None:
    with ExitStack() as stack:
        build(Settings(data_dir=tmp_path), stack)
        assert open_below(tmp_path) != []
    assert open_below(tmp_path) == []
