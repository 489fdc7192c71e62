"""What people set aside by hand, and what that took out of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from domain import function_check
from domain.condition import HandJudgement, kind_of
from domain.evidence import Revision
from domain.function_check import FunctionCheck
from domain.ports import ReadingQuery
from domain.reading import FAIL, Millis
from domain.report_edits import EarlierJudgement, HandJudged, SetAside
from domain.report_head import Span
from reports.corrections import overlap, written
from reports.episodes import Beyond
from reports.gap_causes import Stretch
from reports.kept import rounded
from reports.minutes import MINUTE, read_minutes
from reports.otherwise import Key, Otherwise, shares
from reports.parameter import ParameterCourse
from reports.sources import Sources

DAY: Millis = 86_400_000


def hand_judged(sources: Sources, series: Iterable[Key], span: Span) -> list[HandJudged]:
    """Those that share a moment with the period, by series and start; calibration mode among them."""
    found: list[HandJudged] = []
    for device, metric in series:
        mine = [*_judgements(sources, device, metric, span), *_checks(sources, device, metric, span)]
        found += sorted(mine, key=lambda one: (one.start, one.id))
    return [replace(one, time=clipped(one, span), readings=_taken_out(sources, one, span)) for one in found]


def judgements_taken_out(sources: Sources, series: Iterable[Key], span: Span) -> list[HandJudged]:
    """Those of the period that were removed, by series and start; calibration mode among them."""
    found: list[HandJudged] = []
    for device, metric in series:
        mine: list[HandJudged] = []
        if (book := sources.judgements) is not None:
            gone = book.taken_out(device, metric, span.start, span.stop)
            mine += [_judged(one, book.history(one.id)[: one.number - 1]) for one in gone]
        if (checks := sources.checks) is not None:
            modes = (
                one for one in checks.taken_out(device, None, span.start, span.stop) if metric in one.record.metrics
            )
            mine += [_checked(one, metric, checks.history(one.id)[: one.number - 1]) for one in modes]
        found += sorted(mine, key=lambda one: (one.start, one.id))
    return found


def clipped(one: HandJudged, span: Span) -> Millis:
    """ms of it within the period."""
    return min(one.stop, span.stop) - max(one.start, span.start)


def _judgements(sources: Sources, device: str, metric: str, span: Span) -> list[HandJudged]:
    book = sources.judgements
    found = book.touching(device, metric, span.start, span.stop) if book else []
    return [_judged(one, book.history(one.id)[: one.number - 1] if book else []) for one in found]


def _judged(one: Revision[HandJudgement], before: Sequence[Revision[HandJudgement]]) -> HandJudged:
    said = one.record
    earlier = tuple(
        EarlierJudgement(
            written(was), was.record.start, was.record.stop, was.record.category.value, was.record.flag,
            was.record.description,
        )
        for was in before
    )  # fmt: skip
    return HandJudged(
        one.id, said.device, said.metric, said.start, said.stop, said.category.value, kind_of(said.category),
        said.flag, said.description, written(one), 0, 0, 0, earlier,
    )  # fmt: skip


def _checks(sources: Sources, device: str, metric: str, span: Span) -> list[HandJudged]:
    book = sources.checks
    found = book.touching(device, None, span.start, span.stop) if book else []
    mine = [one for one in found if metric in one.record.metrics]
    return [_checked(one, metric, book.history(one.id)[: one.number - 1] if book else []) for one in mine]


def _checked(one: Revision[FunctionCheck], metric: str, before: Sequence[Revision[FunctionCheck]]) -> HandJudged:
    said, word = one.record, function_check.REASON
    earlier = tuple(
        EarlierJudgement(written(was), was.record.start, was.record.stop, word, FAIL, was.record.note)
        for was in before
    )
    return HandJudged(
        one.id, said.device, metric, said.start, said.stop, word, None, FAIL, said.note, written(one), 0, 0, 0,
        earlier,
    )  # fmt: skip


def _taken_out(sources: Sources, one: HandJudged, span: Span) -> int:
    """Readings of the period inside it that would be good without what people judged."""
    view, start, stop = sources.unjudged, max(one.start, span.start), min(one.stop, span.stop)
    if view is None:
        return 0
    return sum(
        _usable(view, one.device, one.metric, begin, min(stop, begin + DAY)) for begin in range(start, stop, DAY)
    )


def _usable(view: ReadingQuery, device: str, metric: str, start: Millis, stop: Millis) -> int:
    """Whole minutes by their count, what is left at the edges reading by reading."""
    first, last = -(-start // MINUTE) * MINUTE, stop // MINUTE * MINUTE
    edges = [(start, stop)] if last <= first else [(start, first), (last, stop)]
    inside = int(read_minutes(view, device, metric, first, last).good.sum())
    return inside + sum(r.usable for begin, end in edges if begin < end for r in view.raw(device, metric, begin, end))


def judged_stretches(used: Sequence[HandJudged], span: Span) -> dict[Key, list[Stretch]]:
    """Per series the stretches of the period that people judged."""
    found: dict[Key, list[Stretch]] = {}
    for one in used:
        stretch = (max(one.start, span.start), min(one.stop, span.stop))
        found.setdefault((one.device, one.metric), []).append(stretch)
    return found


def exceedances_set_aside(
    view: Otherwise, courses: Mapping[Key, ParameterCourse], used: Sequence[HandJudged], untouched: ReadingQuery
) -> list[SetAside]:
    """The exceedances that are not counted, or shorter, because of a judgement, by time."""
    found = [
        _set_aside(key, courses[key], one, used, untouched)
        for key in view.courses
        for one in view.episodes(*key)
        if shares(one.start, one.stop, view.touched[key])
    ]
    shorter = [one for one in found if one.left < one.stop - one.start]
    return sorted(shorter, key=lambda one: (one.start, one.device, one.metric))


def _set_aside(
    key: Key, counted: ParameterCourse, one: Beyond, used: Sequence[HandJudged], untouched: ReadingQuery
) -> SetAside:
    left = sum(overlap(one, other) for other in counted.episodes.watched())
    judged = [by.id for by in used if (by.device, by.metric) == key and by.start < one.stop and one.start < by.stop]
    peak = _raw_peak(untouched, key, one)
    return SetAside(
        *key, counted.info.unit, one.limit, one.above, one.start, one.stop, peak, left == 0, left, tuple(judged)
    )


def _raw_peak(untouched: ReadingQuery, key: Key, one: Beyond) -> float:
    minutes = read_minutes(untouched, *key, one.start, one.stop).usable()
    figures = minutes.high if one.above else minutes.low
    found = one.peak if not len(figures) else float(figures.max() if one.above else figures.min())
    return rounded(found) or 0.0
