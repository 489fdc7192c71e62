"""Every case folder under `cases/`: one message of one device, and what it must become.

A group folder may hold profiles of its own (`*.toml`); a case is a folder with a `case.toml`. `nasty = "name"`
takes topic and payload from `tests/data/nasty/nasty.jsonl`. `disagrees` says why a case does not do what its
source expects. `before` are messages that came earlier, for devices that announce what their numbers mean.
"""

from __future__ import annotations

import base64
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from domain.message import Message, Outcome, RejectReason
from domain.reading import Reading
from domain.registry import Device, Site, SiteKind
from domain.text import Text

CASES = Path(__file__).parent / "cases"
NASTY = Path(__file__).parents[1] / "data" / "nasty" / "nasty.jsonl"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/case.toml"))
RECEIVED = "2025-06-15T15:06:40Z"  # the clock of the nasty set
NAME = Text(id="uji", en="test")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(*sorted({file.parent for file in CASES.glob("*/*.toml")}))


@pytest.fixture(scope="module")
def nasty() -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in NASTY.read_text(encoding="utf-8").splitlines()]
    return {line["name"]: line for line in lines}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_message_becomes_what_its_case_says(
    folder: Path, catalogue: Catalogue, nasty: dict[str, dict[str, Any]]
) -> None:
    case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    message = _message(case, nasty)
    interpreter = _interpreter(case, catalogue)
    for earlier in case.get("before", []):
        interpreter.interpret(_message(earlier, nasty))
    outcome = interpreter.interpret(message)
    assert _readings(outcome) == _expected_readings(case, message)
    assert [(r.reason, r.metric) for r in outcome.rejections] == [
        (r["reason"], r.get("metric")) for r in case.get("rejected", [])
    ]
    for rejection, expected in zip(outcome.rejections, case.get("rejected", []), strict=True):
        assert expected.get("says", "") in rejection.detail
    assert outcome.stale is case.get("stale", False)


def test_every_nasty_line_that_was_taken_over_has_a_case(nasty: dict[str, dict[str, Any]]) -> None:
    used = {tomllib.loads((f / "case.toml").read_text(encoding="utf-8")).get("nasty") for f in FOLDERS}
    assert set(nasty) <= used


def test_every_builtin_profile_has_a_case() -> None:
    assert set(Catalogue.load().names()) <= {folder.parent.name for folder in FOLDERS}


def test_every_rejection_reason_has_a_case() -> None:
    cases = [tomllib.loads((folder / "case.toml").read_text(encoding="utf-8")) for folder in FOLDERS]
    shown = {rejection["reason"] for case in cases for rejection in case.get("rejected", [])}
    never = {RejectReason.OUT_OF_SEQUENCE}  # only where a node can be asked for its birth: test_sparkplug.py
    assert shown == set(RejectReason) - never


def _message(case: dict[str, Any], nasty: dict[str, dict[str, Any]]) -> Message:
    source = nasty[case["nasty"]] if "nasty" in case else case
    encoded, repeated = source.get("payload_base64"), source.get("repeat")
    topic = case.get("topic", source.get("topic"))
    if "generate" in source:
        topic, payload = _generated(source["generate"], topic)
    elif encoded is not None:
        payload = base64.b64decode(encoded)
    elif repeated is not None:
        payload = (repeated["before"] + repeated["text"] * repeated["count"] + repeated["after"]).encode()
    else:
        payload = source["payload"].encode()
    received = _millis(case.get("received_at", RECEIVED)) + 1000 * source.get("at_s", 0)
    retained = source.get("retain", source.get("retained", False))
    return Message(topic, payload, received, retained=retained)


def _generated(recipe: dict[str, Any], topic: str) -> tuple[str, bytes]:
    """What a line of the nasty set describes because it is too long to stand there; of many messages the first."""
    if "repeat_byte" in recipe:
        return topic, bytes([int(recipe["repeat_byte"], 16)]) * recipe["count"]
    if "json_array_of" in recipe:
        return topic, f"[{','.join([recipe['json_array_of']] * recipe['count'])}]".encode()
    if "topic_pattern" in recipe:
        return recipe["topic_pattern"].format(i=0), recipe["payload"].encode()
    return topic, recipe["repeat_message"].encode()


def _interpreter(case: dict[str, Any], catalogue: Catalogue) -> Interpreter:
    given = {"id": "effluent", "site": "wwtp1", "stage": "outlet"} | case.get("device", {})
    device = Device.model_validate(given | {"profile": case["profile"], "name": NAME})
    site = Site(id=device.site, name=NAME, kind=SiteKind.IPAL, timezone="Asia/Jakarta")
    return Interpreter(catalogue, [device], [site])


def _readings(outcome: Outcome) -> list[tuple[Any, ...]]:
    return [_row(r.series.metric, r.value, r.series.unit, r.time, r.quality, r.reason) for r in outcome.readings]


def _expected_readings(case: dict[str, Any], message: Message) -> list[tuple[Any, ...]]:
    rows = case.get("readings", [])
    return [
        _row(
            row["metric"],
            row.get("value"),
            row["unit"],
            _millis(row["time"]) if "time" in row else message.received_at,
            row.get("quality", 1),
            row.get("reason"),
        )
        for row in rows
    ]


def _row(metric: str, value: float | None, unit: str, time: int, quality: int, reason: str | None) -> tuple[Any, ...]:
    shown = datetime.fromtimestamp(time / 1000, UTC).isoformat()
    return (metric, None if value is None else pytest.approx(value, rel=1e-12), unit, shown, quality, reason)


def _millis(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return round(moment.timestamp() * 1000)


def test_readings_carry_the_series_of_their_device(catalogue: Catalogue) -> None:
    case = {"profile": "house-ipal-outlet", "device": {"id": "outlet", "site": "batik", "stage": "outlet"}}
    message = Message("pantau/batik/outlet/telemetry", b'{"ph": 7.2}', 1_750_000_000_000)
    reading: Reading = _interpreter(case, catalogue).interpret(message).readings[0]
    assert (reading.series.site, reading.series.device, reading.series.point) == ("batik", "outlet", "outlet")
