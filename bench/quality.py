"""What the checks find, beside what a technician flagged: `make quality` writes docs/quality.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.quality_data import Recorded, bsm2, machine, moment, simulated, sonde
from device_profiles.checks.gap import gaps_after
from device_profiles.checks.plan import Marks
from device_profiles.checks.rejudge import RATE, SPIKE, STUCK, verdicts
from domain.reading import NOT_EVALUATED

DOCUMENT = Path(__file__).parents[1] / "docs/quality.md"
MARK = "<!-- figures: made by `make quality`, do not edit below -->"
BEGIN, TUNED, END = moment("2019-01-01"), moment("2019-06-01"), moment("2019-10-01")
DOOR = "at the door"
CHECKS = {DOOR: "at the door", STUCK: "stuck", SPIKE: "spike", RATE: "rate of change"}
FLAT = 8  # equal values in a row: two hours
SHORT = 4  # readings of a short stretch: an hour


def kinds(series: Recorded) -> dict[str, Marks]:
    """The readings that the technician flagged, by the kind of fault; each is of one kind."""
    left = series.labelled.copy()
    found: dict[str, Marks] = {}
    for name, marks in (
        ("sentinel", series.reasons == "sentinel"),
        ("out of range", series.reasons == "out_of_range"),
        ("stuck", _in_runs(series.values, FLAT)),
        ("short (an hour or less)", _in_short_stretches(series.labelled)),
        ("long (drift, offset, noise)", np.ones(len(left), dtype=np.bool_)),
    ):
        found[name] = left & marks
        left &= ~marks
    return found


def _in_runs(values: np.ndarray, least: int) -> Marks:
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    lengths = np.diff(np.append(starts, len(values)))
    return np.repeat(lengths >= least, lengths)


def _in_short_stretches(labelled: Marks) -> Marks:
    starts = np.flatnonzero(np.append(True, labelled[1:] != labelled[:-1]))
    lengths = np.diff(np.append(starts, len(labelled)))
    return np.repeat(lengths <= SHORT, lengths) & labelled


def marks_of(series: Recorded) -> dict[str, Marks]:
    """What was found: at the door, and by each check on stored readings."""
    none = np.zeros(len(series.times), dtype=np.bool_)
    later = verdicts(series.plan, series.times, series.values, series.quality)
    return {DOOR: series.quality > NOT_EVALUATED, **{who: later.get(who, none) for who in (STUCK, SPIKE, RATE)}}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table of Markdown."""
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(map(str, row))} |" for row in rows),
    ]


def share(part: int, whole: int) -> str:
    """A fraction with two decimals; a dash where there is nothing to divide by."""
    return f"{part / whole:.2f}" if whole else "–"


@dataclass
class Score:
    """Counts over all metrics of one part of the record."""

    readings: int = 0
    clean: int = 0
    by_kind: dict[str, dict[str, int]] = field(default_factory=dict)
    marked: dict[str, int] = field(default_factory=dict)
    right: dict[str, int] = field(default_factory=dict)

    def add(self, series: Recorded) -> None:
        """Count one metric."""
        found = marks_of(series)
        anything = np.logical_or.reduce(list(found.values()))
        self.readings += len(series.times)
        self.clean += int((~series.labelled).sum())
        for who, marks in (*found.items(), ("any", anything)):
            self.marked[who] = self.marked.get(who, 0) + int(marks.sum())
            self.right[who] = self.right.get(who, 0) + int((marks & series.labelled).sum())
        for kind, labelled in kinds(series).items():
            counts = self.by_kind.setdefault(kind, {})
            for who, marks in (("labelled", labelled), ("any", anything), *found.items()):
                counts[who] = counts.get(who, 0) + int((marks & labelled).sum())


def score(record: Iterable[Recorded]) -> Score:
    """Over all metrics."""
    total = Score()
    for series in record:
        total.add(series)
    return total


def recall_rows(found: Score) -> Iterable[Sequence[object]]:
    """One row for each kind of fault."""
    for kind, counts in found.by_kind.items():
        by_check = [counts[who] for who in CHECKS]
        yield kind, counts["labelled"], *by_check, counts["any"], share(counts["any"], counts["labelled"])


