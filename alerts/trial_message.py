"""One message to one contact, now, to see whether it arrives: past routes, quiet hours and the outbox."""

from __future__ import annotations

from alerts.contacts import Directory
from alerts.courier import Courier
from alerts.figures import clock
from alerts.phrases import say
from alerts.routing import zone_of
from domain.errors import DeliveryError, NotFound
from domain.ports import Notice
from domain.reading import Millis
from domain.reference_names import missing
from domain.registry import Contact, Installation

NAME = "test"  # in place of the route's


def tell_trial(installation: Installation, courier: Courier, contact: str, now: Millis) -> DeliveryError | None:
    """Deliver it once; None when the channel took it. Raises NotFound. At most 10 s, one try."""
    places = Directory(installation)
    person = places.contacts.get(contact)
    if person is None:
        raise NotFound(missing("contact", contact, places.contacts))
    return courier.deliver(places.of_contact(contact, NAME), _notice(installation, person, now))


def _notice(installation: Installation, person: Contact, now: Millis) -> Notice:
    language = person.language
    at = clock(now, zone_of(installation, ""), language, now)
    subject = say(language, "Pesan uji dari Pantau", "Test message from Pantau")
    body = say(
        language,
        f"Dikirim {at} untuk {person.name}. Tidak ada yang perlu dilakukan: peringatan akan sampai lewat jalur ini.",
        f"Sent at {at} to {person.name}. There is nothing to do: alerts will reach you this way.",
    )
    return Notice(subject, body, None, None, 0, f"{NAME}:{person.id}:{now}")
