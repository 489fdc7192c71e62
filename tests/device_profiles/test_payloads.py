"""Every payload of the set of real products is a case, and its readings are those that the set expects.

Names of metrics are ours and are not compared. A case that knows better says so in `disagrees`.
"""

from __future__ import annotations

import base64
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from device_profiles.units import conversions, folded

CASES = Path(__file__).parent / "cases"
PAYLOADS = Path(__file__).parents[1] / "data" / "payloads" / "payloads.jsonl"
LINES = [json.loads(line) for line in PAYLOADS.read_text(encoding="utf-8").splitlines()]
STATES = {"on": 1.0, "true": 1.0, "off": 0.0, "false": 0.0}


def _payload(line: dict[str, Any]) -> bytes:
    text = line.get("payload_base64") or line["payload"]
    encoded = "payload_base64" in line or line.get("encoding") == "base64"
    return base64.b64decode(text) if encoded else text.encode()


def _cases() -> dict[tuple[str, bytes], list[dict[str, Any]]]:
    found: dict[tuple[str, bytes], list[dict[str, Any]]] = {}
    for file in sorted(CASES.glob("*/*/case.toml")):
        case = tomllib.loads(file.read_text(encoding="utf-8"))
        if "payload" in case or "payload_base64" in case:
            found.setdefault((case["topic"], _payload(case)), []).append(case)
    return found


SHOWN = _cases()


def _agrees(expected: dict[str, Any], reading: dict[str, Any]) -> bool:
    value = STATES.get(str(expected["value"]).lower(), expected["value"])
    if "value" not in reading:
        return False
    if isinstance(value, str):  # a word becomes the number that the profile gives it
        return bool(reading["unit"] == "1")
    given = folded(str(expected["unit"]).split(" (")[0]) if expected["unit"] else folded(reading["unit"])
    known = conversions(reading["unit"], {})
    factor, offset = known.get(given, (1.0, 0.0))
    return bool(reading["value"] == pytest.approx(value * factor + offset, rel=1e-9))


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_a_payload_of_a_real_product_is_read_as_expected(line: dict[str, Any]) -> None:
    cases = SHOWN.get((line["topic"], _payload(line)), [])
    assert cases, "no case has this topic and this payload"
    told = any("disagrees" in case for case in cases)
    readings = [reading for case in cases for reading in case.get("readings", [])]
    missed = [one for one in line["expect"] if not any(_agrees(one, reading) for reading in readings)]
    assert told or not missed
