"""Spellings of units, and the table by which numbers that say their unit are brought to that of the metric."""

from __future__ import annotations

import pytest

from device_profiles.units import conversions, folded


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("°C", "Cel"), ("degC", "Cel"), ("° F", "degF"), ("m³/h", "m3/h"), ("M3/Jam", "m3/h"), ("l/s", "L/s")),
        *(("µS/cm", "uS/cm"), ("mS/cm", "mS/cm"), ("kwh", "kWh"), ("MW", "MW"), ("mW", "mW"), ("jam", "h")),
        *(("%RH", "%"), ("liter", "L"), ("GPM", "gpm"), ("mg/l", "mg/L"), ("µg/L", "ug/L"), ("", "1")),
    ],
)
def test_a_unit_is_known_by_its_spellings(written: str, meant: str) -> None:
    assert folded(written) == meant


@pytest.mark.parametrize(
    ("value", "given", "wanted", "expected"),
    [
        (35.67, "l/s", "m3/h", 128.412),
        (565.3, "gpm", "m3/h", 128.39359),
        (65.1, "°F", "Cel", 18.38889),
        (291.6, "K", "Cel", 18.45),
        (18.4, "Cel", "degF", 65.12),
        (480_700, "L", "m3", 480.7),
        (2635, "W", "kW", 2.635),
        (6294, "Wh", "kWh", 6.294),
        (1.5, "mS/cm", "uS/cm", 1500),
        (90, "min", "h", 1.5),
        (1.013, "bar", "kPa", 101.3),
        (250, "ug/L", "mg/L", 0.25),
    ],
)
def test_a_number_is_brought_to_the_unit_of_its_metric(
    value: float, given: str, wanted: str, expected: float
) -> None:
    factor, offset = conversions(wanted, {})[folded(given)]
    assert value * factor + offset == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("given", "wanted"), [("Cel", "m3/h"), ("%", "mg/L"), ("V", "A"), ("L", "m3/h")])
def test_units_of_different_kinds_have_no_conversion(given: str, wanted: str) -> None:
    assert folded(given) not in conversions(wanted, {})


def test_a_factor_of_the_profile_wins() -> None:
    assert conversions("m3/h", {"gpm": 0.27276})["gpm"] == (0.27276, 0.0)  # the imperial gallon
