"""A parcel in the reader's language: one alert by itself, or several as a digest."""

from __future__ import annotations

from hashlib import blake2b
from zoneinfo import ZoneInfo

from alerts.contacts import Directory
from alerts.digest import digest_body, digest_subject
from alerts.parcels import Item, Story
from alerts.routing import zone_of
from alerts.wording import Scene, body, subject
from domain.alert import Notification, Purpose
from domain.errors import NotFound
from domain.ports import Links, Notice, RuleBook
from domain.reading import Millis
from domain.rule import CompositeRule, RuleBase
from domain.text import Text


class Messages:
    """Words for whoever is told. `rules` gives messages their action and source, `links` the acknowledge links."""

    def __init__(self, base_url: str, rules: RuleBook | None, links: Links | None) -> None:
        self._base_url = base_url
        self._rules = rules
        self._links = links

    def notice(self, parcel: list[Story], places: Directory, language: str, now: Millis) -> Notice:
        """What is told of these stories of one target."""
        if len(parcel) == 1:
            return self._single(parcel[0].newest, places, language, now)
        scenes = [self._scene(story.newest, places, now, None) for story in parcel]
        age = max(now - scene.transition.at for scene in scenes)
        said, lines = digest_subject(scenes, language), digest_body(scenes, language)
        return Notice(said, lines, None, None, max(0, age), digest_id(parcel))

    def _single(self, item: Item, places: Directory, language: str, now: Millis) -> Notice:
        notification, transition, alert = item
        link = None
        if self._links is not None and notification.contact:
            link = self._links.make(alert.id, notification.contact, now)
        scene = self._scene(item, places, now, link)
        age = max(0, now - transition.at)
        return Notice(
            subject(scene, language), body(scene, language), alert, transition, age, notice_id(notification), link
        )

    def _scene(self, item: Item, places: Directory, now: Millis, link: str | None) -> Scene:
        notification, transition, alert = item
        site = places.sites.get(alert.site)
        rule = self._rule(alert.rule)
        zone = ZoneInfo(site.timezone) if site else zone_of(places.installation, alert.site)
        return Scene(
            alert, transition, site, places.devices.get(alert.device), rule, self._base_url, now,
            zone, notification.purpose, notification.round, link, self._parts(rule),
        )  # fmt: skip

    def _parts(self, rule: RuleBase | None) -> tuple[Text, ...]:
        if not isinstance(rule, CompositeRule):
            return ()
        named = [self._rule(name) for name in rule.of]
        return tuple(part.name for part in named if part is not None)

    def _rule(self, rule: str) -> RuleBase | None:
        if self._rules is None:
            return None
        try:
            return self._rules.rule(rule)
        except NotFound:
            return None


def notice_id(notification: Notification) -> str:
    """The same however often it is tried: `17:ipal/budi`, `17:ipal/budi:repeat:2`."""
    to = f"{notification.route}/{notification.contact}" if notification.contact else notification.route
    again = "" if notification.purpose is Purpose.NEWS else f":{notification.purpose}:{notification.round}"
    return f"{notification.transition}:{to}{again}"


def digest_id(parcel: list[Story]) -> str:
    """The same for the same notifications; more that came meanwhile make it another message."""
    told = sorted(item[0].id for story in parcel for item in story.items)
    return f"digest:{blake2b(repr(told).encode(), digest_size=8).hexdigest()}"
