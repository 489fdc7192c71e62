"""One limited parameter of one device, day by day: figures, exceedances, completeness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from domain.metrics import MetricInfo
from domain.reading import Millis
from domain.registry import Limit
from domain.report_head import Label, Policy
from domain.report_measured import Completeness, Judgement, LimitInForce, Parameter, ParameterDay
from reports.episodes import EpisodeBook
from reports.gap_causes import Explanation, Stretch
from reports.gaps import EmptySlots, GapBook, Raw, Silent, hours_with
from reports.kept import bounds_of, rounded
from reports.minutes import MINUTE, Minutes, day_mean, slots_of
from reports.spacing import Spacing


def judged(value: float | None, limit: Limit | None, unit: str) -> Judgement:
    """A figure as it is kept beside its limit. At the limit is within it."""
    if value is None:
        return Judgement.NOT_MEASURED
    if limit is None:
        return Judgement.NO_LIMIT_SET
    if limit.unit != unit:
        return Judgement.UNIT_DIFFERS
    return Judgement.BEYOND if bounds_of(limit).beyond(value) else Judgement.WITHIN


def slot_of(info: MetricInfo, policy: Policy) -> Millis:
    """The policy's slot; of a device that reports less often, its own interval."""
    interval = round((info.interval or 0) * 1000)
    return max(policy.slot * 1000, -(-interval // MINUTE) * MINUTE)


class ParameterCourse:
    """Gathers a parameter's days in order; holds one row a day and the longest gaps and exceedances."""

    def __init__(
        self, info: MetricInfo, policy: Policy, raw: Raw, silent: Silent, watch: Sequence[Stretch] = ()
    ) -> None:
        """A device that reports less often than the policy's slot is counted by its own interval.

        `watch`: where all exceedances are kept (`reports.episodes`).
        """
        interval = round((info.interval or 0) * 1000)
        self.info = info
        self.slot = slot_of(info, policy)
        self.episodes = EpisodeBook(self.slot, policy.join * 1000, watch)
        self.days: list[ParameterDay] = []
        self._gaps = GapBook(self.slot, silent)
        self._spacing = Spacing(self.slot, interval)
        self._day_share, self._outage, self._raw = policy.day_share, policy.outage, raw
        self._judged_readings = 0

    def add_day(
        self,
        day: date,
        span: Stretch,
        minutes: Minutes,
        limit: Limit | None,
        explained: Callable[[], list[Explanation]],
    ) -> None:
        """One local day `span` with its minutes, the limit that held on it, and what is known of its gaps."""
        slots = slots_of(minutes, span[0], self.slot)
        mean, unit = day_mean(slots, span[0]), self.info.unit
        fits = limit is not None and limit.unit == unit
        good = int(minutes.good.sum())
        beyond = self._beyond(minutes, limit) if limit is not None and fits else 0
        if limit is not None and fits:
            self.episodes.add_day(slots, limit, span[1])
            self._judged_readings += good
        valid, expected = int((slots.good > 0).sum()), -((span[0] - span[1]) // self.slot)
        allowed = round(self._outage * self._spacing.add_day(minutes, expected))
        EmptySlots(slots, span, self.slot, allowed).enter(self._gaps, explained, self._raw)
        word = judged(mean, limit, unit)
        if word is Judgement.WITHIN and valid < self._day_share * expected:
            word = Judgement.TOO_LITTLE_DATA
        self.days.append(
            ParameterDay(
                day,
                _figure(np.fmin, slots.low),
                rounded(mean),
                _figure(np.fmax, slots.high),
                good,
                int(minutes.bad.sum()),
                beyond,
                valid,
                expected,
                word,
            )
        )

    def _beyond(self, minutes: Minutes, limit: Limit) -> int:
        """Good readings beyond a bound. Minutes that lie on both sides of it are looked at reading by reading."""
        bounds = bounds_of(limit)
        with np.errstate(invalid="ignore"):
            wholly = (minutes.low > bounds.high) | (minutes.high < bounds.low)
            partly = ((minutes.high > bounds.high) | (minutes.low < bounds.low)) & ~wholly
        count = int(minutes.good[wholly].sum())
        mixed = set(minutes.time[partly].tolist())
        for start, stop in hours_with(minutes.time[partly], MINUTE):
            for r in self._raw(start, stop):
                if r.time - r.time % MINUTE in mixed and r.usable and r.value is not None:
                    count += bounds.beyond(r.value)
        return count

    def finished(self, name: Label, device: str, limits: tuple[LimitInForce, ...]) -> Parameter:
        """The whole period."""
        means = [day.mean for day in self.days if day.mean is not None]
        lows = [day.min for day in self.days if day.min is not None]
        highs = [day.max for day in self.days if day.max is not None]
        beyond_days = sum(day.judgement is Judgement.BEYOND for day in self.days)
        self.episodes.listed()  # closes the last one, so that it is counted
        return Parameter(
            metric=self.info.metric,
            name=name,
            unit=self.info.unit,
            decimals=self.info.decimals,
            device=device,
            limits=limits,
            days=tuple(self.days),
            min=min(lows, default=None),
            mean=rounded(sum(means) / len(means)) if means else None,
            max=max(highs, default=None),
            good=sum(day.good for day in self.days),
            bad=sum(day.bad for day in self.days),
            judged_readings=self._judged_readings,
            beyond=sum(day.beyond for day in self.days),
            days_judged=beyond_days + sum(day.judgement is Judgement.WITHIN for day in self.days),
            days_beyond=beyond_days,
            episodes=self.episodes.count,
            beyond_time=self.episodes.time,
            judgement=overall([day.judgement for day in self.days], self.episodes.count, self._day_share),
            completeness=self._completeness(),
        )

    def _completeness(self) -> Completeness:
        return Completeness(
            slot=self.slot // 1000,
            valid=sum(day.valid for day in self.days),
            expected=sum(day.expected for day in self.days),
            days_covered=sum(day.valid >= self._day_share * day.expected for day in self.days),
            totals=self._gaps.totals(),
            gaps=self._gaps.listed(),
            gaps_left_out=self._gaps.left_out,
            thin=self._spacing.thin(),
        )


def overall(days: list[Judgement], episodes: int, share: float) -> Judgement:
    """Of a period: beyond where any day's mean was, or any exceedance was found; within only where at least `share`
    of its days with a limit were (the installation's own policy, as for a day's slots). How many days had none is
    said beside it.
    """
    if episodes or Judgement.BEYOND in days:
        return Judgement.BEYOND
    within = days.count(Judgement.WITHIN)
    if Judgement.TOO_LITTLE_DATA in days or within:
        limited = len(days) - days.count(Judgement.NO_LIMIT_SET)
        return Judgement.WITHIN if within >= share * limited else Judgement.TOO_LITTLE_DATA
    for word in (Judgement.UNIT_DIFFERS, Judgement.NO_LIMIT_SET):
        if word in days:
            return word
    return Judgement.NOT_MEASURED


def not_measured(metric: str, name: Label, unit: str, limits: tuple[LimitInForce, ...]) -> Parameter:
    """A limited parameter that no device of the point measures."""
    return Parameter(
        metric=metric, name=name, unit=unit, decimals=2, device=None, limits=limits, days=(), min=None, mean=None,
        max=None, good=0, bad=0, judged_readings=0, beyond=0, days_judged=0, days_beyond=0, episodes=0, beyond_time=0,
        judgement=Judgement.NOT_MEASURED, completeness=None,
    )  # fmt: skip


def _figure(least_or_most: np.ufunc, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | None:
    found = least_or_most.reduce(values) if len(values) else np.nan
    return None if np.isnan(found) else rounded(float(found))
