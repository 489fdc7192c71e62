"""Units: how devices spell them, and by what a number in one is brought to another."""

from __future__ import annotations

from typing import Final

Conversion = tuple[float, float]
"""Factor and offset: wanted = given x factor + offset."""

# spellings (folded to lower case, without spaces) of units that do not fold to Pantau's spelling by themselves
_SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "Cel": ("°c", "ºc", "℃", "degc", "deg_c", "c", "celsius", "degreecelsius", "degreescelsius", "celcius"),
    "degF": ("°f", "ºf", "℉", "f", "[degf]", "fahrenheit", "degreesfahrenheit"),
    "K": ("kelvin", "degk", "°k"),
    "%": ("percent", "pct", "persen", "%rh", "rh%", "rh", "%r.h."),
    "pH": ("[ph]",),
    "NTU": ("ntu", "[ntu]"),
    "mg/L": ("mg/l", "mgl", "mg.l-1", "mgl-1", "g/m3", "g/m³", "mg/dm3", "mg/dm³"),
    "ug/L": ("µg/l", "μg/l", "ug/l", "mg/m3", "mg/m³"),
    "g/L": ("gl-1", "kg/m3", "kg/m³"),
    "m3/h": ("m³/h", "m3/hr", "m³/hr", "m^3/h", "m³/jam", "m3/jam", "m3h", "cbm/h", "m3h-1", "m³h⁻¹"),
    "m3/d": ("m³/d", "m^3/d", "m3/day", "m³/day", "m3/hari", "m³/hari", "cbm/d"),
    "m3/min": ("m³/min", "m^3/min", "m3/menit", "m³/menit"),
    "m3/s": ("m³/s", "m^3/s", "m3/sec", "m³/dtk", "m3/dtk", "cms"),
    "L/h": ("l/h", "l/hr", "l/jam", "lph"),
    "L/min": ("l/min", "l/menit", "lpm", "l/m"),
    "L/s": ("l/s", "l/sec", "l/dtk", "lps"),
    "gpm": ("gal/min", "usgpm", "[gal_us]/min", "gpm(us)"),
    "m3": ("m³", "m^3", "cbm", "meter3", "cubicmeter", "cubicmeters"),
    "L": ("l", "liter", "litre", "liters", "litres", "ltr"),
    "mL": ("ml", "cc"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt",),
    "Wh": ("watthour", "w.h"),
    "kWh": ("kw.h", "kwhr", "kilowatthour"),
    "A": ("amp", "amps", "ampere"),
    "V": ("volt", "volts"),
    "h": ("hr", "hrs", "hour", "hours", "jam"),
    "min": ("minute", "minutes", "menit", "mins"),
    "s": ("sec", "secs", "second", "seconds", "detik", "dtk"),
    "d": ("day", "days", "hari"),
    "uS/cm": ("µs/cm", "μs/cm"),
    "Hz": ("hertz",),
    "kPa": ("kilopascal",),
    "bar": ("bars",),
    "m": ("meter", "metre", "meters", "mtr"),
    "1": ("", "count", "counts", "pcs", "pulse", "pulses", "pulsa"),
}
# of one kind each: how much of the first unit one of the unit is
_SCALES: Final[tuple[dict[str, float], ...]] = (
    {
        "m3/h": 1,
        "m3/d": 1 / 24,
        "m3/min": 60,
        "m3/s": 3600,
        "L/h": 0.001,
        "L/min": 0.06,
        "L/s": 3.6,
        "gpm": 0.2271247,
    },
    {"m3": 1, "L": 0.001, "mL": 1e-6},
    {"W": 1, "kW": 1000, "MW": 1e6, "mW": 0.001},
    {"VA": 1, "kVA": 1000},
    {"var": 1, "kvar": 1000},
    {"Wh": 1, "kWh": 1000, "MWh": 1e6},
    {"A": 1, "mA": 0.001},
    {"V": 1, "mV": 0.001, "kV": 1000},
    {"s": 1, "ms": 0.001, "min": 60, "h": 3600, "d": 86_400},
    {"mg/L": 1, "ug/L": 0.001, "g/L": 1000},
    {"uS/cm": 1, "mS/cm": 1000, "mS/m": 10, "S/m": 10_000},
    {"Pa": 1, "hPa": 100, "mbar": 100, "kPa": 1000, "bar": 100_000, "MPa": 1e6, "psi": 6894.757},
    {"m": 1, "cm": 0.01, "mm": 0.001, "km": 1000},
    {"Hz": 1, "kHz": 1000},
    {"kg": 1, "g": 0.001, "t": 1000},
)
_FROM_CELSIUS: Final[dict[str, Conversion]] = {"Cel": (1, 0), "degF": (1.8, 32), "K": (1, 273.15)}

_UNITS = {*_SPELLINGS, *_FROM_CELSIUS, *(unit for scale in _SCALES for unit in scale)}
_APART = {"MW", "mW"}  # these differ in nothing but their case
_KNOWN = {unit.casefold(): unit for unit in _UNITS - _APART} | {
    spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings
}


def folded(unit: str) -> str:
    """The unit as Pantau spells it, or folded to lower case where Pantau does not know it."""
    bare = "".join(unit.split())
    if bare in _APART:
        return bare
    plain = bare.casefold()
    return _KNOWN.get(plain, plain)


def conversions(unit: str, others: dict[str, float]) -> dict[str, Conversion]:
    """How a number in each acceptable unit is brought to `unit`. `others`: factors of the profile, which win."""
    wanted = folded(unit)
    known: dict[str, Conversion] = {}
    for scale in _SCALES:
        if wanted in scale:
            known = {given: (factor / scale[wanted], 0.0) for given, factor in scale.items()}
    if wanted in _FROM_CELSIUS:
        known = {given: _temperature(given, wanted) for given in _FROM_CELSIUS}
    return known | {folded(other): (factor, 0.0) for other, factor in others.items()} | {wanted: (1.0, 0.0)}


def _temperature(given: str, wanted: str) -> Conversion:
    """Through degrees Celsius: degF = Cel x 1.8 + 32, K = Cel + 273.15 (BIPM SI brochure, 9th edition, 2.3.1)."""
    (factor_in, offset_in), (factor_out, offset_out) = _FROM_CELSIUS[given], _FROM_CELSIUS[wanted]
    factor = factor_out / factor_in
    return factor, offset_out - offset_in * factor
