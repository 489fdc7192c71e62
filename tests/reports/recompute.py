"""Ten figures of a report out of raw rows, worked out in the plainest way. Shares no code with `reports/`.

Rows are (time ms UTC, value, quality). Days are those of `offset` hours ahead of UTC (WIB: 7).
"""

from __future__ import annotations

Row = tuple[int, float | None, int]
HOUR = 3_600_000
DAY = 24 * HOUR


def good(rows: list[Row], start: int, stop: int) -> list[tuple[int, float]]:
    """Good readings of a stretch."""
    return [(t, v) for t, v, q in rows if start <= t < stop and q <= 2 and v is not None]


def day_mean(rows: list[Row], start: int) -> float | None:
    """Two-minute means, their hourly means, the mean of those."""
    of_day = good(rows, start, start + DAY)
    hours = []
    for hour in range(24):
        begin = start + hour * HOUR
        of_hour = [(t, v) for t, v in of_day if begin <= t < begin + HOUR]
        slots = []
        for slot in range(30):
            first = begin + slot * 120_000
            values = [v for t, v in of_hour if first <= t < first + 120_000]
            if values:
                slots.append(sum(values) / len(values))
        if slots:
            hours.append(sum(slots) / len(slots))
    return sum(hours) / len(hours) if hours else None


def month_mean(rows: list[Row], start: int, days: int) -> float:
    """The mean of the days' means."""
    means = [day_mean(rows, start + n * DAY) for n in range(days)]
    found = [mean for mean in means if mean is not None]
    return sum(found) / len(found)


def extremes(rows: list[Row], start: int, stop: int) -> tuple[float, float]:
    """The least and the greatest good reading."""
    values = [v for _, v in good(rows, start, stop)]
    return min(values), max(values)


def beyond(rows: list[Row], start: int, stop: int, low: float, high: float) -> int:
    """How many good readings lie beyond."""
    return sum(v < low or v > high for _, v in good(rows, start, stop))


def valid_slots(rows: list[Row], start: int, stop: int) -> int:
    """Two-minute slots with a good reading."""
    return len({(t - start) // 120_000 for t, _ in good(rows, start, stop)})


def counted(rows: list[Row], before: float | None, start: int, stop: int) -> float:
    """What a totaliser that may be set back to zero counted: the sum of its rises; a fall counts nothing."""
    total, last = 0.0, before
    for _, value in good(rows, start, stop):
        if last is not None and value > last:
            total += value - last
        last = value
    return total


def poured(rows: list[Row], start: int, stop: int, every: int) -> float:
    """m3 of a flow in m3/h that was read each `every` ms without a gap: the sum of its readings."""
    return sum(value for _, value in good(rows, start, stop)) * every / HOUR


def longest_empty(rows: list[Row], start: int, stop: int) -> tuple[int, int]:
    """The longest run of two-minute slots without a good reading: its start, and how many slots."""
    filled = {(t - start) // 120_000 for t, _ in good(rows, start, stop)}
    best = (0, 0)
    run = 0
    for slot in range((stop - start) // 120_000 + 1):
        if slot not in filled and slot < (stop - start) // 120_000:
            run += 1
            continue
        if run > best[1]:
            best = (start + (slot - run) * 120_000, run)
        run = 0
    return best


def first_exceedance(rows: list[Row], start: int, stop: int, high: float) -> tuple[int, int, float]:
    """Start, end and peak of the first run of two-minute means above, joined across ten minutes."""
    slots: dict[int, list[float]] = {}
    for t, v in good(rows, start, stop):
        slots.setdefault((t - start) // 120_000, []).append(v)
    above = [n for n in sorted(slots) if sum(slots[n]) / len(slots[n]) > high]
    last = above[0]
    for n in above[1:]:
        if (n - last - 1) * 120_000 > 600_000:
            break
        last = n
    run = [n for n in above if above[0] <= n <= last]
    return start + above[0] * 120_000, start + (last + 1) * 120_000, max(max(slots[n]) for n in run)
