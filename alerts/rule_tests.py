"""Tests of rules for people: a story as data is played on an empty stage, by the real engine, and compared."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Final, Protocol

from alerts.rule_scene import RULE_OF, Scene, scene_of
from alerts.rule_verdict import differences
from alerts.work import TickReport
from domain.alert import Alert
from domain.counters import Tally
from domain.errors import Conflict, Invalid
from domain.ports import AlertBook, AlertDesk, Journal, ProfileBook, Registry
from domain.reading import GOOD, MISSING, Millis, Reading
from domain.registry import Installation
from domain.timeline import Deed, Difference, Step, Timeline, TimelineReport

BEGINS: Final[Millis] = 1_767_546_000_000  # Monday 2026-01-05, 00.00 WIB: where a story begins unless it says
MOST_TICKS: Final = 50_000
PAGE: Final = 500


class Opened(Protocol):
    """A stage: the records of an installation of its own, and the engine that judges there."""

    @property
    def journal(self) -> Journal: ...
    @property
    def book(self) -> AlertBook: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def desk(self) -> AlertDesk: ...

    def tick(self, now: Millis) -> TickReport:
        """One tick of the engine."""
        ...


Stage = Callable[[ProfileBook], AbstractContextManager[Opened]]
"""Opens an empty stage on which these profiles hold; nothing of it is left afterwards."""


def play(
    timeline: Timeline, stage: Stage, installation: Installation, rule_of: RULE_OF, profiles: ProfileBook
) -> TimelineReport:
    """Play it and compare. Raises Invalid, naming the key, for a story that cannot be told."""
    scene = scene_of(timeline, installation, rule_of, profiles)
    with stage(scene.profiles) as opened:
        player = Player(timeline, scene, opened)
        player.play()
        told, found = player.told(), player.alerts()
    wrong = [*player.unjudged(), *player.unmet, *differences(timeline, told, found, player.start)]
    return TimelineReport(scene.rule.id, timeline.why, told, wrong)


class Player:
    """Plays one story on a stage, with the ticks between its steps."""

    def __init__(self, timeline: Timeline, scene: Scene, stage: Opened) -> None:
        self._story, self._scene, self._stage = timeline, scene, stage
        self._tick = round(timeline.tick * 1000)
        self.start = _start(timeline)
        self._now = self.start
        self.unmet: list[Difference] = []
        self._bad: dict[str, str] = {}

    def play(self) -> None:
        """All of it, to the end."""
        self._check_order()
        self._stage.registry.apply(self._scene.installation, "story", self.start)
        self._pass(self.start)
        for number, step in enumerate(self._story.steps):
            self._wait_until(self.millis(step.at))
            self._do(number, step)
            self._pass(self._now)
            self._look(number, step)
        if self._story.end is not None:
            self._wait_until(self.millis(self._story.end))
            self._pass(self._now)

    def unjudged(self) -> list[Difference]:
        """The rules that could not be judged, with their errors: what else came otherwise follows from that."""
        own = self._scene.rule.id
        return [
            Difference("rule" if name == own else f"rule {name}", "it can be judged", error)
            for name, error in self._bad.items()
        ]

    def alerts(self) -> list[Alert]:
        """Those of the rule, oldest first."""
        found: list[Alert] = []
        after: str | None = None
        while True:
            page = self._stage.book.page(after, PAGE, None, None, None, False)
            found += [alert for alert in page.items if alert.rule == self._scene.rule.id]
            if page.next is None:
                return found[::-1]
            after = page.next

    def told(self) -> list[str]:
        """`10 raised normal>unacknowledged`, of all alerts, one after the other."""
        return [
            f"{(t.at - self.start) / 1000:g} {t.event} {t.from_state}>{t.to_state}"
            + ("" if t.who == "pantau" else f" {t.who}")
            for alert in self.alerts()
            for t in self._stage.book.transitions(alert.id)
        ]

    def millis(self, at: float | datetime) -> Millis:
        """A moment of the story. Raises Invalid for a time without zone."""
        return moment(at, self.start)

    def _check_order(self) -> None:
        before = self.start
        for number, step in enumerate(self._story.steps):
            at = self.millis(step.at)
            if at < before:
                raise Invalid("comes before the step above it", f"steps[{number}].at")
            before = at
        end = before if self._story.end is None else self.millis(self._story.end)
        if end < before:
            raise Invalid("comes before the last step", "end")
        if (end - self.start) / self._tick > MOST_TICKS:
            raise Invalid(f"the story needs more than {MOST_TICKS} ticks; give a longer tick, or tell less", "tick")

    def _wait_until(self, at: Millis) -> None:
        for now in range(self._now + self._tick, at, self._tick):
            self._pass(now)
        self._now = max(self._now, at)

    def _pass(self, now: Millis) -> None:
        self._bad |= self._stage.tick(now).bad

    def _do(self, number: int, step: Step) -> None:
        readings = self._readings(step)
        if readings:
            self._stage.journal.append(readings, Tally())
        if step.do is not None:
            self._act(number, step)

    def _readings(self, step: Step) -> list[Reading]:
        values = step.values or (() if step.value is None else (step.value,))
        if not values:
            return []
        times = [self.millis(time) for time in step.times] or [self._now] * len(values)
        series = self._scene.series(step.device, step.metric)
        numbers = [float(value) if isinstance(value, int | float) else None for value in values]
        return [
            Reading(series, time, value, step.quality or (GOOD if value is not None else MISSING), None, self._now)
            for time, value in zip(times, numbers, strict=True)
        ]

    def _act(self, number: int, step: Step) -> None:
        place, alerts = f"steps[{number}].do", self.alerts()
        if not alerts:
            self.unmet.append(Difference(place, f"an alert to {step.do}", None))
            return
        try:
            self._deed(step, alerts[-1].id)
        except (Conflict, Invalid) as error:
            if not step.refused:
                self.unmet.append(Difference(place, f"{step.do} is possible", str(error)))
        else:
            if step.refused:
                self.unmet.append(Difference(place, f"{step.do} is refused", "it was possible"))

    def _deed(self, step: Step, alert: str) -> None:
        desk, who, now, words = self._stage.desk, step.who, self._now, step.comment
        match step.do:
            case Deed.ACKNOWLEDGE:
                desk.acknowledge(alert, who, words, now)
            case Deed.SHELVE:
                assert step.until is not None
                desk.shelve(alert, who, self.millis(step.until), words or "-", now)
            case Deed.UNSHELVE:
                desk.unshelve(alert, who, words, now)
            case Deed.COMMENT:
                desk.comment(alert, who, words or "-", now)
            case Deed.TAKE_OUT:
                desk.take_out(alert, who, words or "-", now)
            case Deed.PUT_BACK:
                desk.put_back(alert, who, words, now)

    def _look(self, number: int, step: Step) -> None:
        if step.expect is None:
            return
        states = [alert.state for alert in self.alerts()]
        found = states[-1] if states else None
        if found != step.expect:
            self.unmet.append(Difference(f"steps[{number}].expect", step.expect, found or "no alert"))


def moment(at: float | datetime, start: Millis) -> Millis:
    """Seconds after the beginning, or a moment with its zone. Raises Invalid for one without."""
    if not isinstance(at, datetime):
        return start + round(at * 1000)
    if at.tzinfo is None:
        raise Invalid(f"{at.isoformat()} needs a zone, such as {at.isoformat()}+07:00", "at")
    return round(at.astimezone(UTC).timestamp() * 1000)


def _start(timeline: Timeline) -> Millis:
    """What the story says; else the hour before its first step where that is a moment; else a Monday."""
    first = timeline.steps[0].at
    given = timeline.start if timeline.start is not None else first if isinstance(first, datetime) else None
    return BEGINS if given is None else moment(given, 0)
