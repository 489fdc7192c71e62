"""What a rule would have done on stored history, before it is saved (port `RuleTrials`).

Readings are read day by day and series by series, so memory stays flat however long the history; the kinds' own
evaluators judge them (`alerts.trial_series`). Nothing is kept, nobody is told.
"""

from __future__ import annotations

from threading import Event, Lock
from typing import Final

from alerts.chattering import chatters, ring
from alerts.rule_tests import Stage, play
from alerts.trial_run import Run, Trial
from alerts.trial_scope import Ground
from domain.errors import Conflict, Invalid
from domain.ports import Maintenance, ProfileBook, ReadingQuery, Registry, RuleBook
from domain.reading import Millis
from domain.references import reference_problems
from domain.registry import Installation
from domain.rule import Rule, SystemRule
from domain.rule_record import Episode, WhatIf
from domain.text import Text
from domain.timeline import Timeline, TimelineReport

MOST_EPISODES: Final = 1000  # listed; all are counted
ALWAYS: Final = (
    Text(
        id="data tersimpan tidak mencatat kapan diterima: waktu terima dianggap sama dengan waktu ukur",
        en="stored readings do not say when they arrived: each is taken as received at its own time",
    ),
    Text(
        id="dalam percobaan tidak ada yang menanggapi: tiap kali kembali normal peringatan berakhir, "
        "dan temuan berikutnya memulai peringatan baru",
        en="nobody acknowledges in a trial: every return ends an alert, and the next finding begins another",
    ),
)


class Trials:
    """One trial at a time: they read months of history. `cancel` ends the one that runs."""

    def __init__(
        self,
        registry: Registry,
        rules: RuleBook,
        profiles: ProfileBook,
        readings: ReadingQuery,
        maintenance: Maintenance,
        stage: Stage,
    ) -> None:
        """`stage` opens an empty place for `play`, closed again when the story has ended."""
        self._registry, self._rules, self._profiles = registry, rules, profiles
        self._readings, self._maintenance = readings, maintenance
        self._stage = stage
        self._busy = Lock()
        self._stop = Event()

    def what_if(self, rule: Rule, start: Millis, stop: Millis) -> WhatIf:
        """Judge the stored readings of [start, stop). Raises Invalid for a rule that refers to nothing, that cannot
        be judged where it is meant to, or of kind `system`; Conflict while another trial runs; Unavailable.
        """
        if isinstance(rule, SystemRule):
            raise Invalid("what happens to Pantau itself is not stored: there is no history to try it on", "kind")
        installation = self._registry.installation()
        self._check(rule, installation)
        if not self._busy.acquire(blocking=False):
            raise Conflict("another trial runs; try again when it has ended", "running")
        try:
            self._stop.clear()
            ground = Ground(installation, self._profiles)
            run = Run(ground, self._readings, self._maintenance.last(), self._rules.rule, start, stop, self._stop)
            return _answer(rule, run, run.of(rule))
        finally:
            self._busy.release()

    def play(self, timeline: Timeline) -> TimelineReport:
        """Tell a rule a story, with the real engine. Raises Invalid for a story that cannot be told."""
        return play(timeline, self._stage, self._registry.installation(), self._rules.rule, self._profiles)

    def cancel(self) -> None:
        """End the trial that runs; it answers with what it has, and says so."""
        self._stop.set()

    def _check(self, rule: Rule, installation: Installation) -> None:
        others = tuple(one for one in installation.rules if one.id != rule.id)
        tried = installation.model_copy(update={"rules": (rule, *others)})
        derived = {one.id for one in self._rules.rules()}
        for problem in reference_problems(tried, derived):
            if problem.key.startswith("rules[0]"):
                raise Invalid(problem.message, problem.key.removeprefix("rules[0]").removeprefix("."))


def _answer(rule: Rule, run: Run, trials: list[Trial]) -> WhatIf:
    episodes = sorted((span.episode for trial in trials for span in trial.spans), key=_newest_first)
    return WhatIf(
        rule=rule.id,
        start=run.start,
        stop=run.stop,
        readings=run.readings,
        episodes=episodes[:MOST_EPISODES],
        chattering=sum(held_down(trial) for trial in trials),
        devices=sorted({device for trial in trials for device in trial.devices}),
        notes=[*run.notes, *ALWAYS],
        truncated=run.stopped or len(episodes) > MOST_EPISODES,
        total=len(episodes),
    )


def held_down(trial: Trial) -> int:
    """How often it would have been held down for chattering (`alerts.chattering`)."""
    rings: tuple[Millis, ...] = ()
    count = 0
    for span in trial.spans:
        before = chatters(rings, span.raised)
        rings = ring(rings, span.raised)
        count += chatters(rings, span.raised) and not before
    return count


def _newest_first(episode: Episode) -> tuple[Millis, str]:
    return -episode.start, episode.device
