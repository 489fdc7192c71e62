"""From verdicts on single readings to intervals, anew for the stretch that new readings can have changed.

Every verdict depends on readings within `Plan.context` of its own time only. So readings that arrived with times in
[lo, hi] change verdicts in the *core* [lo - context, hi + context] at most; those are made again from the readings of
the *view*, one more context wide on each side, where what was said before still holds and is only joined to. Judged
piece by piece in any order, or all at once, the intervals come out the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from device_profiles.checks.plan import Flags, Marks, Plan, Times, Values
from device_profiles.checks.rate import too_fast
from device_profiles.checks.spike import spikes
from device_profiles.checks.stuck import stuck
from domain.quality import QualityInterval, Replacement
from domain.reading import NOT_EVALUATED, SUSPECT, Millis, Reading, Reason

STUCK: Final = "check:stuck"
SPIKE: Final = "check:spike"
RATE: Final = "check:rate_of_change"
REASONS: Final = {STUCK: Reason.STUCK, SPIKE: Reason.SPIKE, RATE: Reason.RATE_OF_CHANGE}


def verdicts(plan: Plan, times: Times, values: Values, quality: Flags) -> dict[str, Marks]:
    """What each check of the plan marks. `values` is NaN where there is none; readings that were not good at the door
    (quality above 2) are judged no further and judge no others. `times` ascend, without repeats.
    """
    usable = (quality <= NOT_EVALUATED) & ~np.isnan(values)
    t, v = times[usable], values[usable]
    found: dict[str, Marks] = {}
    spiky = np.zeros(len(t), dtype=np.bool_)
    if plan.spike is not None:
        spiky = spikes(t, v, plan.spike, plan.spacing)
        found[SPIKE] = _spread(usable, spiky)
    if plan.max_same is not None:
        found[STUCK] = _spread(usable, stuck(t, v, plan.max_same, plan.spacing, plan.decimals))
    if plan.max_rate is not None:
        fast = np.zeros(len(t), dtype=np.bool_)
        fast[~spiky] = too_fast(t[~spiky], v[~spiky], plan.max_rate, plan.spacing)
        found[RATE] = _spread(usable, fast)
    return found


def _spread(usable: Marks, marked: Marks) -> Marks:
    marks = np.zeros(len(usable), dtype=np.bool_)
    marks[usable] = marked
    return marks


def clusters(times: Times, context: Millis) -> list[tuple[Millis, Millis]]:
    """First and last of the groups of ascending times whose views do not touch."""
    cuts = np.flatnonzero(np.diff(times) > 4 * context)
    starts, ends = np.append(0, cuts + 1), np.append(cuts, len(times) - 1)
    return [(int(times[a]), int(times[b])) for a, b in zip(starts, ends, strict=True)]


def view_of(low: Millis, high: Millis, context: Millis) -> tuple[Millis, Millis]:
    """Which readings are needed, as a half-open range, when some arrived with times in [low, high]."""
    return low - 2 * context, high + 2 * context + 1


def rejudge(
    plan: Plan, readings: Sequence[Reading], low: Millis, high: Millis, said: Mapping[str, Sequence[QualityInterval]]
) -> list[Replacement]:
    """What each check says now of the view. `readings` are those of the view by time, of one series, as they came;
    `said` the intervals of each check so far that touch the view.
    """
    if not readings:
        return []
    series = readings[0].series
    times = np.array([r.time for r in readings], dtype=np.int64)
    values = np.array([r.value for r in readings], dtype=np.float64)
    quality = np.array([r.quality for r in readings], dtype=np.int64)
    core = (times >= low - plan.context) & (times <= high + plan.context)
    start, stop = view_of(low, high, plan.context)
    changes = []
    for who, marked in verdicts(plan, times, values, quality).items():
        before = said.get(who, ())
        marks = np.where(core, marked, covered(times, before))
        runs = _reaching_out(_runs(times, marks, plan.spacing), before, start, stop)
        rows = [
            QualityInterval(series.device, series.metric, begin, end, SUSPECT, REASONS[who], who)
            for begin, end in runs
        ]
        if rows or before:
            changes.append(Replacement(series.device, series.metric, who, start, stop, rows))
    return changes


def covered(times: Times, intervals: Sequence[QualityInterval]) -> Marks:
    """Which times lie inside one of the intervals."""
    marks = np.zeros(len(times), dtype=np.bool_)
    for interval in intervals:
        first, last = np.searchsorted(times, (interval.start, interval.stop))
        marks[first:last] = True
    return marks


def _runs(times: Times, marks: Marks, spacing: Millis) -> list[tuple[Millis, Millis]]:
    """Half-open intervals of marked readings that follow one another within `spacing` ms."""
    chosen = np.flatnonzero(marks)
    if not len(chosen):
        return []
    cuts = np.flatnonzero((np.diff(chosen) > 1) | (np.diff(times[chosen]) > spacing))
    starts, ends = chosen[np.append(0, cuts + 1)], chosen[np.append(cuts, len(chosen) - 1)]
    return [(int(times[a]), int(times[b]) + 1) for a, b in zip(starts, ends, strict=True)]


def _reaching_out(
    runs: list[tuple[Millis, Millis]], before: Sequence[QualityInterval], start: Millis, stop: Millis
) -> list[tuple[Millis, Millis]]:
    """Runs joined with what earlier intervals say outside of the view, where nothing can have changed."""
    for interval in before:
        for at, (begin, end) in enumerate(runs):
            if interval.start < start and interval.start <= begin < interval.stop:
                runs[at] = begin, end = interval.start, end
            if interval.stop > stop and interval.start < end <= interval.stop:
                runs[at] = begin, interval.stop
    return runs
