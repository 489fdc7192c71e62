"""The corrections that a report's figures rest on, and what they changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from domain.calibration import Correction
from domain.counter_metrics import CounterMetrics
from domain.errors import NotFound
from domain.evidence import Revision
from domain.reading import Millis
from domain.report_edits import CorrectionUsed, Course, EarlierCorrection, EpisodeCompared, Seen, Written
from domain.report_head import Span
from domain.report_records import CalibrationRecord
from reports.episodes import Beyond
from reports.gap_causes import Stretch
from reports.kept import rounded
from reports.otherwise import Key, Otherwise, shares
from reports.parameter import ParameterCourse
from reports.sources import Sources

T = TypeVar("T")


def written(one: Revision[T]) -> Written:
    """Who entered a revision, and when."""
    return Written(one.number, one.who, one.at, one.note)


def corrections_used(sources: Sources, series: Iterable[Key], span: Span) -> list[CorrectionUsed]:
    """Those in force on any moment of the period, by series and start. One that only ends the one before is told
    where it lies in the period.
    """
    book = sources.corrections
    if book is None:
        return []
    found: list[CorrectionUsed] = []
    for device, metric in series:
        steps = book.touching(device, metric, 0, span.stop)
        for one, after in pairwise([*sorted(steps, key=lambda step: step.record.start), None]):
            stop = None if after is None else after.record.start
            if one is None or (stop is not None and stop <= span.start):
                continue
            used = _used(one, stop, sources)
            if not (used.ends and used.start < span.start):
                found.append(used)
    return found


def corrections_taken_out(sources: Sources, series: Iterable[Key], span: Span) -> list[CorrectionUsed]:
    """Those that were removed and begin in the period, or counted in it until they were removed; by series, start."""
    book = sources.corrections
    if book is None:
        return []
    found = [one for device, metric in series for one in book.taken_out(device, metric, 0, span.stop)]
    return [_used(one, None, sources) for one in found if max(one.record.start, one.at) >= span.start]


def _used(one: Revision[Correction], stop: Millis | None, sources: Sources) -> CorrectionUsed:
    record = one.record
    revisions = _calibration(record.calibration, sources)
    then = [revision for revision in revisions if revision.at <= one.at] or revisions[:1]
    earlier = sources.corrections.history(one.id)[: one.number - 1] if sources.corrections else []
    return CorrectionUsed(
        id=one.id,
        device=record.device,
        metric=record.metric,
        start=record.start,
        stop=stop,
        slope=record.slope,
        offset=record.offset,
        reason=record.reason,
        written=written(one),
        calibration=record.calibration,
        calibration_revision=then[-1].number if then else None,
        calibration_newest=revisions[-1].number if revisions else None,
        certificate=then[-1].record.certificate if then else "",
        calibration_start=then[-1].record.start if then else None,
        earlier=tuple(_earlier(revision) for revision in earlier),
        ignored=CounterMetrics(sources.registry, sources.profiles)(record.device, record.metric),
    )


def _earlier(one: Revision[Correction]) -> EarlierCorrection:
    record = one.record
    return EarlierCorrection(written(one), record.start, record.slope, record.offset, record.reason)


def _calibration(name: str | None, sources: Sources) -> list[Revision[CalibrationRecord]]:
    """Every revision of the calibration a correction rests on, oldest first; none where it names none that exists."""
    if name is None or sources.calibration_history is None:
        return []
    try:
        return sources.calibration_history.history(name)
    except NotFound:
        return []


def corrected_stretches(used: Sequence[CorrectionUsed], span: Span) -> dict[Key, list[Stretch]]:
    """Per series the stretches of the period in which values were changed."""
    found: dict[Key, list[Stretch]] = {}
    for one in used:
        stop = span.stop if one.stop is None else min(one.stop, span.stop)
        if not one.ends and not one.ignored:
            found.setdefault((one.device, one.metric), []).append((max(one.start, span.start), stop))
    return found


def episodes_compared(view: Otherwise, courses: Mapping[Key, ParameterCourse]) -> list[EpisodeCompared]:
    """The exceedances that a correction touches, by time: in raw values, in corrected ones, or in both."""
    found = [one for key in view.courses for one in _series(key, view, courses[key])]
    return sorted(found, key=lambda one: (_start(one), one.device, one.metric))


def _start(one: EpisodeCompared) -> Millis:
    return min(course.start for course in (one.raw, one.corrected) if course is not None)


def _series(key: Key, view: Otherwise, counted: ParameterCourse) -> Iterable[EpisodeCompared]:
    touched = view.touched[key]
    raw = [one for one in view.episodes(*key) if shares(one.start, one.stop, touched)]
    corrected = [one for one in counted.episodes.watched() if shares(one.start, one.stop, touched)]
    for one in corrected:
        twin = next((other for other in raw if overlap(one, other)), None)
        seen = Seen.CORRECTED_ONLY if twin is None else Seen.BOTH
        yield _episode(key, counted, one, seen, twin, one)
    for one in raw:
        if not any(overlap(one, other) for other in corrected):
            yield _episode(key, counted, one, Seen.RAW_ONLY, one, None)


def overlap(one: Beyond, other: Beyond) -> Millis:
    """ms that two exceedances of one series share on the same side; 0 for none."""
    return 0 if one.above != other.above else max(0, min(one.stop, other.stop) - max(one.start, other.start))


def _episode(
    key: Key, course: ParameterCourse, one: Beyond, seen: Seen, raw: Beyond | None, corrected: Beyond | None
) -> EpisodeCompared:
    unit = course.info.unit
    return EpisodeCompared(*key, unit, one.limit, one.above, seen, _course(raw), _course(corrected))


def _course(one: Beyond | None) -> Course | None:
    return None if one is None else Course(one.start, one.stop, rounded(one.peak) or 0.0)
