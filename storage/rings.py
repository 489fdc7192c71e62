"""How often people were rung: what counts as a ring, for floods."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, exists, func, not_, or_, select

from domain.alert import RINGS, AlertEvent, AlertState
from domain.reading import Millis
from domain.system_condition import CARE, SystemCondition
from storage.models import alert, transition

FLOOD_RULE: Final = f"system.{SystemCondition.FLOOD}"  # what tells of floods is not a part of them


def rang_by_site(connection: Connection, since: Millis, until: Millis | None = None) -> dict[str, int]:
    """Rings of [since, until] (`storage.alert_lives`) that were not held down for chattering.

    Alerts that were found to have a cause of their own are not counted: they are shown under that.
    """
    later = transition.alias()
    held_later = exists().where(
        later.c.alert == transition.c.alert,
        later.c.id > transition.c.id,
        later.c.event == AlertEvent.CHATTERING.value,
    )
    query = (
        select(alert.c.site, func.count())
        .join_from(transition, alert, transition.c.alert == alert.c.id)
        .where(
            transition.c.at >= since,
            transition.c.event.in_(sorted(RINGS)),
            transition.c.to_state == AlertState.UNACKNOWLEDGED.value,
            alert.c.state != AlertState.SUPPRESSED.value,
            alert.c.rule != FLOOD_RULE,
            alert.c.metric.not_in(sorted(CARE)),
            or_(not_(alert.c.chattering), held_later),
        )
        .group_by(alert.c.site)
    )
    if until is not None:
        query = query.where(transition.c.at <= until)
    return {row[0]: int(row[1]) for row in connection.execute(query)}
