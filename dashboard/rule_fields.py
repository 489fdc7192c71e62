"""The fields of a rule's form, by kind: what is typed, in which unit, and how it becomes the rule's value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from domain.rule import Match, Place, Window
from domain.system_condition import SystemCondition


class Input(StrEnum):
    """How a field is filled in."""

    NUMBER = "number"
    DURATION = "duration"  # a number with its unit of time beside it
    PERCENT = "percent"  # shown as per cent, kept as a share
    CHOICE = "choice"
    VALUES = "values"  # numbers, parted by spaces or semicolons
    RULES = "rules"  # other rules


class Unit(StrEnum):
    """What stands behind a number; `METRIC` is the unit of what is watched."""

    NONE = ""
    METRIC = "metric"
    METRIC_PER_HOUR = "metric_per_hour"
    CUBIC_METRES = "m3"
    HOURS = "h"
    READINGS = "readings"


@dataclass(frozen=True)
class Field:
    """One field of one kind. `choices` are phrases of the group `rule_<name>`, or of `group`."""

    name: str
    input: Input = Input.NUMBER
    unit: Unit = Unit.NONE
    required: bool = False
    choices: tuple[str, ...] = ()
    group: str = ""
    default: str = ""


SECONDS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400}  # the units of a duration, as the form names them
ON_DELAY: Final = Field("on_delay", Input.DURATION)
OFF_DELAY: Final = Field("off_delay", Input.DURATION)
AFTER: Final = Field("after", Input.DURATION, required=True)

KINDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "limit": (
        Field("above", unit=Unit.METRIC),
        Field("below", unit=Unit.METRIC),
        Field("deadband", unit=Unit.METRIC),
        Field("window", Input.CHOICE, choices=("", *Window), group="rule_window"),
        ON_DELAY,
        OFF_DELAY,
        Field("coverage", Input.PERCENT),
        Field("slot", Input.DURATION),
    ),
    "no_data": (AFTER,),
    "stuck": (AFTER, Field("tolerance", unit=Unit.METRIC)),
    "rate_of_change": (
        Field("rise", unit=Unit.METRIC_PER_HOUR),
        Field("fall", unit=Unit.METRIC_PER_HOUR),
        Field("over", Input.DURATION),
        ON_DELAY,
        OFF_DELAY,
    ),
    "quality": (
        Field("share", Input.PERCENT, required=True),
        Field("window", Input.DURATION),
        Field("minimum", unit=Unit.READINGS),
    ),
    "volume": (
        Field("above", unit=Unit.CUBIC_METRES, required=True),
        Field("judge", Input.CHOICE, choices=("total", "forecast"), group="rule_judge"),
    ),
    "run_hours": (Field("every", unit=Unit.HOURS, required=True), Field("ahead", unit=Unit.HOURS)),
    "state": (Field("equals", Input.VALUES, required=True), ON_DELAY, OFF_DELAY),
    "system": (
        Field("condition", Input.CHOICE, required=True, choices=tuple(SystemCondition), group="system_condition"),
        Field("after", Input.DURATION),
    ),
    "composite": (
        Field("of", Input.RULES, required=True),
        Field("match", Input.CHOICE, choices=tuple(Match), group="rule_match"),
        Field("place", Input.CHOICE, choices=tuple(Place), group="rule_place"),
        ON_DELAY,
        OFF_DELAY,
    ),
}


OF_A_MEAN: Final = frozenset({"coverage", "slot"})  # asked only where a mean over a window is judged
OF_A_MOMENT: Final = frozenset({"on_delay", "off_delay"})  # a mean over a window has none


def asked(kind: str, window: str) -> tuple[Field, ...]:
    """The fields that mean something with the window chosen."""
    out = OF_A_MOMENT if window else OF_A_MEAN
    return tuple(one for one in KINDS[kind] if kind != "limit" or one.name not in out)


class Wrong(ValueError):
    """What was typed is not what the field takes. Its text is the key of a phrase."""


def number(text: str) -> float:
    """`1.234,5`, `9,2` and `9.2`. Raises Wrong."""
    bare = text.strip().replace(" ", "")
    if "," in bare:
        bare = bare.replace(".", "").replace(",", ".")
    try:
        return float(bare)
    except ValueError:
        raise Wrong("rule_wrong.number") from None


def read(field: Field, form: Mapping[str, list[str]]) -> Any:
    """The rule's value; None where nothing was filled in. Raises Wrong."""
    given = [text.strip() for text in form.get(field.name, []) if text.strip()]
    if not given:
        if field.required:
            raise Wrong("rule_wrong.missing")
        return None
    match field.input:
        case Input.NUMBER:
            found = number(given[0])
            return int(found) if field.unit is Unit.READINGS and found.is_integer() else found
        case Input.PERCENT:
            return round(number(given[0]) / 100, 9)
        case Input.DURATION:
            unit = next(iter(form.get(f"{field.name}_unit", [])), "s")
            return round(number(given[0]) * SECONDS.get(unit, 1), 3)
        case Input.VALUES:
            return [number(word) for text in given for word in text.replace(";", " ").split()]
        case Input.RULES:
            return given
        case _:
            return given[0]


def write(field: Field, value: Any, mark: str = ".") -> dict[str, list[str]]:
    """A rule's value as the form shows it, with the decimal mark of whoever reads it."""

    def figure(amount: float) -> str:
        return f"{amount:.10g}".replace(".", mark)

    if value is None:
        return {field.name: []}
    match field.input:
        case Input.DURATION:
            unit = next((name for name, size in reversed(SECONDS.items()) if value and value % size == 0), "s")
            return {field.name: [figure(value / SECONDS[unit])], f"{field.name}_unit": [unit]}
        case Input.PERCENT:
            return {field.name: [figure(value * 100)]}
        case Input.VALUES:
            return {field.name: ["; ".join(map(figure, value))]}
        case Input.RULES:
            return {field.name: list(value)}
        case Input.NUMBER:
            return {field.name: [figure(value)]}
        case _:
            return {field.name: [str(value)]}
