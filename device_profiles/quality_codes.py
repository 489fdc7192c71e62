"""What the quality codes of industrial systems mean, as QARTOD flags: `SCHEMES`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from device_profiles.numbers import word
from domain.reading import FAIL, GOOD, SUSPECT

SchemeName = Literal["words", "opc_ua", "opc_da", "siemens_qc"]
Scheme = Callable[[Any], int | None]
"""The flag of a code, or None where it is no code of this scheme."""

_GOOD: Final = ("good", "ok", "valid", "normal", "true", "baik")
_SUSPECT: Final = ("uncertain", "suspect", "questionable", "doubtful", "stale")
_BAD: Final = ("bad", "invalid", "error", "fail", "fault", "notconnected", "commfail", "false", "rusak")
_KEYS: Final = ("Code", "code", "value", "Value", "Symbol", "symbol", "name", "Name")


def words(raw: Any) -> int | None:
    """`Good`, `GoodLocalOverride`, `Uncertain_SubNormal`, `BAD (NotConnected)`, true: the first word says it."""
    if type(raw) not in (str, bool):
        return None
    said = word(raw)
    for flag, beginnings in ((GOOD, _GOOD), (SUSPECT, _SUSPECT), (FAIL, _BAD)):
        if said.startswith(beginnings):
            return flag
    return None


def opc_ua(raw: Any) -> int | None:
    """OPC UA Part 4, 7.39 StatusCode: the two highest of 32 bits are 00 good, 01 uncertain, 10 and 11 bad."""
    code = _code(raw)
    if type(code) is not int or not 0 <= code < 2**32:
        return words(code)
    return (GOOD, SUSPECT, FAIL, FAIL)[code >> 30]


def opc_da(raw: Any) -> int | None:
    """OPC DA 3.0, 6.8: bits 7 and 6 of the low byte are 11 good (192), 01 uncertain (64), 00 bad, 10 not used."""
    code = _code(raw)
    if type(code) is not int or not 0 <= code < 2**16:
        return words(code)
    return (FAIL, SUSPECT, FAIL, GOOD)[(code & 0xC0) >> 6]


def siemens_qc(raw: Any) -> int | None:
    """Siemens Industrial Edge connectors: 0 bad, 1 uncertain, 2 and 3 good."""
    code = _code(raw)
    if type(code) is not int:
        return words(code)
    return {0: FAIL, 1: SUSPECT, 2: GOOD, 3: GOOD}.get(code)


SCHEMES: dict[SchemeName, Scheme] = {
    "words": words,
    "opc_ua": opc_ua,
    "opc_da": opc_da,
    "siemens_qc": siemens_qc,
}


def _code(raw: Any) -> Any:
    """The code itself: a whole number, also one written as text or in an object with its symbol."""
    if type(raw) is dict:
        raw = next((raw[key] for key in _KEYS if key in raw), None)
    if type(raw) is float and raw.is_integer():
        return int(raw)
    if type(raw) is str:
        text = raw.strip()
        try:
            return int(text, 16 if text[:2].lower() == "0x" else 10) if len(text) <= 12 else text
        except ValueError:
            return text
    return raw
