"""Which limit set held at a compliance point on which day, and what that means for each parameter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from domain.errors import Invalid
from domain.registry import CompliancePoint, Installation, Limit, LimitSet
from domain.report_head import Label, LimitSetUsed
from domain.report_measured import Days, LimitInForce
from domain.text import Text


def label(text: Text) -> Label:
    """A phrase of the registry as one of the report."""
    return Label(text.id, text.en)


class LimitCalendar:
    """The limit sets of one point, day by day: the point's `limit_set` first, then the others in their order.

    Raises Invalid where the point names a set that does not exist.
    """

    def __init__(self, installation: Installation, point: CompliancePoint, days: Sequence[date]) -> None:
        known = {limits.id: limits for limits in installation.limit_sets}
        named = (point.limit_set, *point.earlier_limit_sets)
        lost = [name for name in named if name not in known]
        if lost:
            raise Invalid(f"compliance point {point.id} names the limit set {lost[0]}, which does not exist", "point")
        self.days = days
        self.sets = [known[name] for name in named]
        self._of = {day: next((one for one in self.sets if _holds(one, day)), None) for day in days}

    def on(self, day: date) -> LimitSet | None:
        """The set in force; None where there is a gap in their dates."""
        if day in self._of:
            return self._of[day]
        return next((one for one in self.sets if _holds(one, day)), None)

    def limit(self, metric: str, day: date, *, laboratory: bool = False) -> Limit | None:
        """What holds for a parameter on a day, measured by a sensor or (with `laboratory`) by a laboratory too."""
        limits = self.on(day)
        if limits is None:
            return None
        fitting = (one for one in limits.limits if one.metric == metric and (laboratory or not one.laboratory))
        return next(fitting, None)

    def used(self) -> tuple[LimitSetUsed, ...]:
        """The sets that held, each stretch of days on its own."""
        spans = _stretches((day, self._of[day]) for day in self.days)
        return tuple(
            LimitSetUsed(
                one.id, label(one.name), one.source, one.valid_from, one.valid_until, first, last, version_of(one)
            )
            for first, last, one in spans
            if one is not None
        )

    def without(self) -> tuple[Days, ...]:
        """The days on which no set held."""
        spans = _stretches((day, self._of[day]) for day in self.days)
        return tuple(Days(first, last) for first, last, one in spans if one is None)

    def limits_of(self, metric: str) -> tuple[LimitInForce, ...]:
        """The limits of one parameter that sensors are judged by, each with its days."""
        return tuple(
            LimitInForce(one.id, limit.unit, limit.min, limit.max, first, last)
            for first, last, one in _stretches((day, self._of[day]) for day in self.days)
            if one is not None
            for limit in one.limits
            if limit.metric == metric and not limit.laboratory
        )

    def metrics(self) -> list[str]:
        """Every parameter that any set of the point limits by sensor, in the order of the sets."""
        return list(dict.fromkeys(m.metric for one in self.sets for m in one.limits if not m.laboratory))

    def name(self, metric: str) -> Label | None:
        """What the sets call a parameter."""
        texts = (m.name for one in self.sets for m in one.limits if m.metric == metric)
        return next((label(text) for text in texts if text is not None), None)


def _holds(limits: LimitSet, day: date) -> bool:
    return limits.valid_from <= day and (limits.valid_until is None or day <= limits.valid_until)


def _stretches(
    of: Iterable[tuple[date, LimitSet | None]],
) -> list[tuple[date, date, LimitSet | None]]:
    spans: list[tuple[date, date, LimitSet | None]] = []
    for day, one in of:
        if spans and spans[-1][2] is one and spans[-1][1] + timedelta(days=1) == day:
            spans[-1] = (spans[-1][0], day, one)
        else:
            spans.append((day, day, one))
    return spans


def version_of(limits: LimitSet) -> str:
    """Twelve hexadecimal digits that change with anything the set says."""
    content = msgspec.json.encode(limits.model_dump(mode="json"), order="sorted")
    return hashlib.sha256(content).hexdigest()[:12]
