"""Later judgement of readings: rows beside the values, never edits of them."""

from __future__ import annotations

from msgspec import Struct, field

from domain.reading import MISSING, SUSPECT, Millis

DEVICE = ""  # the metric of an interval that concerns the device as a whole (its clock), and no value


class QualityInterval(Struct, frozen=True):
    """From `start` until before `stop` a series was not simply good: QARTOD `flag`, why, and who says so.

    `who` is a check (`check:stuck`) or a person. With `metric` DEVICE it says something of the device (its clock) and
    leaves the values alone. A gap (flag 9) holds no reading: it lies between the two readings around it.
    """

    device: str
    metric: str
    start: Millis
    stop: Millis
    flag: int
    reason: str
    who: str
    id: int = 0

    @property
    def lowers(self) -> bool:
        """Whether readings inside it count as no better than its flag."""
        return SUSPECT <= self.flag < MISSING and self.metric != DEVICE


class Replacement(Struct, frozen=True):
    """What one check now says of [start, stop) of a series; all it said before that touches this goes."""

    device: str
    metric: str
    who: str
    start: Millis
    stop: Millis
    intervals: list[QualityInterval]


class QualityChange(Struct):
    """What one slice of work of the checks found; committed at once."""

    cursor: int
    letters: int
    replacements: list[Replacement] = field(default_factory=list)
    memory: dict[tuple[str, str], str] = field(default_factory=dict)
