"""Who watches the watcher: whether everything that arrived was judged lately, said on every page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dashboard.system import ALERTS
from domain.errors import PantauError
from domain.ports import Heartbeat
from domain.reading import Millis
from domain.services import Services
from domain.vitals import FINE, SILENT_AFTER

OLD_AFTER: Final[Millis] = 15_000
BEHIND_AFTER: Final[Millis] = 60_000  # a burst may take a few ticks
TICKS: Final = 5  # a check is old after so many of its own beats
BLOCKED: Final = frozenset({"disk_full", "journal_away", "failed", "stopped"})


class Blindness(StrEnum):
    """Why nobody can rely on being told."""

    NEVER_CHECKED = "never_checked"
    CHECK_OLD = "check_old"
    CHECK_FAILING = "check_failing"
    CHECK_BEHIND = "check_behind"  # it goes on, but what arrived waits to be judged
    COLLECTOR_SILENT = "collector_silent"  # nothing is received, so nothing can be judged
    COLLECTOR_BLOCKED = "collector_blocked"
    UNKNOWN = "unknown"  # not even this can be read


@dataclass(frozen=True)
class Watch:
    """How it stands. `at` is the last check; while it is behind, since when (ms)."""

    blind: Blindness | None
    at: Millis | None = None


def patience(beat: Heartbeat) -> Millis:
    """How old the last check may be (ms): 15 s, or five ticks where those are slower."""
    every = beat.detail.get("every")
    seconds = every if isinstance(every, int | float) and not isinstance(every, bool) else 0
    return max(OLD_AFTER, round(TICKS * seconds * 1000))


def standing(beats: list[Heartbeat], now: Millis) -> Watch:
    """What the signs of life say."""
    by_part = {beat.part: beat for beat in beats}
    alerts = by_part.get(ALERTS)
    if alerts is None:
        return Watch(Blindness.NEVER_CHECKED)
    if abs(now - alerts.at) > patience(alerts):
        return Watch(Blindness.CHECK_OLD, alerts.at)
    if alerts.detail.get("state") not in FINE:
        return Watch(Blindness.CHECK_FAILING, alerts.at)
    since = behind_since(alerts)
    if since is not None and now - since > BEHIND_AFTER:
        return Watch(Blindness.CHECK_BEHIND, since)
    return Watch(_collecting(by_part.get("collector"), now), alerts.at)


def behind_since(beat: Heartbeat) -> Millis | None:
    """Since when its ticks have left something unjudged; None when the last one judged everything."""
    since = beat.detail.get("behind_since")
    return since if isinstance(since, int) and not isinstance(since, bool) else None


def _collecting(beat: Heartbeat | None, now: Millis) -> Blindness | None:
    if beat is None:
        return None  # a part that never ran here is the health page's matter
    if abs(now - beat.at) > SILENT_AFTER:
        return Blindness.COLLECTOR_SILENT
    return Blindness.COLLECTOR_BLOCKED if beat.detail.get("state") in BLOCKED else None


def watch(services: Services, now: Millis) -> Watch:
    """One cheap read; never raises."""
    try:
        return standing(services.heartbeats.all(), now)
    except PantauError:
        return Watch(Blindness.UNKNOWN)
