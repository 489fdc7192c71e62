"""What of a revision is told first: what people did, then what it came to, then the figures that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import groupby
from typing import Any, Final

from reports.change_figures import Step

Path = tuple[Step, ...]
Found = tuple[Path, Any, Any]  # where, before, after


class Rank(IntEnum):
    """The order in which changes are told."""

    PEOPLE = 0  # entered, corrected, judged, signed, filled in
    OUTCOME = 1  # judgements of the whole period, exceedances
    PERIOD = 2  # other figures of the whole period
    DERIVED = 3  # figures of days, gaps: collapsed by parameter


PEOPLE: Final = (
    "corrections", "judgements", "laboratory", "calibrations", "logbook", "product", "conditions", "company",
    "signatures", "limit_sets", "without_limits", "policy", "place", "period",
)  # fmt: skip
MEASURED: Final = frozenset({"parameters", "volume", "loads"})
DAILY: Final = frozenset({"days", "gaps", "completeness"})
OUTCOMES: Final = frozenset({"judgement", "episodes", "days_beyond"})


def ranked(found: Sequence[Found]) -> list[Found]:
    """By rank; people's acts in the order of their parts; derived figures of one parameter stand together."""
    return sorted(found, key=lambda one: _place(one[0]))


def rank_of(path: Path) -> Rank:
    """What kind of change it is."""
    head, fields = path[0], {step for step in path[1:] if isinstance(step, str)}
    if head in PEOPLE or (head == "episodes" and fields & {"cause", "response"}):
        return Rank.PEOPLE
    if head in MEASURED and fields & DAILY:
        return Rank.DERIVED
    if head == "episodes" or (head == "parameters" and fields & OUTCOMES):
        return Rank.OUTCOME
    return Rank.PERIOD


def _place(path: Path) -> tuple[int, int]:
    rank = rank_of(path)
    return rank, PEOPLE.index(str(path[0])) if rank is Rank.PEOPLE and path[0] in PEOPLE else len(PEOPLE)


def of_what(path: Path) -> tuple[str, dict[str, str]] | None:
    """Of a derived figure the part, and the name of the parameter it belongs to; None for any other change."""
    if rank_of(path) is not Rank.DERIVED:
        return None
    record = next((step for step in path if isinstance(step, dict)), {})
    name = record.get("name")
    return str(path[0]), name if isinstance(name, dict) else {}


def days_of(paths: Sequence[Path]) -> int:
    """On how many days figures changed."""
    days = {step["day"] for path in paths for step in path if isinstance(step, dict) and "day" in step}
    return len(days)


def groups(found: Sequence[Found]) -> Iterator[tuple[tuple[str, dict[str, str]] | None, list[Found]]]:
    """The changes in their order, those of one parameter together."""
    for of, members in groupby(found, key=lambda one: of_what(one[0])):
        yield of, list(members)
