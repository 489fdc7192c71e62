"""Run states without flicker."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from domain.steady_state import steady

NASTY = Path(__file__).parents[1] / "data" / "nasty" / "nasty.jsonl"


def test_single_false_zeros_of_the_power_stop_no_machine() -> None:
    lines = [json.loads(line) for line in NASTY.read_text(encoding="utf-8").splitlines()]
    bodies = [
        json.loads(base64.b64decode(line["payload_base64"]))
        for line in lines
        if line.get("sequence") == "false_zero_power"
    ]
    assert [body["value"] for body in bodies].count(0) == 2
    samples = [(body["ts"] * 1000, body["value"] > 50) for body in bodies]
    assert steady(samples) == [(samples[0][0], True)]


def test_a_stop_begins_with_the_first_sample_that_showed_it() -> None:
    samples = [(n, n < 4) for n in range(8)]
    assert steady(samples) == [(0, True), (4, False)]


def test_no_samples_have_no_state() -> None:
    assert steady([]) == []
