"""Drills: a trouble played at a training site, with a script for the people in it and a score at the end."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from domain.reading import Millis
from domain.text import Text

BEGUN: Final = "drill_begun"  # the actions in the audit log, whose `after` is a `DrillRecord`
ENDED: Final = "drill_ended"


class Part(BaseModel):
    """Base of the models: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DrillStep(Part):
    """`after` seconds from the beginning: what happens now, and what to do about it."""

    after: int
    happens: Text
    todo: Text


class NotedAction(Part):
    """One thing that is right to do, and whether a comment on an alert says that it was done."""

    action: Text
    noted: bool


class DrillScore(Part):
    """0 to 100 points: half for the time to acknowledge, half for the right actions noted.

    `to_acknowledge`: seconds from the first alert to the first acknowledgement; None where there was none.
    """

    points: int
    alerts: int
    to_acknowledge: float | None
    acknowledged_by: str | None
    actions: tuple[NotedAction, ...]


class DrillRecord(Part):
    """One drill. `ended_at` and `score` are None while it runs; without a score it was broken off."""

    scenario: str
    title: Text
    site: str
    began_at: Millis
    steps: tuple[DrillStep, ...]
    ended_at: Millis | None = None
    score: DrillScore | None = None
