"""Which correction, judgement or laboratory result stands behind a changed figure, where that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from reports.change_figures import Step
from reports.table import Printer

Say = Callable[..., str]  # the words of a cause, with what is put in
LISTS: Final = (("corrections", "used"), ("judgements", "used"), ("corrections", "taken_out"),
                ("judgements", "taken_out"))  # fmt: skip
CAUSED: Final = frozenset({"parameters", "volume", "episodes", "loads"})  # parts whose figures they change
FLOW: Final = "flow"  # how the metrics begin from which the volume is found
MOST: Final = 3  # causes that are named beside one figure

Cause = tuple[str, dict[str, Any]]  # the word for what was done, and the record


def causes(before: dict[str, Any], after: dict[str, Any]) -> list[Cause]:
    """What people entered, corrected or took out between two reports, in plain data."""
    return [*_edits(before, after), *_results(before, after)]


def _edits(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Cause]:
    for part, field in LISTS:
        known = {(one["id"], one["written"]["revision"]) for one in before[part][field]}
        word = part if field == "used" else f"{part}_out"
        yield from ((word, one) for one in after[part][field] if (one["id"], one["written"]["revision"]) not in known)


def _results(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Cause]:
    known = [line["result"] for line in before["laboratory"]["lines"]]
    found = (line["result"] for line in after["laboratory"]["lines"])
    yield from (("laboratory", one) for one in found if one not in known)


def because(path: Sequence[Step], found: Sequence[Cause], printer: Printer, say: Say) -> str:
    """`karena koreksi sejak 05/10/2026 12.00 (siti)`; empty where nothing of it is known."""
    if path[0] not in CAUSED:
        return ""
    said = dict.fromkeys(_said(word, one, printer, say) for word, one in found if _touches(path, word, one, printer))
    return "; ".join(list(said)[:MOST])


def _touches(path: Sequence[Step], word: str, one: dict[str, Any], printer: Printer) -> bool:
    records = [step for step in path if isinstance(step, dict)]
    basis = next((step["basis"] for step in records if "basis" in step), "sensor")
    if (word == "laboratory") != (basis == "laboratory"):
        return False
    return _of_series(path, records, one) and (word == "laboratory" or _in_time(records, one, printer))


def _of_series(path: Sequence[Step], records: Sequence[dict[str, Any]], one: dict[str, Any]) -> bool:
    if path[0] == "volume":
        return str(one["metric"]).startswith(FLOW)
    of = next((step for step in records if "metric" in step), {})
    return of.get("metric") == one["metric"] and of.get("device", one.get("device")) == one.get("device")


def _in_time(records: Sequence[dict[str, Any]], one: dict[str, Any], printer: Printer) -> bool:
    """Whether it holds on the day of the figure; always where the figure is of the whole period."""
    days = [date.fromisoformat(step["day"]) for step in records if "day" in step]
    days += [printer.local(step["start"]).date() for step in records if isinstance(step.get("start"), int)]
    first, stop = printer.local(one["start"]).date(), one.get("stop")
    last = date.max if stop is None else printer.local(stop - 1).date()
    return all(first <= day <= last for day in days)


def _said(word: str, one: dict[str, Any], printer: Printer, say: Say) -> str:
    if word == "laboratory":
        return say(word, day=printer.day(date.fromisoformat(one["sampled_on"])))
    return say(word, start=printer.moment(one["start"]), who=one["written"]["who"])
