"""What people did to the data of a report: corrections of values, and readings set aside by hand.

`before` is always without what people did, `after` what the report counts. Nothing of it is hidden: both stand
beside each other, with who did it, when and why. Moments are ms UTC, figures in the parameter's unit.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from domain.reading import Millis
from domain.report_records import ConditionKind


class Written(Struct, frozen=True):
    """One revision of a record: who entered it, when, and why it replaced the one before."""

    revision: int
    who: str
    at: Millis
    note: str = ""


class EarlierCorrection(Struct, frozen=True):
    """What a correction said before it was itself corrected."""

    written: Written
    start: Millis
    slope: float
    offset: float
    reason: str


class CorrectionUsed(Struct, frozen=True):
    """From `start` until before `stop` (None: until further notice): value = slope x raw + offset.

    `calibration` is the record it rests on, at the revision that stood when the correction was entered; it began
    at `calibration_start`.
    `ends`: slope 1 and offset 0, by which a person ended the correction before. `ignored`: it is of a counter, which
    nobody may correct, and was noted before that was refused; it changes nothing.
    """

    id: str
    device: str
    metric: str
    start: Millis
    stop: Millis | None
    slope: float
    offset: float
    reason: str
    written: Written
    calibration: str | None = None
    calibration_revision: int | None = None
    calibration_newest: int | None = None
    certificate: str = ""
    earlier: tuple[EarlierCorrection, ...] = ()
    ignored: bool = False
    calibration_start: Millis | None = None

    @property
    def ends(self) -> bool:
        """Whether it only ends the one before."""
        return (self.slope, self.offset) == (1.0, 0.0)


class Figures(Struct, frozen=True):
    """Of one day or of the whole period; the judgement is the word of `domain.report.Judgement`."""

    min: float | None
    mean: float | None
    max: float | None
    good: int
    beyond: int
    judgement: str


class ComparedDay(Struct, frozen=True):
    """One local day, both ways."""

    day: date
    before: Figures
    after: Figures


class Compared(Struct, frozen=True):
    """One parameter of one device, both ways: of the days that were touched, and of the whole period."""

    device: str
    metric: str
    days: tuple[ComparedDay, ...]
    before: Figures
    after: Figures


class ComparedVolumeDay(Struct, frozen=True):
    """m3 of one local day, both ways; None where nothing was measured."""

    day: date
    before: float | None
    after: float | None


class ComparedVolume(Struct, frozen=True):
    """The volume (m3), both ways: of the days that differ, and of the whole period."""

    device: str
    days: tuple[ComparedVolumeDay, ...]
    before: float | None
    after: float | None


class Seen(StrEnum):
    """In which values an exceedance is found."""

    RAW_ONLY = "raw_only"
    CORRECTED_ONLY = "corrected_only"
    BOTH = "both"


class Course(Struct, frozen=True):
    """An exceedance from when to when, with its worst single reading."""

    start: Millis
    stop: Millis
    peak: float


class EpisodeCompared(Struct, frozen=True):
    """An exceedance that a correction touches."""

    device: str
    metric: str
    unit: str
    limit: float
    above: bool
    seen: Seen
    raw: Course | None
    corrected: Course | None


class Corrections(Struct, frozen=True):
    """All of them, and what they changed. Only the first exceedances are listed; all are counted.

    `taken_out`: people removed them after the period began; they change nothing, and `written` is their removal.
    """

    used: tuple[CorrectionUsed, ...] = ()
    parameters: tuple[Compared, ...] = ()
    volume: ComparedVolume | None = None
    episodes: tuple[EpisodeCompared, ...] = ()
    raw_only: int = 0
    corrected_only: int = 0
    taken_out: tuple[CorrectionUsed, ...] = ()


class EarlierJudgement(Struct, frozen=True):
    """What a judgement said before it was corrected."""

    written: Written
    start: Millis
    stop: Millis
    category: str
    flag: int
    description: str


class HandJudged(Struct, frozen=True):
    """A person said of [start, stop) of one series that its values do not count.

    `category`: of `domain.condition.Category`, or `function_check` (calibration mode). `kind` as the ministry's form
    asks; None for what only concerns the sensor. `readings` of `time` ms within the period were taken out by it;
    `exceedances` are no longer counted, or shorter.
    """

    id: str
    device: str
    metric: str
    start: Millis
    stop: Millis
    category: str
    kind: ConditionKind | None
    flag: int
    description: str
    written: Written
    readings: int
    time: Millis
    exceedances: int
    earlier: tuple[EarlierJudgement, ...] = ()


class SetAside(Struct, frozen=True):
    """An exceedance that is not counted, or shorter, because of judgements by hand.

    `peak` is the worst raw reading of it. `wholly`: nothing of it is counted any more; else `left` ms of it are.
    """

    device: str
    metric: str
    unit: str
    limit: float
    above: bool
    start: Millis
    stop: Millis
    peak: float
    wholly: bool
    left: Millis
    judgements: tuple[str, ...]


class HandJudgements(Struct, frozen=True):
    """All of them, and what they took out. Only the first exceedances are listed; all are counted.

    `taken_out`: people removed them; they set nothing aside, and `written` is their removal.
    """

    used: tuple[HandJudged, ...] = ()
    parameters: tuple[Compared, ...] = ()
    volume: ComparedVolume | None = None
    set_aside: tuple[SetAside, ...] = ()
    wholly: int = 0
    partly: int = 0
    taken_out: tuple[HandJudged, ...] = ()
