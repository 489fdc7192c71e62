"""Exceedances of a period with what flowed meanwhile, the alert of the same time, and what people found out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.registry import CompliancePoint
from domain.report_head import Policy, Span
from domain.report_measured import Episode
from domain.report_recorded import Alerts
from domain.report_records import EpisodeNote
from reports.alert_summary import LOOK_BACK, alert_of, alerts_between, said, summary
from reports.alerts_as_of import as_of_all
from reports.episodes import Beyond
from reports.kept import rounded
from reports.parameter import ParameterCourse
from reports.sources import Sources
from reports.volumes import VolumeCourse


class Exceedances:
    """Reads the alerts of the point's devices once, for the summary and for the exceedances."""

    def __init__(self, books: Sources, point: CompliancePoint, span: Span, policy: Policy) -> None:
        self._book, self._rules, self._span, self._policy = books.alerts, books.rules, span, policy
        found = alerts_between(self._book, point.devices, span.start - LOOK_BACK, span.stop)
        self._alerts = as_of_all(self._book, found, span.stop)
        self._notes = books.logbook.episode_notes(point.id, span.start, span.stop) if books.logbook else []

    def summary(self) -> Alerts:
        """Of the alerts that began in the period."""
        return summary(self._alerts, self._span.start, self._span.stop, self._rules)

    def episodes(
        self, courses: Mapping[tuple[str, str], ParameterCourse], volumes: VolumeCourse | None
    ) -> tuple[Episode, ...]:
        """The listed exceedances of all parameters, by time."""
        found = [
            self._episode(device, course, one, volumes)
            for (device, _), course in courses.items()
            for one in course.episodes.listed()
        ]
        return tuple(sorted(found, key=lambda one: (one.start, one.device, one.metric)))

    def _episode(self, device: str, course: ParameterCourse, one: Beyond, volumes: VolumeCourse | None) -> Episode:
        info, slack = course.info, self._policy.join * 1000
        volume, covered = volumes.between(one.start, one.stop) if volumes else (None, 0.0)
        alert = alert_of(self._alerts, device, info.metric, one.start, one.stop, slack)
        life = self._book.lives([alert.id])[alert.id] if alert else []
        life = [step for step in life if step.at < self._span.stop]
        notes = [n for n in self._notes if n.metric == info.metric and n.start < one.stop and one.start < n.stop]
        return Episode(
            device=device,
            metric=info.metric,
            unit=info.unit,
            limit=one.limit,
            above=one.above,
            start=one.start,
            stop=one.stop,
            peak=rounded(one.peak) or 0.0,
            mean=rounded(one.mean) or 0.0,
            volume=volume,
            volume_covered=covered,
            open=one.stop >= self._span.stop,
            cause=_joined(note.cause for note in notes),
            response=_joined([*_responses(notes), said(life) or ""]),
            alert=alert.id if alert else None,
            found_late=alert.found_late if alert else None,
            acknowledged_by=alert.acknowledged_by if alert else None,
        )


def _responses(notes: Sequence[EpisodeNote]) -> list[str]:
    return [note.response for note in notes]


def _joined(words: Iterable[str]) -> str | None:
    return "; ".join(word for word in words if word) or None
