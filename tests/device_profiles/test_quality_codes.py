"""Quality codes of industrial systems, and the flags they become."""

from __future__ import annotations

from typing import Any

import pytest

from device_profiles.quality_codes import SCHEMES, SchemeName


@pytest.mark.parametrize(
    ("scheme", "code", "flag"),
    [
        ("opc_ua", 0, 1),
        ("opc_ua", 0x00960000, 1),  # GoodLocalOverride
        ("opc_ua", 0x40930000, 3),  # UncertainSensorNotAccurate
        ("opc_ua", 0x80310000, 4),  # BadNoCommunication
        ("opc_ua", "0x808A0000", 4),
        ("opc_ua", "2156527616", 4),
        ("opc_ua", "Good", 1),
        ("opc_ua", "Uncertain_SubNormal", 3),
        ("opc_ua", "BadNotConnected", 4),
        ("opc_ua", {"Code": 2147483648, "Symbol": "Bad"}, 4),
        ("opc_ua", {"Symbol": "Good"}, 1),
        ("opc_ua", 2**32, None),
        ("opc_ua", [1], None),
        ("opc_da", 192, 1),
        ("opc_da", 216, 1),  # good, local override
        ("opc_da", 64, 3),
        ("opc_da", 84, 3),  # uncertain, engineering units exceeded
        ("opc_da", 0, 4),
        ("opc_da", 24, 4),  # bad, communication failure
        ("opc_da", "192", 1),
        ("opc_da", 192.0, 1),
        ("opc_da", True, 1),
        ("opc_da", -1, None),
        ("siemens_qc", 0, 4),
        ("siemens_qc", 1, 3),
        ("siemens_qc", 2, 1),
        ("siemens_qc", 3, 1),
        ("siemens_qc", 9, None),
        ("words", "GOOD", 1),
        ("words", "bad (NotConnected)", 4),
        ("words", False, 4),
        ("words", "read failed", None),
        ("words", 192, None),
    ],
)
def test_a_code_becomes_a_flag(scheme: SchemeName, code: Any, flag: int | None) -> None:
    assert SCHEMES[scheme](code) == flag
