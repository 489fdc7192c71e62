"""Figures and units as they are printed: decimal comma, thousands dot and `m³/jam` in Indonesian."""

from __future__ import annotations

from typing import Final

from domain.text import Language

_UNITS: Final = {"1": "", "pH": "", "Cel": "°C", "m3": "m³", "kWh": "kWh", "uS/cm": "µS/cm", "m3/t": "m³/ton"}
_HOUR: Final = {Language.ID: "jam", Language.EN: "h"}
_MARKS: Final = str.maketrans(",.", ".,")


def localised(figure: str, language: str) -> str:
    """A figure such as `1,234.5` with the marks of the language: `1.234,5` in Indonesian."""
    return figure if language == Language.EN else figure.translate(_MARKS)


def symbol(unit: str, language: str) -> str:
    """A UCUM-like unit as it is printed: `Cel` is °C, `m3/h` is m³/jam, `1` and `pH` are nothing."""
    hour = _HOUR[Language.EN if language == Language.EN else Language.ID]
    if unit == "h":
        return hour
    if unit.endswith("/h"):
        return f"{_UNITS.get(unit[:-2], unit[:-2])}/{hour}"
    return _UNITS.get(unit, unit)
