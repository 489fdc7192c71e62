"""Finished reports, told to every route that asks for them: by e-mail with the files, else with a link to the page.

What was told is noted in the book when it was delivered: once for each revision and reader. A report older than
`LATEST` is only kept for download; so is every report where no route asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from alerts.contacts import Channel, Directory
from alerts.courier import Courier
from alerts.summary_post import people_of
from alerts.told_once import Posted, ToldOnce
from domain.errors import DeliveryError
from domain.ports import AlertBook, Notice, Registry
from domain.reading import Millis
from domain.registry import Route

LATEST: Final[Millis] = 7 * 86_400_000


class Letter(Struct, frozen=True):
    """One finished report to tell of. `key` names its revision; `files` are paths."""

    key: str
    site: str
    made_at: Millis
    files: tuple[str, ...]


Letters = Callable[[], Sequence[Letter]]
Words = Callable[[Letter, str], tuple[str, str]]
"""(subject, body) of a letter in a language; the body holds the link."""


class ReportPost:
    """Call it every minute or so. Delivers in the caller's thread, at most 10 s for each reader."""

    def __init__(self, book: AlertBook, registry: Registry, courier: Courier, letters: Letters, words: Words) -> None:
        self._registry = registry
        self._courier = courier
        self._letters = letters
        self._words = words
        self._once = ToldOnce(book)

    def run_once(self, now: Millis) -> Posted:
        """Tell of what was made to whoever has not been told. Raises Unavailable when the book is away."""
        done = Posted()
        places = Directory(self._registry.installation())
        routes = [route for route in places.routes.values() if route.reports]
        for letter in self._letters() if routes else ():
            if now - letter.made_at <= LATEST:
                for route, contact in _readers(places, routes, letter.site, now):
                    self._tell(places, letter, route, contact, done, now)
        return done

    def _tell(self, places: Directory, letter: Letter, route: str, contact: str, done: Posted, now: Millis) -> None:
        key = f"{letter.key}:{contact or f'route/{route}'}"

        def deliver() -> DeliveryError | None:
            channel = places.channel(route, contact)
            return self._courier.deliver(channel, self._notice(letter, channel, key, now))

        if self._once.due(key, now):
            self._once.tell(key, deliver, done, now)

    def _notice(self, letter: Letter, channel: Channel, key: str, now: Millis) -> Notice:
        subject, body = self._words(letter, channel.address.language)
        return Notice(subject, body, None, None, now - letter.made_at, key, None, letter.files)


def _readers(places: Directory, routes: Sequence[Route], site: str, now: Millis) -> list[tuple[str, str]]:
    """(route, contact) of everybody who is told of a site's reports, each person once."""
    found: dict[str, tuple[str, str]] = {}
    for route in routes:
        if route.sites and site not in route.sites:
            continue
        for contact in people_of(places, route, now):
            found.setdefault(contact or f"route/{route.id}", (route.id, contact))
    return list(found.values())
