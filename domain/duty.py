"""Who is on duty by a rota, now and next. Pure; times of the day are those of the zone given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.reading import Millis
from domain.registry import Rota, Schedule, Turn
from domain.schedules import within

HOUR: Final[Millis] = 3_600_000
MINUTE: Final[Millis] = 60_000
AHEAD: Final = 35 * 24  # hours looked ahead for the next turn


def on_duty(
    rota: Rota, schedules: Mapping[str, Schedule], zone: ZoneInfo, at: Millis, away: Collection[str] = ()
) -> str:
    """The contact of the first turn that holds; that of the first turn when none does, so that there is always one.

    In a rota that rotates the turns are looked at from the one whose days these are. Contacts who are `away` are
    passed over, as long as anybody is left.
    """
    order = _in_order(rota, zone, at)
    turns = [turn for turn in order if turn.contact not in away] or order
    for turn in turns:
        if turn.schedule is None or (turn.schedule in schedules and within(schedules[turn.schedule], zone, at)):
            return turn.contact
    return turns[0].contact


def _in_order(rota: Rota, zone: ZoneInfo, at: Millis) -> list[Turn]:
    turns = list(rota.turns)
    if rota.rotate_days is None or rota.starts is None:
        return turns
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    day = local.date() - timedelta(days=local.time() < rota.handover)
    passed = max(0, (day - rota.starts).days)  # before it starts: the first turn
    first = passed // rota.rotate_days % len(turns)
    return turns[first:] + turns[:first]


def next_on_duty(
    rota: Rota, schedules: Mapping[str, Schedule], zone: ZoneInfo, at: Millis
) -> tuple[Millis, str] | None:
    """Who takes over, and when (to the minute); None where nobody else does within five weeks."""
    now = on_duty(rota, schedules, zone, at)
    if len({turn.contact for turn in rota.turns}) == 1:
        return None
    start = at - at % HOUR
    for hour in range(1, AHEAD + 1):
        if on_duty(rota, schedules, zone, start + hour * HOUR) != now:
            return _to_the_minute(rota, schedules, zone, max(at, start + (hour - 1) * HOUR), now)
    return None


def _to_the_minute(
    rota: Rota, schedules: Mapping[str, Schedule], zone: ZoneInfo, after: Millis, now: str
) -> tuple[Millis, str] | None:
    first = after - after % MINUTE
    moments = (first + minute * MINUTE for minute in range(1, 61))
    return next(((m, who) for m in moments if (who := on_duty(rota, schedules, zone, m)) != now), None)
