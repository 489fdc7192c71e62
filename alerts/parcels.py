"""What of a target's waiting notifications becomes which message. Pure.

One story for each alert: with its newest step the older ones are told as well. Stories become one digest where a
message each would be a storm: what is over by the time it can be told, many that are old, many at once, and whatever
a flooded site has to say below critical, every ten minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from domain.alert import Alert, AlertState, Notification, Priority, Purpose, Transition
from domain.performance import FLOOD_STARTS, FLOOD_WINDOW
from domain.reading import Millis
from domain.system_condition import CARE

OLD: Final[Millis] = 600_000  # what waited longer is told by its present state
FEW: Final = 5  # old news of alerts still open, each by itself
MANY: Final = FLOOD_STARTS  # at once, each by itself
# news that was never told goes before the reminders of it
PURPOSES: Final = {Purpose.REPEAT: 0, Purpose.ESCALATION: 1, Purpose.NEWS: 2}
RANK: Final = {priority: rank for rank, priority in enumerate(Priority)}
PUT_ASIDE: Final = frozenset({AlertState.SHELVED, AlertState.SUPPRESSED, AlertState.OUT_OF_SERVICE})

Item = tuple[Notification, Transition, Alert]


class SkipReason(StrEnum):
    """Why a notification was settled without a message of its own."""

    TOLD_WITH_LATER = "told_with_later"  # a newer message about the same alert told it as well
    TOLD_IN_DIGEST = "told_in_digest"  # one message told it with others
    NO_LONGER_NEEDED = "no_longer_needed"  # a reminder of what somebody acknowledged, or what is over
    SWITCHED_OFF = "switched_off"  # its contact was switched off before it could be told
    PUT_ASIDE = "put_aside"  # shelved, suppressed or out of service before it could be told


class Story(Struct, frozen=True):
    """All that waits to be told to one target about one alert, oldest first."""

    items: tuple[Item, ...]

    @property
    def newest(self) -> Item:
        """What is told; the others are told with it."""
        return self.items[-1]

    @property
    def alert(self) -> Alert:
        """As it is now."""
        return self.items[-1][2]

    @property
    def waited_since(self) -> Millis:
        """When the first of it was queued."""
        return min(item[0].queued_at for item in self.items)


class Plan(Struct):
    """`parcels`: the stories of one message each. `settled`: told by no message. `held`: until when."""

    parcels: list[list[Story]] = field(default_factory=list)
    settled: list[tuple[Notification, SkipReason]] = field(default_factory=list)
    held: list[tuple[Notification, Millis]] = field(default_factory=list)


def plan(items: Sequence[Item], floods: Mapping[str, Millis], now: Millis) -> Plan:
    """`items` are those of one target; `floods` the flooded sites, each with the time since when."""
    made = Plan()
    stories = [kept for story in _stories(items) if (kept := _needed(story, made)) is not None]
    told: list[Story] = []
    digest: list[Story] = []
    for story in stories:
        slot = _slot(story, floods, now)
        if slot is None:
            told.append(story)
        elif story.waited_since < slot or story.newest[0].attempts:
            digest.append(story)
        else:
            made.held += [(item[0], slot + FLOOD_WINDOW) for item in story.items]
    single, more = _bundle([story for story in told if not care(story)], now)
    cares = [story for story in told if care(story)]
    single += cares if len(cares) == 1 else []
    made.parcels = [[story] for story in sorted(single, key=_urgency)]
    if len(cares) > 1:
        made.parcels.append(sorted(cares, key=_urgency))
    if digest + more:
        made.parcels.append(sorted(digest + more, key=_urgency))
    return made


def _stories(items: Sequence[Item]) -> list[Story]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item[2].id, []).append(item)
    return [Story(tuple(sorted(group, key=_order))) for group in groups.values()]


def _order(item: Item) -> tuple[int, int, int]:
    notification = item[0]
    return notification.transition, PURPOSES[notification.purpose], notification.round


def _needed(story: Story, made: Plan) -> Story | None:
    """The story without what need not be told any more; None when that is all of it."""
    if story.alert.state in PUT_ASIDE:
        made.settled += [(item[0], SkipReason.PUT_ASIDE) for item in story.items]
        return None
    if unheeded(story.alert):
        return story
    kept = tuple(item for item in story.items if item[0].purpose is Purpose.NEWS)
    made.settled += [(item[0], SkipReason.NO_LONGER_NEEDED) for item in story.items if item not in kept]
    return Story(kept) if kept else None


def unheeded(alert: Alert) -> bool:
    """Whether people are still to be reminded: it holds (or latches) and nobody acknowledged it."""
    if alert.chattering:
        return False
    return alert.state is AlertState.UNACKNOWLEDGED or (alert.latching and alert.state is AlertState.RETURNED)


def _slot(story: Story, floods: Mapping[str, Millis], now: Millis) -> Millis | None:
    """When the present ten minutes of its site's flood began; None where it is not held."""
    alert = story.alert
    since = floods.get(alert.site)
    if since is None or alert.kind == "system" or alert.priority is Priority.CRITICAL or story.waited_since < since:
        return None
    return since + (now - since) // FLOOD_WINDOW * FLOOD_WINDOW


def care(story: Story) -> bool:
    """Whether it tells of a service or calibration to plan: many of one day are one message."""
    return story.alert.kind == "system" and story.alert.metric in CARE


def _bundle(stories: list[Story], now: Millis) -> tuple[list[Story], list[Story]]:
    """(each by itself, together in one digest)."""
    old = [story for story in stories if now - story.waited_since > OLD]
    fresh = [story for story in stories if now - story.waited_since <= OLD]
    still = [story for story in old if story.alert.active]
    over = [story for story in old if not story.alert.active]
    together = (over if len(over) > 1 or len(still) > FEW else []) + (still if len(still) > FEW else [])
    if len(fresh) > MANY:
        critical = [story for story in fresh if story.alert.priority is Priority.CRITICAL]
        passing = critical if len(critical) <= MANY else []
        together += [story for story in fresh if story not in passing]
    return [story for story in stories if story not in together], together


def _urgency(story: Story) -> tuple[bool, int, int]:
    """What holds first, then the gravest, then the oldest."""
    return not story.alert.active, -RANK[story.alert.priority], story.newest[1].id
