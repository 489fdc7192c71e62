"""The daily summary, told to every route that asks for it: once for each day and reader, never for an older day.

What was told is noted in the book when it was delivered, so a restart repeats nothing and a failure is tried again
until the day is over. Killed between sending and noting it, it comes twice, with the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from msgspec import Struct, field

from alerts.contacts import Channel, Directory
from alerts.courier import Courier
from alerts.figures import duration
from alerts.phrases import say
from alerts.routing import holds, switched_off, zone_of
from alerts.told_once import Posted, ToldOnce
from domain.alert import Priority
from domain.duty import on_duty
from domain.errors import DeliveryError
from domain.ports import AlertBook, Notice, Registry
from domain.reading import Millis
from domain.registry import Route, Site

LATE: Final[Millis] = 1_800_000  # from then on it says so

Words = Callable[[Sequence[Site], date, str, Millis], tuple[str, str]]
"""(subject, body) of a day at these sites, in a language."""


class SummaryPost:
    """Call it every minute or so. Delivers in the caller's thread, at most 10 s for each reader; to whoever has quiet
    hours when they end.
    """

    def __init__(
        self, book: AlertBook, registry: Registry, courier: Courier, words: Words, at: time = time(6, 30)
    ) -> None:
        self._registry = registry
        self._courier = courier
        self._words = words
        self._at = at
        self._once = ToldOnce(book)
        self._term: int | None = None  # of the look under way

    def run_once(self, now: Millis, term: int | None = None) -> Posted:
        """Tell yesterday to whoever has not been told it yet. Raises Unavailable when the book is away, Deposed when
        another has taken over since `term`.
        """
        self._term = term
        done = Posted()
        installation = self._registry.installation()
        if not installation.sites or not any(route.summary for route in installation.routes):
            return done
        zone = zone_of(installation, "")
        local = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
        due = datetime.combine(local.date(), self._at, zone)
        if local < due:
            return done
        late = now - round(due.timestamp() * 1000)
        places = Directory(installation)
        for reader in _readers(places, now):
            self._tell(places, reader, local.date() - timedelta(days=1), late, done, now)
        return done

    def _tell(self, places: Directory, reader: _Reader, day: date, late: Millis, done: Posted, now: Millis) -> None:
        key = f"summary:{day}:{reader.contact or f'route/{reader.route}'}"

        def deliver() -> DeliveryError | None:
            channel = places.channel(reader.route, reader.contact)
            return self._courier.deliver(channel, self._notice(places, reader, channel, day, late, key, now))

        if not quiet(places, reader.contact, now) and self._once.due(key, now):
            self._once.tell(key, deliver, done, now, self._term)

    def _notice(
        self, places: Directory, reader: _Reader, channel: Channel, day: date, late: Millis, key: str, now: Millis
    ) -> Notice:
        language = channel.address.language
        sites = [site for site in places.sites.values() if reader.all_sites or site.id in reader.sites]
        subject, body = self._words(sites, day, language, now)
        if late > LATE:
            how = duration(late, language)
            body += "\n" + say(language, f"Ringkasan ini terlambat {how}.", f"This summary is {how} late.")
        return Notice(subject, body, None, None, late, key)


def quiet(places: Directory, contact: str, now: Millis) -> bool:
    """Whether a summary would break into the contact's quiet hours; it is less than the least priority."""
    person = places.contacts.get(contact)
    if person is None or person.quiet is None or person.quiet_from is Priority.LOW:
        return False
    return holds(places.installation, person.quiet, "", now)


class _Reader(Struct):
    """Somebody who gets the summary, and of which sites."""

    route: str
    contact: str
    all_sites: bool = False
    sites: set[str] = field(default_factory=set)


def _readers(places: Directory, now: Millis) -> list[_Reader]:
    """Each person once, with the sites of all routes that lead to him; routes of their own notifiers."""
    readers: dict[str, _Reader] = {}
    for route in places.routes.values():
        for contact in people_of(places, route, now) if route.summary else []:
            reader = readers.setdefault(contact or f"route/{route.id}", _Reader(route.id, contact))
            reader.all_sites = reader.all_sites or not route.sites
            reader.sites.update(route.sites)
    return list(readers.values())


def people_of(places: Directory, route: Route, now: Millis) -> list[str]:
    """Contacts, whoever is on duty, and "" for the route's own notifier; nobody who is switched off."""
    off = switched_off(places.installation)
    people = ["", *route.contacts] if route.notifier is not None else list(route.contacts)
    rota = next((rota for rota in places.installation.rotas if rota.id == route.rota), None)
    if rota is not None:
        people.append(on_duty(rota, places.schedules, zone_of(places.installation, ""), now, off))
    return [person for person in people if person not in off]