def precision_rows(found: Score) -> Iterable[Sequence[object]]:
    """One row for each check."""
    for who, name in (*CHECKS.items(), ("any", "any of them")):
        marked, right = found.marked[who], found.right[who]
        yield name, marked, right, share(right, marked), f"{1000 * (marked - right) / found.clean:.2f}"


def metric_rows(record: Iterable[Recorded]) -> Iterable[Sequence[object]]:
    """One row for each metric of the sonde."""
    for series in record:
        found = score([series])
        labelled = int(series.labelled.sum())
        marked, right = found.marked["any"], found.right["any"]
        false = f"{1000 * (marked - right) / found.clean:.2f}"
        yield series.metric, labelled, marked, right, share(right, marked), share(right, labelled), false


def clean_row(name: str, record: Iterable[Recorded]) -> Sequence[object]:
    """False marks of the checks on stored readings, in readings that nobody flagged."""
    clean, false = 0, dict.fromkeys((STUCK, SPIKE, RATE), 0)
    any_false = 0
    for series in record:
        if not series.plan.judges_values:
            continue
        found = marks_of(series)
        usable = ~series.labelled & ~found[DOOR]
        clean += int(usable.sum())
        wrong = [found[who] & usable for who in false]
        any_false += int(np.logical_or.reduce(wrong).sum())
        for who, marks in zip(false, wrong, strict=True):
            false[who] += int(marks.sum())
    return name, clean, *false.values(), f"{1000 * any_false / clean:.2f}"


def gap_row(name: str, series: Recorded) -> Sequence[object]:
    """How many gaps there are, and their length."""
    longest = series.plan.gap or series.plan.spacing
    _, gaps = gaps_after(series.times, None, (), longest)
    return name, len(gaps), f"{sum(b - a for a, b in gaps) / 60_000:.0f} min"


def figures() -> list[str]:
    """The part of the document that is made."""
    record = sonde()
    first = [series.during(BEGIN, TUNED) for series in record]
    second = [series.during(TUNED, END) for series in record]
    tuned, told = score(first), score(second)
    temperature = machine()
    fault = ("kind of fault", "flagged by the technician", *CHECKS.values(), "found", "recall")
    precision = ("check", "marked", "of these flagged", "precision", "false per 1,000 unflagged")
    return [
        "### June to September, not used for tuning",
        "",
        f"{told.readings:,} readings of six metrics, {told.readings - told.clean:,} flagged by the technician.",
        "",
        *table(fault, recall_rows(told)),
        "",
        *table(precision, precision_rows(told)),
        "",
        *table(
            ("metric", "flagged", "marked", "of these flagged", "precision", "recall", "false per 1,000 unflagged"),
            metric_rows(second),
        ),
        "",
        "### January to May, on which the bounds were set",
        "",
        f"{tuned.readings:,} readings, {tuned.readings - tuned.clean:,} flagged by the technician.",
        "",
        *table(fault, recall_rows(tuned)),
        "",
        *table(precision, precision_rows(tuned)),
        "",
        "### False marks on clean stretches",
        "",
        *table(
            ("record", "clean readings", "stuck", "spike", "rate of change", "false per 1,000"),
            [
                clean_row("river sonde, January to May (tuned on)", first),
                clean_row("river sonde, June to September", second),
                clean_row("BSM2 influent, 90 days, 15 min", bsm2()),
                clean_row("machine temperature outside its failures, 79 days, 5 min", temperature),
                clean_row("simulated IPAL without faults, 2 days, 10 s", simulated(2, 10_000)),
            ],
        ),
        "",
        "### Gaps",
        "",
        *table(
            ("record", "gaps", "in all"),
            [gap_row("river sonde, nine months", record[0]), gap_row("machine temperature", temperature[0])],
        ),
        "",
    ]


def document(make: Callable[[], list[str]] = figures) -> str:
    """The whole document: what people wrote, and the figures made anew."""
    written = DOCUMENT.read_text("utf-8").split(MARK)[0]
    return f"{written}{MARK}\n\n" + "\n".join(make())


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
    print(f"{DOCUMENT} written")
