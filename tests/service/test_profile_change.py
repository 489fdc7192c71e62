"""Profiles that change while Pantau runs: those from before stay in force where the new ones are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from domain.errors import ConfigurationError
from domain.message import Message
from domain.reading import Series
from domain.registry import Installation, Site, SiteKind
from service.devices import LiveDevices
from service.live_profiles import LiveProfiles
from service.settings import Settings
from support.one_meter import METER, NAME, write_profile

KNOWN = [Series("batik", "debit", "flow_rate", "m3/h", "outlet")]


class OneMeter:
    """A registry with one flow meter, as far as devices ask for it."""

    def installation(self) -> Installation:
        return Installation(sites=(Site(id="batik", name=NAME, kind=SiteKind.IPAL),), devices=(METER,))

    def revision(self) -> int:
        return 1


def _write(folder: Path, unit: str, time: int) -> None:
    os.utime(write_profile(folder, unit), (time, time))


def _devices(folder: Path) -> LiveDevices:
    return LiveDevices(OneMeter(), Settings(data_dir=folder, profiles_dir=folder), lambda: KNOWN)  # type: ignore[arg-type]


def test_a_unit_that_changes_under_a_running_installation_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, "m3/h", 1_000)
    devices = _devices(tmp_path)
    _write(tmp_path, "L/s", 2_000)
    devices.refresh()
    assert "cannot become 'L/s'" in str(devices.profile_error)
    [reading] = devices.interpret(Message("meter/debit", b'{"flow_rate": 3}', 1_750_000_000_000)).readings
    assert reading.series.unit == "m3/h"


def test_pantau_does_not_start_with_a_unit_that_is_not_that_of_the_history(tmp_path: Path) -> None:
    _write(tmp_path, "L/s", 1_000)
    with pytest.raises(ConfigurationError, match=r"metrics\.flow_rate\.unit"):
        _devices(tmp_path)


def test_a_file_that_leads_nowhere_stops_neither_pages_nor_messages(tmp_path: Path) -> None:
    _write(tmp_path, "m3/h", 1_000)
    devices, pages = _devices(tmp_path), LiveProfiles(tmp_path)
    (tmp_path / ".#meter.toml").symlink_to("somebody@somewhere.4711")  # how Emacs locks a file it edits
    assert not devices.refresh()
    assert pages.profile("meter").name == "meter"
