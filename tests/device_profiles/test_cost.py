"""What decoding and judging a house message may cost beside a bare msgspec decode of the same bytes."""

from __future__ import annotations

from bench import decode


def test_a_house_message_costs_at_most_25_bare_decodes() -> None:
    figures = decode.measure(devices=1_000, rounds=5, count=5_000)
    assert figures["ratio"] <= 25, figures
