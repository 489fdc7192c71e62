"""Trials run beside everything else, one at a time, and only for whoever asked."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.trial_runs import WAITING, TrialRuns, TrialState
from domain.account import Role
from domain.errors import Conflict, Invalid
from domain.reading import Millis
from domain.rule import LimitRule, Rule, Scope
from domain.rule_record import WhatIf
from domain.services import Services
from domain.text import Text
from support.app import client_of
from support.mojokerto import all_well
from support.pages import csrf_of, log_in, with_pages
from support.waiting import eventually

WORDS = Text(id="Batas", en="Limit")
RULE = LimitRule(id="batas", name=WORDS, action=WORDS, scope=Scope(metric="ph"), above=9.0)


@dataclass
class SlowTrials:
    """Answers when it is let; counts how many run at once. What it plays, it refuses."""

    go: threading.Event = field(default_factory=threading.Event)
    running: int = 0
    most: int = 0
    refuses: Exception | None = None

    def what_if(self, rule: Rule, start: Millis, stop: Millis) -> WhatIf:
        """An empty answer."""
        self.running += 1
        self.most = max(self.most, self.running)
        self.go.wait(10)
        self.running -= 1
        if self.refuses is not None:
            raise self.refuses
        return WhatIf(rule.id, start, stop, 0, [], 0, [], [])

    def play(self, timeline: Any) -> Any:
        """Not asked of it here."""
        raise Invalid("no stories")


def test_one_trial_runs_and_the_others_wait() -> None:
    slow = SlowTrials()
    runs = TrialRuns(slow)
    asked = [runs.ask(name, RULE, 0, 1) for name in ("budi", "sari", "ann")]
    assert eventually(lambda: slow.running == 1, 5) is None
    slow.go.set()
    eventually(lambda: all(trial and trial.state is TrialState.DONE for trial in asked), 5)
    assert slow.most == 1


def test_too_many_waiting_trials_are_refused() -> None:
    slow = SlowTrials()
    runs = TrialRuns(slow)
    assert runs.ask("first", RULE, 0, 1) is not None
    eventually(lambda: slow.running == 1, 5)
    assert all(runs.ask(f"n{number}", RULE, 0, 1) for number in range(WAITING))
    assert runs.ask("late", RULE, 0, 1) is None
    slow.go.set()


def test_a_newer_question_replaces_ones_own_waiting_one() -> None:
    slow = SlowTrials()
    runs = TrialRuns(slow)
    runs.ask("first", RULE, 0, 1)
    eventually(lambda: slow.running == 1, 5)
    older, newer = runs.ask("budi", RULE, 0, 1), runs.ask("budi", RULE, 0, 2)
    slow.go.set()
    eventually(lambda: newer is not None and newer.state is TrialState.DONE, 5)
    assert older is not None
    assert older.state is TrialState.FAILED


def test_a_trial_that_cannot_be_judged_says_why() -> None:
    slow = SlowTrials(refuses=Invalid("nothing to try it on"))
    slow.go.set()
    trial = TrialRuns(slow).ask("budi", RULE, 0, 1)
    eventually(lambda: trial is not None and trial.over, 5)
    assert trial is not None
    assert (trial.state, trial.error) == (TrialState.FAILED, "nothing to try it on")


def test_a_trial_of_a_program_is_waited_for() -> None:
    slow = SlowTrials(refuses=Conflict("another runs", "running"))
    slow.go.set()
    trial = TrialRuns(slow).ask("budi", RULE, 0, 1)
    eventually(lambda: trial is not None and trial.state is TrialState.RUNNING, 5)
    slow.refuses = None
    eventually(lambda: trial is not None and trial.state is TrialState.DONE, 5)


def test_nobody_sees_the_trial_of_somebody_else() -> None:
    slow = SlowTrials()
    slow.go.set()
    runs = TrialRuns(slow)
    trial = runs.ask("budi", RULE, 0, 1)
    assert trial is not None
    assert runs.find(trial.id, "sari") is None


def test_a_running_trial_shows_progress_and_holds_up_no_page(services: Services) -> None:
    slow = SlowTrials()
    with client_of(with_pages(replace(services, trials=slow))) as client:
        log_in(client, "admin")
        form = {"csrf": csrf_of(client), "kind": "limit", "id": "baru", "name_id": "Baru", "action_id": "x",
                "metric": "ph", "above": "9", "where": "", "priority": "low"}  # fmt: skip
        page = client.post("/rule-form/trial", data=form).text
        assert "<progress>" in page
        assert client.get("/alerts").status_code == 200
        slow.go.set()
        link = re.search(r'hx-get="(/rule-form/trial/[^"]+)"', page)
        assert link is not None
        path = link[1]
        eventually(lambda: "Tidak akan berbunyi sekali pun." in client.get(path).text, 5)


def test_a_trial_over_real_history_lists_what_would_have_rung(enter: Any, services: Services) -> None:
    all_well(services, minutes=30)
    client = enter(Role.ADMIN)
    form = {"csrf": csrf_of(client), "kind": "limit", "id": "baru", "name_id": "Baru", "action_id": "x",
            "metric": "ph", "above": "7", "where": "device:ipal-outlet", "priority": "low"}  # fmt: skip
    link = re.search(r'hx-get="(/rule-form/trial/[^"]+)"', client.post("/rule-form/trial", data=form).text)
    if link is not None:
        eventually(lambda: "kali berbunyi" in client.get(link[1]).text, 10)
        assert "Mulai" in client.get(link[1]).text


def test_a_form_that_is_not_whole_is_not_tried(enter: Any) -> None:
    client = enter(Role.ADMIN)
    page = client.post("/rule-form/trial", data={"csrf": csrf_of(client), "kind": "limit", "above": "x"}).text
    assert "Perbaiki isian dulu:" in page
