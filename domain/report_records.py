"""What people and laboratories put beside the readings, as the compliance report needs it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from domain.reading import Millis


class Operator(StrEnum):
    """How a laboratory qualifies a number: below its detection limit, as it stands, above its range."""

    BELOW = "<"
    EQUAL = "="
    ABOVE = ">"


class LabResult(Struct, frozen=True):
    """One parameter of one sample (fields of Lampiran XLVIII, PermenLH 5/2014). `number` is in `unit`.

    `sampled_on` is the local day of sampling: the limit set of that day judges it. `accreditation`: KAN number.
    """

    id: str
    point: str
    metric: str
    operator: Operator
    number: float
    unit: str
    sampled_on: date
    method: str = ""
    sample_code: str = ""
    laboratory: str = ""
    accreditation: str = ""
    analysed_on: date | None = None
    file: str | None = None  # the LHU as it came
    revision: int = 1


class CalibrationRecord(Struct, frozen=True):
    """One calibration of one sensor, from `start` to `stop` (None: still going on).

    `buffers` are the reference values in the metric's unit, `before` and `after` what the sensor showed in them.
    `offset` (metric's unit) and `slope` (1) are those in force from its end on.
    """

    id: str
    device: str
    metric: str
    start: Millis
    stop: Millis | None
    who: str
    buffers: tuple[float, ...] = ()
    before: tuple[float, ...] = ()
    after: tuple[float, ...] = ()
    slope: float | None = None
    offset: float | None = None
    certificate: str = ""
    next_due: date | None = None
    revision: int = 1


class ConditionKind(StrEnum):
    """The two kinds of the ministry's form "Laporan Kondisi Tidak Normal"."""

    ABNORMAL = "abnormal"
    EMERGENCY = "emergency"


class AbnormalCondition(Struct, frozen=True):
    """A stretch in which the plant did not run as usual, in the words of the portal's form. `stop` None: goes on."""

    id: str
    site: str
    kind: ConditionKind
    category: str
    start: Millis
    stop: Millis | None
    description: str = ""
    resolution: str = ""
    who: str = ""
    revision: int = 1


class EpisodeNote(Struct, frozen=True):
    """What people found out about an exceedance of a parameter between two moments."""

    point: str
    metric: str
    start: Millis
    stop: Millis
    cause: str = ""
    response: str = ""
    who: str = ""


class EntryChange(Struct, frozen=True):
    """One entry that was changed after its day was signed. `revision` is the one it came to; `note` says why."""

    shift: str
    who: str
    at: Millis
    revision: int
    note: str = ""
    added: bool = False
    removed: bool = False


class LogbookDay(Struct, frozen=True):
    """Whether a day's logbook was kept, who signed it, and what was changed after that."""

    day: date
    entries: int
    signed_by: str | None = None
    note: str = ""
    signed_at: Millis | None = None
    changes: tuple[EntryChange, ...] = ()


class ProductionDay(Struct, frozen=True):
    """What a site produced on one local day; None where it was not noted."""

    day: date
    tons: float | None = None
    pieces: float | None = None
