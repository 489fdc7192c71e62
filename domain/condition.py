"""Abnormal and emergency conditions in the words of the portal's form, and judgement of readings by hand.

Source of the categories: the form "Laporan Kondisi Tidak Normal" of the SPARING portal.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from domain.errors import Conflict, Invalid
from domain.evidence import require_order, require_past, require_text
from domain.function_check import REASON
from domain.instants import utc_text
from domain.quality import DEVICE
from domain.reading import FAIL, MISSING, SUSPECT, Millis
from domain.report_records import AbnormalCondition, ConditionKind
from domain.text import Text


class Category(StrEnum):
    """The portal's choices, and what operators say of a sensor (which the portal does not ask)."""

    PRODUCTION_STOP = "production_stop"
    EQUIPMENT_CALIBRATION = "equipment_calibration"
    NO_FLOW = "no_flow"
    IPAL_REPAIR = "ipal_repair"
    PRODUCTION_REPAIR = "production_repair"
    POWER_CUT = "power_cut"
    RAIN = "rain"
    NATURAL_DISASTER = "natural_disaster"
    SECURITY = "security"
    SENSOR_IN_AIR = "sensor_in_air"
    SENSOR_STUCK = "sensor_stuck"
    SENSOR_SPIKE = "sensor_spike"
    SENSOR_FAULT = "sensor_fault"


NAMES: Final[dict[Category, Text]] = {
    Category.PRODUCTION_STOP: Text(
        id="Penghentian sementara dan penyalaan kembali operasi produksi",
        en="Production stopped for a while and started again",
    ),
    Category.EQUIPMENT_CALIBRATION: Text(id="Kalibrasi peralatan", en="Calibration of equipment"),
    Category.NO_FLOW: Text(id="Tidak ada aliran limbah", en="No flow of effluent"),
    Category.IPAL_REPAIR: Text(id="Perbaikan IPAL", en="Repair of the IPAL"),
    Category.PRODUCTION_REPAIR: Text(id="Perbaikan produksi", en="Repair in production"),
    Category.POWER_CUT: Text(id="Gangguan suplai listrik", en="Power cut"),
    Category.RAIN: Text(id="Curah hujan", en="Rainfall"),
    Category.NATURAL_DISASTER: Text(id="Bencana alam", en="Natural disaster"),
    Category.SECURITY: Text(id="Gangguan keamanan", en="Breach of security"),
    Category.SENSOR_IN_AIR: Text(id="Sensor di udara", en="Sensor in air"),
    Category.SENSOR_STUCK: Text(id="Sensor macet", en="Sensor stuck"),
    Category.SENSOR_SPIKE: Text(id="Lonjakan sensor", en="Spike of the sensor"),
    Category.SENSOR_FAULT: Text(id="Alat rusak", en="Instrument broken"),
}
BY_HAND: Final = frozenset({*(category.value for category in Category), REASON})
"""The reasons of quality intervals that people made: judgement by hand, and calibration mode."""
_EMERGENCIES: Final = frozenset({Category.NATURAL_DISASTER, Category.SECURITY})
_OF_SENSOR: Final = frozenset(category for category in Category if category.startswith("sensor_"))


def kind_of(category: Category) -> ConditionKind | None:
    """Abnormal or emergency, as the portal's form asks; None for what only concerns a sensor."""
    if category in _OF_SENSOR:
        return None
    return ConditionKind.EMERGENCY if category in _EMERGENCIES else ConditionKind.ABNORMAL


class Facility(StrEnum):
    """What was concerned, as the portal asks."""

    SPARING = "sparing"
    IPAL = "ipal"
    BOTH = "both"
    OTHER = "other"


class Condition(Struct, frozen=True):
    """A stretch in which the plant did not run as usual. `stop` None: it goes on. `files`: digests of attachments."""

    site: str
    category: Category
    start: Millis
    stop: Millis | None = None
    facility: Facility = Facility.IPAL
    location: str = ""
    description: str = ""
    resolution: str = ""
    complaint: str = ""  # of neighbours
    files: tuple[str, ...] = ()

    @property
    def kind(self) -> ConditionKind:
        """Abnormal or emergency."""
        return ConditionKind.EMERGENCY if self.category in _EMERGENCIES else ConditionKind.ABNORMAL


class HandJudgement(Struct, frozen=True):
    """What a person says of [start, stop) of one series. `flag` is QARTOD's 3 (suspect) or 4 (fail)."""

    device: str
    metric: str
    start: Millis
    stop: Millis
    category: Category
    flag: int = FAIL
    description: str = ""


def check_condition(condition: Condition, now: Millis) -> None:
    """Raises Invalid naming the field."""
    if condition.category in _OF_SENSOR:
        raise Invalid("says something of a sensor, not of the plant", "category")
    require_past(condition.start, now, "start")
    require_order(condition.start, condition.stop)
    if condition.stop is not None:
        require_past(condition.stop, now, "stop")
    for field in ("location", "description", "resolution", "complaint"):
        require_text(getattr(condition, field), field)


def require_apart(condition: Condition, others: Iterable[tuple[str, Condition]]) -> None:
    """Raises Conflict naming the first of the `others` (id and record, of this place and category) that shares a
    moment with it: most often the same event entered twice.
    """
    for record_id, other in others:
        until = "still going on" if other.stop is None else utc_text(other.stop)
        raise Conflict(
            f"overlaps the condition {record_id} ({other.category}, {utc_text(other.start)} – {until}) at the same "
            "site; correct that one, or enter this with even_if_overlapping=true",
            record_id,
        )


def check_judgement(judgement: HandJudgement, now: Millis) -> None:
    """Raises Invalid naming the field."""
    require_past(judgement.start, now, "start")
    require_past(judgement.stop, now, "stop")
    require_order(judgement.start, judgement.stop)
    require_text(judgement.description, "description")
    if judgement.metric == DEVICE:
        raise Invalid("must name the metric", "metric")
    if not SUSPECT <= judgement.flag < MISSING:
        raise Invalid("must be 3 (suspect) or 4 (fail)", "flag")


def as_abnormal(record_id: str, revision: int, condition: Condition, who: str) -> AbnormalCondition:
    """As the report lists it."""
    return AbnormalCondition(
        id=record_id,
        site=condition.site,
        kind=condition.kind,
        category=condition.category.value,
        start=condition.start,
        stop=condition.stop,
        description=condition.description,
        resolution=condition.resolution,
        who=who,
        revision=revision,
    )
