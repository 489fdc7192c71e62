"""Where a notification goes: the contact's address, or the route's own."""

from __future__ import annotations

from msgspec import Struct

from domain.errors import DeliveryError
from domain.ports import Address
from domain.registry import Contact, Device, Installation, Route, Schedule, Site


class Channel(Struct, frozen=True):
    """A notifier and the address to give it. The address may still hold `{secret:NAME}`."""

    notifier: str
    address: Address


class Directory:
    """The registry by name, made once for each revision."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.sites: dict[str, Site] = {site.id: site for site in installation.sites}
        self.devices: dict[str, Device] = {device.id: device for device in installation.devices}
        self.routes: dict[str, Route] = {route.id: route for route in installation.routes}
        self.contacts: dict[str, Contact] = {contact.id: contact for contact in installation.contacts}
        self.schedules: dict[str, Schedule] = {schedule.id: schedule for schedule in installation.schedules}

    def off(self, contact: str) -> bool:
        """Whether the contact is there and switched off."""
        person = self.contacts.get(contact)
        return person is not None and not person.enabled

    def channel(self, route: str, contact: str) -> Channel:
        """Raises a permanent DeliveryError for what was removed since the notification was queued."""
        leading = self.routes.get(route)
        if leading is None:
            raise DeliveryError(f"route {route} no longer exists", permanent=True)
        if contact:
            return self.of_contact(contact, route)
        if leading.notifier is None:
            raise DeliveryError(f"route {route} no longer has a notifier of its own", permanent=True)
        url = None if leading.url is None else str(leading.url)
        return Channel(leading.notifier, Address(route, url, leading.language))

    def of_contact(self, contact: str, route: str) -> Channel:
        """The contact's own channel, under the route's name. Raises a permanent DeliveryError for an unknown one."""
        person = self.contacts.get(contact)
        if person is None:
            raise DeliveryError(f"contact {contact} no longer exists", permanent=True)
        return Channel(person.notifier, Address(f"{route}/{contact}", person.address, person.language))
