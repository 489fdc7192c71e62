"""What each record of the evidence says, on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api.evidence_schemas import Instant, Note, Number
from api.schemas import METRIC, SLUG, Given
from api.times import Day
from domain.condition import Category, Facility
from domain.lab import Sampling
from domain.logbook import Source, Status
from domain.report_records import Operator

Id = Annotated[str, Field(pattern=SLUG, min_length=1, max_length=64)]
MetricId = Annotated[str, Field(pattern=METRIC, max_length=64)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Short = Annotated[str, Field(max_length=200)]
Numbers = Annotated[tuple[Number, ...], Field(max_length=10)]


class CalibrationBody(Given):
    """One calibration. Buffers and what the sensor showed in them are in the metric's unit, one value for each."""

    device: Id = Field(examples=["ipal-outlet"])
    metric: MetricId = Field(examples=["ph"])
    start: Instant
    stop: Instant | None = None
    buffers: Numbers = Field((), examples=[[4.01, 7.0]])
    before: Numbers = Field((), examples=[[4.2, 7.15]])
    after: Numbers = Field((), examples=[[4.01, 7.01]])
    slope: Number | None = None
    offset: Number | None = None
    certificate: Short = ""
    next_due: Day | None = None


class CorrectionBody(Given):
    """From `start` on: corrected = slope x raw + offset, until the next correction of the sensor."""

    device: Id
    metric: MetricId
    start: Instant
    offset: Number
    slope: Number = 1.0
    reason: Note = Field(examples=["Buffer 7,00 terbaca 7,15."])
    calibration: Short | None = None


class JudgementBody(Given):
    """What a person says of a stretch of one sensor. `flag`: QARTOD's 3 (suspect) or 4 (fail)."""

    device: Id
    metric: MetricId
    start: Instant
    stop: Instant
    category: Category = Field(examples=[Category.SENSOR_IN_AIR])
    flag: int = Field(4, ge=3, le=4)
    description: Note = ""


class ConditionBody(Given):
    """An abnormal or emergency condition, as the portal's form asks. `stop` null: it goes on."""

    site: Id
    category: Category = Field(examples=[Category.POWER_CUT])
    start: Instant
    stop: Instant | None = None
    facility: Facility = Facility.IPAL
    location: Short = ""
    description: Note = ""
    resolution: Note = ""
    complaint: Note = ""
    files: Annotated[tuple[Digest, ...], Field(max_length=20)] = ()


class ExceedanceBody(Given):
    """What was found out about an exceedance of a parameter from `start` until before `stop`."""

    point: Id = Field(examples=["titik-penaatan-outlet"])
    metric: MetricId = Field(examples=["ph"])
    start: Instant
    stop: Instant
    cause: Note = Field("", examples=["Dosing kapur berlebih"])
    response: Note = Field("", examples=["Dosing dikurangi"])


class LabValueBody(Given):
    """One parameter of a sample. With `<` the number is the laboratory's detection limit."""

    metric: MetricId = Field(examples=["cod"])
    operator: Operator = Operator.EQUAL
    number: Number = Field(examples=[84.0])
    unit: Short = Field(examples=["mg/L"])
    method: Short = Field("", examples=["SNI 6989.2:2019"])
    accredited: bool = True


class SampleBody(Given):
    """One sample with its results, fields of Lampiran XLVIII; `file` is the digest that `POST /files` gave."""

    point: Id = Field(examples=["titik-penaatan-outlet"])
    code: Short = Field(examples=["LHU-1124/XI/2026"])
    sampled_at: Instant
    values: Annotated[tuple[LabValueBody, ...], Field(max_length=100)]
    laboratory: Short = ""
    accreditation: Short = ""
    location: Short = ""
    coordinates: Short = ""
    sampler: Short = ""
    flow: Number | None = None
    received_on: Day | None = None
    analysed_on: Day | None = None
    production_hours: Number | None = None
    raw_material: Number | None = None
    production: Number | None = None
    file: Digest | None = None
    report_number: Short = Field("", examples=["LHU-1124/XI/2026"])
    sampling: Sampling | None = None


class NotedBody(Given):
    """A number with who said it; with `sensor`, `device` names the one."""

    value: Number
    source: Source = Source.PERSON
    device: Id | None = None
    coverage: Annotated[float, Field(ge=0, le=1)] | None = None


class DoseBody(Given):
    """A chemical as it was dosed."""

    chemical: Short
    amount: Number
    unit: Short = "kg"


class EntryBody(Given):
    """One shift of one day; the operator is the caller."""

    site: Id
    day: Day
    shift: Id = Field(examples=["pagi"])
    ph_inlet: NotedBody | None = None
    ph_outlet: NotedBody | None = None
    volume_inlet: NotedBody | None = None
    volume_outlet: NotedBody | None = None
    temperature_inlet: NotedBody | None = None
    temperature_outlet: NotedBody | None = None
    blower_hours: NotedBody | None = None
    energy: NotedBody | None = None
    colour_inlet: Short = ""
    colour_outlet: Short = ""
    doses: Annotated[tuple[DoseBody, ...], Field(max_length=20)] = ()
    complaints: Note = ""
    notes: Note = ""
    status: Status | None = None
    sensed: Annotated[dict[Annotated[str, StringConstraints(max_length=40)], NotedBody], Field(max_length=8)] = Field(
        default_factory=dict, description="What the sensors said of the same fields, beside what a person wrote."
    )


class ProducedBody(Given):
    """What a site produced on one local day: tons, pieces, tons of raw material, hours. Null: not noted."""

    site: Id
    day: Day
    tons: Number | None = None
    pieces: Number | None = None
    raw_material: Number | None = None
    hours: Number | None = None
