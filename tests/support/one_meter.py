"""One flow meter with a profile of its own, whose unit a test may change."""

from __future__ import annotations

from pathlib import Path

from domain.registry import Device
from domain.text import Text

NAME = Text(id="uji", en="test")
METER = Device(id="debit", site="batik", stage="outlet", profile="meter", name=NAME)
_PROFILE = """
name = "meter"
title = { id = "Meter", en = "Meter" }
topics.data.template = "meter/{device}"
[metrics.flow_rate]
name = { id = "Debit", en = "Flow" }
unit = "%s"
"""


def write_profile(folder: Path, unit: str) -> Path:
    """Its profile, with the flow in a unit; the file."""
    file = folder / "meter.toml"
    file.write_text(_PROFILE % unit, encoding="utf-8")
    return file
