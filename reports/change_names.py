"""A report in plain data as its changes are told: records by their names, laboratory figures with their `<`."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from domain.metrics import name_of
from domain.report import ComplianceReport
from reports.change_figures import Qualified
from reports.table import Printer
from reports.table_cells import named

NOT_TOLD: Final = frozenset({"schema", "versions"})  # fingerprints: what they are of is told
LANGUAGES: Final = ("id", "en")
FIGURES: Final = frozenset({"number", "kilograms", "per_day", "per_ton"})  # what an operator qualifies

Names = dict[tuple[str | None, str], dict[str, str]]


def plain(report: ComplianceReport, newest: ComplianceReport) -> dict[str, Any]:
    """Without what is not told; names are those of the `newest`, so that a name alone is no change."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(report))
    names = _names(newest)
    told = {key: _told(value, names) for key, value in found.items() if key not in NOT_TOLD}
    place = newest.place
    for outlet in told["company"].get("outlets", ()):
        if outlet.get("point") == place.id:
            outlet["label"] = {one: place.name.in_language(one) for one in LANGUAGES}
    return told


def _names(report: ComplianceReport) -> Names:
    return {
        (one.device, one.metric): {language: named(one, report, Printer(language, report.place.timezone))
                                   for language in LANGUAGES}
        for one in report.parameters
    }  # fmt: skip


def _told(value: Any, names: Names) -> Any:
    if isinstance(value, list):
        return [_told(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    told = {key: _told(one, names) for key, one in _qualified(value).items()}
    return _with_name(told, names) if isinstance(told.get("metric"), str) else told


def _with_name(record: dict[str, Any], names: Names) -> dict[str, Any]:
    known = names.get((record.get("device"), record["metric"])) or record.get("name")
    text = name_of(record["metric"])
    return record | {"name": known or {one: text.in_language(one) for one in LANGUAGES}}


def _qualified(record: dict[str, Any]) -> dict[str, Any]:
    """Its figures together with their operator: `<0.0033` is one figure."""
    operator = record.get("operator")
    if operator not in ("<", "=", ">"):
        return record
    rest = {key: value for key, value in record.items() if key != "operator"}
    if operator == "=":
        return rest
    return {
        key: Qualified((operator, one)) if key in FIGURES and one is not None else one for key, one in rest.items()
    }
