"""Readings summed up in stretches of time, the same way for every store (`domain.series.Bucket`).

Each reading belongs to one class: good (1 or 2), suspect (3), fail (4 to 8), missing (9, or no value). A stretch's
figures come from its best class; one with missing readings only has count 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from domain.reading import MISSING, NOT_EVALUATED, SUSPECT, Millis, Reading
from domain.series import Bucket

SECOND: Millis = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NICE_WIDTHS: tuple[Millis, ...] = (
    *(n * SECOND for n in (1, 2, 5, 10, 15, 30)), *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 6, 12)), *(n * DAY for n in (1, 2, 5, 10, 30, 90, 365)),
)  # fmt: skip

GOOD_CLASS, SUSPECT_CLASS, FAIL_CLASS, MISSING_CLASS = range(4)


def nice_width(start: Millis, stop: Millis, max_points: int) -> Millis:
    """The least round width with which [start, stop) takes at most `max_points` buckets cut at multiples of it."""
    for width in NICE_WIDTHS:
        if -(-stop // width) - start // width <= max_points:
            return width
    years = NICE_WIDTHS[-1]
    width = years
    while -(-stop // width) - start // width > max_points and width < 1000 * years:
        width += years
    return width


def quality_class(value: float | None, quality: int) -> int:
    """Which class a reading counts in."""
    if value is None or quality >= MISSING:
        return MISSING_CLASS
    return GOOD_CLASS if quality <= NOT_EVALUATED else SUSPECT_CLASS if quality == SUSPECT else FAIL_CLASS


def summarise(
    time: npt.NDArray[np.int64], value: npt.NDArray[np.float64], quality: npt.NDArray[np.int64], width: Millis
) -> list[Bucket]:
    """Buckets of readings sorted by time; `value` is NaN where there was none."""
    if not len(time):
        return []
    slot = time // width
    edges = np.flatnonzero(np.append(True, slot[1:] != slot[:-1]))
    total = np.diff(np.append(edges, len(time)))
    classes = np.where(quality <= NOT_EVALUATED, 0, np.where(quality == SUSPECT, 1, 2))
    classes = np.where(np.isnan(value) | (quality >= MISSING), MISSING_CLASS, classes)
    best = np.minimum.reduceat(classes, edges)
    good = np.add.reduceat((classes == GOOD_CLASS).astype(np.int64), edges)
    used = (classes == np.repeat(best, total)) & (classes != MISSING_CLASS)
    figures = _figures(slot[used], value[used], quality[used])
    starts = slot[edges]
    return [
        Bucket(at * width, *figures.get(at, (None, None, None, 0, MISSING)), bad)
        for at, bad in zip(starts.tolist(), (total - good).tolist(), strict=True)
    ]


def _figures(
    slot: npt.NDArray[np.int64], value: npt.NDArray[np.float64], quality: npt.NDArray[np.int64]
) -> dict[int, tuple[float | None, float | None, float | None, int, int]]:
    """min, mean, max, count, quality for each slot that has values."""
    if not len(slot):
        return {}
    edges = np.flatnonzero(np.append(True, slot[1:] != slot[:-1]))
    count = np.diff(np.append(edges, len(slot)))
    columns = (
        np.minimum.reduceat(value, edges).tolist(), (np.add.reduceat(value, edges) / count).tolist(),
        np.maximum.reduceat(value, edges).tolist(), count.tolist(), np.minimum.reduceat(quality, edges).tolist(),
    )  # fmt: skip
    return dict(zip(slot[edges].tolist(), zip(*columns, strict=True), strict=True))


def summarise_readings(readings: Sequence[Reading], width: Millis) -> list[Bucket]:
    """Buckets of readings sorted by time."""
    return summarise(
        np.array([r.time for r in readings], dtype=np.int64),
        np.array([r.value for r in readings], dtype=np.float64),
        np.array([r.quality for r in readings], dtype=np.int64),
        width,
    )


def combine(buckets: Sequence[Bucket], width: Millis) -> list[Bucket]:
    """Narrow buckets, sorted by time, made into wide ones; `width` is a multiple of theirs."""
    return [
        _joined(at * width, list(group)) for at, group in groupby(buckets, key=lambda bucket: bucket.time // width)
    ]


def _joined(time: Millis, parts: list[Bucket]) -> Bucket:
    best = min(quality_class(part.mean, part.quality) for part in parts)
    used = [part for part in parts if quality_class(part.mean, part.quality) == best]
    # What was used of a worse class than good stays counted in `bad`, as each part counted it.
    bad = sum(part.bad for part in parts)
    count = sum(part.count for part in used)
    if best == MISSING_CLASS:
        return Bucket(time, None, None, None, 0, MISSING, bad)
    mean = sum(part.mean * part.count for part in used if part.mean is not None) / count
    return Bucket(
        time,
        min(part.min for part in used if part.min is not None),
        mean,
        max(part.max for part in used if part.max is not None),
        count,
        min(part.quality for part in used),
        bad,
    )
