"""The alarm system's own performance on the wire."""

from __future__ import annotations

from typing import Self

from msgspec.structs import asdict
from pydantic import Field

from api.schemas import Wire
from api.times import WireTime, optional_time
from domain.instants import utc_text
from domain.performance import AlarmPerformance
from domain.reading import Millis


class CountOut(Wire):
    """How many rang within the hour, or the local day, that begins at `time`."""

    time: WireTime
    priority: str
    count: int


class ActorOut(Wire):
    """One rule on one device and how often it rang. `median_active`: how long an alert of it lasts (s)."""

    rule: str
    site: str
    device: str
    metric: str
    rang: int
    share: float = Field(description="Of all that rang, 0 to 1.")
    chattering: int
    median_active: float | None


class AdviceOut(Wire):
    """What could be retuned, and why. `change`: fields of the rule to try with `POST /api/v1/rules/what-if`."""

    rule: str
    device: str
    reason: str = Field(examples=["chatters"])
    count: int
    change: dict[str, float]


class FloodOut(Wire):
    """More alerts than people can follow; `stop` is null while it lasts."""

    site: str
    start: WireTime
    stop: WireTime | None
    alerts: int


class PerformanceOut(Wire):
    """Counts of [start, stop). `chattering` and `stale` are ids of open alerts; times to acknowledge in seconds."""

    start: WireTime
    stop: WireTime
    rang: int
    by_priority: dict[str, int]
    per_hour: list[CountOut]
    per_day: list[CountOut]
    actors: list[ActorOut]
    chattering: list[str]
    stale: list[str]
    floods: list[FloodOut]
    flood_share: float = Field(description="Share of the time in flood, 0 to 1.")
    acknowledged: int
    never_acknowledged: int
    acknowledged_median: float | None
    acknowledged_p90: float | None
    notifications: dict[str, int]
    advice: list[AdviceOut]

    @classmethod
    def of(cls, found: AlarmPerformance) -> Self:
        fields = asdict(found)
        fields |= {
            "start": utc_text(found.start),
            "stop": utc_text(found.stop),
            "per_hour": _counts(found.per_hour),
            "per_day": _counts(found.per_day),
            "actors": [
                ActorOut(**{**asdict(one), "median_active": _seconds(one.median_active)}) for one in found.actors
            ],
            "floods": [
                FloodOut(site=one.site, start=utc_text(one.start), stop=optional_time(one.stop), alerts=one.alerts)
                for one in found.floods
            ],
            "acknowledged_median": _seconds(found.acknowledged_median),
            "acknowledged_p90": _seconds(found.acknowledged_p90),
            "advice": [AdviceOut(**asdict(one)) for one in found.advice],
        }
        return cls(**fields)


def _counts(rows: list[tuple[Millis, str, int]]) -> list[CountOut]:
    return [CountOut(time=utc_text(at), priority=priority, count=count) for at, priority, count in rows]


def _seconds(span: Millis | None) -> float | None:
    return None if span is None else span / 1000
