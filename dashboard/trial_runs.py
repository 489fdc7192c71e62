"""Trials of rules on history, one at a time and beside everything else: nobody's page waits for them."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog

from domain.errors import Conflict, PantauError
from domain.ports import RuleTrials
from domain.reading import Millis
from domain.rule import Rule
from domain.rule_record import WhatIf

KEPT: Final = 20  # results that can still be looked at
WAITING: Final = 4  # trials that wait for the one that runs
TURNS: Final = 600  # seconds to wait for a trial that a program asked for

log = structlog.get_logger()


class TrialState(StrEnum):
    """Where a trial stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Trial:
    """One question of one person. `error` says what was wrong with it."""

    id: str
    who: str
    rule: Rule
    start: Millis
    stop: Millis
    state: TrialState = TrialState.WAITING
    result: WhatIf | None = None
    error: str = ""
    began: float = 0.0  # monotonic, s

    @property
    def over(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self.state in (TrialState.DONE, TrialState.FAILED)

    @property
    def seconds(self) -> int:
        """For how long it has been running."""
        return round(time.monotonic() - self.began) if self.began else 0


class TrialRuns:
    """Runs trials in a thread of their own, one at a time. A person's newer question replaces a waiting one."""

    def __init__(self, trials: RuleTrials) -> None:
        self._trials = trials
        self._turn = threading.Lock()  # held by the trial that runs
        self._book = threading.Lock()
        self._pause = threading.Event()
        self._runs: OrderedDict[str, Trial] = OrderedDict()

    def ask(self, who: str, rule: Rule, start: Millis, stop: Millis) -> Trial | None:
        """Begin one, or None while too many wait."""
        trial = Trial(secrets.token_urlsafe(12), who, rule, start, stop)
        with self._book:
            for other in self._runs.values():
                if other.who == who and other.state is TrialState.WAITING:
                    other.state = TrialState.FAILED
            if sum(other.state is TrialState.WAITING for other in self._runs.values()) >= WAITING:
                return None
            self._runs[trial.id] = trial
            self._forget()
        threading.Thread(target=self._run, args=(trial,), name="trial", daemon=True).start()
        return trial

    def find(self, trial: str, who: str) -> Trial | None:
        """One that this person asked for; None for one that is forgotten."""
        with self._book:
            found = self._runs.get(trial)
        return found if found is not None and found.who == who else None

    def _forget(self) -> None:
        for name in [name for name, trial in self._runs.items() if trial.over][:-KEPT]:
            del self._runs[name]

    def _answer(self, trial: Trial) -> WhatIf:
        """Programs ask as well: while one of theirs runs, ours waits for its turn."""
        for _ in range(TURNS):
            try:
                return self._trials.what_if(trial.rule, trial.start, trial.stop)
            except Conflict:
                self._pause.wait(1.0)
        return self._trials.what_if(trial.rule, trial.start, trial.stop)

    def _run(self, trial: Trial) -> None:
        with self._turn:
            if trial.over:  # replaced while it waited
                return
            trial.began, trial.state = time.monotonic(), TrialState.RUNNING
            try:
                trial.result = self._answer(trial)
                trial.state = TrialState.DONE
            except PantauError as error:
                trial.error, trial.state = str(error), TrialState.FAILED
            except Exception:
                log.exception("trial failed", rule=trial.rule.id)
                trial.error, trial.state = "", TrialState.FAILED
