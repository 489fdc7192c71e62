"""Who is on duty. Pure; times of the day are those of the zone given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.reading import Millis
from domain.registry import Rota, Schedule, Turn
from domain.schedules import within


def on_duty(rota: Rota, schedules: Mapping[str, Schedule], zone: ZoneInfo, at: Millis) -> str:
    """The contact of the first turn that holds; that of the first turn when none does, so that there is always one.

    In a rota that rotates the turns are looked at from the one whose days these are.
    """
    turns = _in_order(rota, zone, at)
    for turn in turns:
        if turn.schedule is None or within(schedules[turn.schedule], zone, at):
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
