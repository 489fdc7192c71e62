"""Every format has its figure in the benchmark of decoding."""

from __future__ import annotations

from bench.decode_payloads import measure
from device_profiles.formats import FORMATS


def test_every_format_is_measured_on_a_payload_that_gives_readings() -> None:
    figures = measure(rounds=1, count=1)
    assert {figure.label.split(",")[0].removesuffix(" with ids") for figure in figures} == set(FORMATS)
    assert all(figure.readings > 0 for figure in figures)
