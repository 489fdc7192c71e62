"""The case folders of the device profiles, as messages and as interpreters that know their devices."""

from __future__ import annotations

import base64
import math
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from domain.message import Message, Outcome, RejectReason
from domain.reading import MISSING, Quality, Reason
from domain.registry import Device, Site, SiteKind
from domain.text import Text

CASES = Path(__file__).parents[1] / "device_profiles" / "cases"
NOW = 1_750_000_000_000  # 2025-06-15T15:06:40Z, the clock of the cases
_EARLIEST = 946_684_800_000
_NAME = Text(id="uji", en="test")

Sample = tuple[str, str, bytes]
"""Profile, topic, payload."""


def catalogue() -> Catalogue:
    """The built-in profiles and those of the cases."""
    return Catalogue.load(*sorted({file.parent for file in CASES.glob("*/*.toml")}))


def samples() -> list[Sample]:
    """Every message that stands whole in a case, with those that came before it."""
    found: dict[Sample, None] = {}
    for case in _cases():
        for message in (*case.get("before", []), case):
            payload = _payload(message)
            if payload is not None and "topic" in message:
                found[(case["profile"], message["topic"], payload)] = None
    return list(found)


def interpreters() -> dict[str, Interpreter]:
    """One for each profile, knowing the devices of its cases."""
    devices: dict[str, dict[str, Device]] = defaultdict(dict)
    for case in _cases():
        given = {"id": "effluent", "site": "wwtp1", "stage": "outlet"} | case.get("device", {})
        device = Device.model_validate(given | {"profile": case["profile"], "name": _NAME})
        devices[case["profile"]].setdefault(device.id, device)
    known = catalogue()
    return {name: _interpreter(known, list(found.values())) for name, found in devices.items()}


def broken_rule(outcome: Outcome) -> str | None:
    """What must hold of every outcome of a message received at `NOW`, and does not."""
    if not (outcome.readings or outcome.rejections or outcome.stale):
        return "nothing came of it, and nobody says why"
    for reading in outcome.readings:
        value = reading.value
        if not (value is None or (type(value) is float and math.isfinite(value))):
            return f"{value!r} is no finite float"
        if (value is None) != (reading.quality == MISSING):
            return f"{value!r} has quality {reading.quality}"
        if (reading.reason is None) != (reading.quality == Quality.GOOD) or reading.reason not in {None, *Reason}:
            return f"quality {reading.quality} has reason {reading.reason!r}"
        if not (type(reading.time) is int and _EARLIEST <= reading.time <= NOW + 300_000):
            return f"the time is {reading.time!r}"
    for rejection in outcome.rejections:
        if rejection.reason not in set(RejectReason):
            return f"{rejection.reason!r} is no reason"
        if not (0 < len(rejection.detail) < 400 and rejection.detail.isprintable()):
            return f"the detail is {rejection.detail[:80]!r}"
        if "could not be interpreted" in rejection.detail:
            return rejection.detail
    return None


def message(topic: str, payload: bytes, *, retained: bool = False) -> Message:
    """One message received at `NOW`."""
    return Message(topic, payload, NOW, retained=retained)


def _interpreter(known: Catalogue, devices: list[Device]) -> Interpreter:
    sites = {device.site: Site(id=device.site, name=_NAME, kind=SiteKind.IPAL) for device in devices}
    return Interpreter(known, devices, list(sites.values()))


def _cases() -> list[dict[str, Any]]:
    files = sorted(CASES.glob("*/*/case.toml"))
    cases = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    known = set(catalogue().names())
    return [case for case in cases if case["profile"] in known]


def _payload(said: dict[str, Any]) -> bytes | None:
    if "payload_base64" in said:
        return base64.b64decode(said["payload_base64"])
    return str(said["payload"]).encode() if "payload" in said else None
