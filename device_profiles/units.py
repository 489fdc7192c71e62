"""Spellings of units, so that a number that carries one can be checked against the unit of its metric."""

from __future__ import annotations

# spellings (folded to lower case, without spaces) of the units Pantau uses
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "Cel": ("°c", "ºc", "℃", "degc", "c", "celsius", "degrees celsius"),
    "%": ("percent", "pct", "persen"),
    "mg/L": ("mg/l", "mgl", "mg.l-1"),
    "m3/h": ("m³/h", "m3/hr", "m^3/h", "m³/jam", "m3/jam", "m3h", "cbm/h"),
    "m3": ("m³", "m^3", "cbm"),
    "L/h": ("l/h", "l/jam", "lph"),
    "L/s": ("l/s", "lps"),
    "kW": ("kw",),
    "kWh": ("kwh",),
    "h": ("hr", "hrs", "hour", "hours", "jam"),
    "pH": ("ph",),
    "uS/cm": ("µs/cm", "μs/cm", "us/cm"),
    "1": ("", "count", "counts"),
}
_KNOWN = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in (*spellings, unit.casefold())}


def folded(unit: str) -> str:
    """The unit as Pantau spells it, or folded to lower case where Pantau does not know it."""
    plain = unit.replace(" ", "").casefold()
    return _KNOWN.get(plain, plain)


def factors(unit: str, others: dict[str, float]) -> dict[str, float]:
    """By which factor a number in each acceptable unit is brought to `unit`. `others`: what the profile adds."""
    return {folded(other): factor for other, factor in others.items()} | {folded(unit): 1.0}
