"""Follows what people did to the data through a report's days: corrections, and judgement by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from msgspec.structs import replace

from domain.metrics import MetricInfo
from domain.registry import Limit
from domain.report_edits import Corrections, HandJudgements, Seen
from domain.report_head import Policy, Span
from domain.report_measured import Parameter
from domain.report_water import Volume
from reports.corrections import (
    corrected_stretches,
    corrections_taken_out,
    corrections_used,
    episodes_compared,
)
from reports.gap_causes import Stretch
from reports.hand_judgements import (
    exceedances_set_aside,
    hand_judged,
    judged_stretches,
    judgements_taken_out,
)
from reports.meter_course import Meter
from reports.minutes import Minutes
from reports.otherwise import Key, Otherwise, series_of
from reports.parameter import ParameterCourse
from reports.sources import Sources

LISTED: Final = 100  # exceedances of a kind that are listed; all are counted


@dataclass
class Counted:
    """What the report counts in the end."""

    courses: Mapping[Key, ParameterCourse]
    parameters: Sequence[Parameter]
    volume: Volume


class Edits:
    """Two more views of the readings where people touched them; nothing where nobody did."""

    def __init__(
        self, sources: Sources, policy: Policy, span: Span, measured: Sequence[Key], meters: Sequence[Meter]
    ) -> None:
        series = list(dict.fromkeys([*measured, *series_of(meters)]))
        self._sources, self._spans = sources, dict[date, Stretch]()
        self._slack = (policy.join + policy.slot) * 1000
        self._corrections = corrections_used(sources, series, span)
        self._judgements = hand_judged(sources, series, span)
        self._corrections_out = tuple(corrections_taken_out(sources, series, span))
        self._judgements_out = tuple(judgements_taken_out(sources, series, span))
        corrected = corrected_stretches(self._corrections, span) if sources.as_came else {}
        judged = judged_stretches(self._judgements, span) if sources.unjudged else {}
        self._raw = Otherwise(sources.as_came or sources.readings, corrected, policy, meters)
        self._unjudged = Otherwise(sources.unjudged or sources.readings, judged, policy, meters)

    def watch(self, device: str, metric: str) -> list[Stretch]:
        """Where exceedances of a series must all be kept: a joined one may begin a little before."""
        key = (device, metric)
        touched = [*self._raw.touched.get(key, ()), *self._unjudged.touched.get(key, ())]
        return [(start - self._slack, stop + self._slack) for start, stop in touched]

    def follow(self, device: str, info: MetricInfo) -> None:
        """One of the parameters that the report counts."""
        for view in (self._raw, self._unjudged):
            view.follow(device, info, self.watch(device, info.metric))

    def add_day(
        self, device: str, metric: str, day: date, span: Stretch, minutes: Minutes, limit: Limit | None
    ) -> None:
        """One day of a parameter as it is counted."""
        for view in (self._raw, self._unjudged):
            view.add_day(device, metric, day, span, minutes, limit)

    def add_volume_day(self, day: date, span: Stretch) -> None:
        """The same day of the meter."""
        self._spans[day] = span
        for view in (self._raw, self._unjudged):
            view.add_volume_day(day, span)

    def corrections(self, counted: Counted) -> Corrections:
        """Which were in force, and what they changed."""
        episodes = episodes_compared(self._raw, counted.courses)
        return Corrections(
            used=tuple(self._corrections),
            parameters=self._raw.compared(counted.parameters, self._spans),
            volume=self._raw.compared_volume(counted.volume),
            episodes=tuple(episodes[:LISTED]),
            raw_only=sum(one.seen is Seen.RAW_ONLY for one in episodes),
            corrected_only=sum(one.seen is Seen.CORRECTED_ONLY for one in episodes),
            taken_out=self._corrections_out,
        )

    def judgements(self, counted: Counted) -> HandJudgements:
        """What people judged, and what is not counted because of it."""
        untouched = self._sources.untouched or self._sources.readings
        aside = exceedances_set_aside(self._unjudged, counted.courses, self._judgements, untouched)
        used = [
            replace(one, exceedances=sum((one.device, one.metric) == (a.device, a.metric) and one.id in a.judgements
                                         for a in aside))
            for one in self._judgements
        ]  # fmt: skip
        return HandJudgements(
            used=tuple(used),
            parameters=self._unjudged.compared(counted.parameters, self._spans),
            volume=self._unjudged.compared_volume(counted.volume),
            set_aside=tuple(aside[:LISTED]),
            wholly=sum(one.wholly for one in aside),
            partly=sum(not one.wholly for one in aside),
            taken_out=self._judgements_out,
        )
