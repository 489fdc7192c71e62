"""Whether whoever is to be told can be reached at all: secrets that are not there, hours in which nobody is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alerts.secrets import Secrets
from domain.errors import Problem
from domain.registry import Installation

NOBODY: Final = "every route has a schedule: outside of them nobody is told; give one route none"


def missing_secrets(installation: Installation, secrets: Secrets) -> list[str]:
    """`contact budi: bot-token` for each secret that an address names and that cannot be read. Never an address."""
    addresses = [(f"contact {one.id}", one.address) for one in installation.contacts if one.address is not None]
    addresses += [(f"route {one.id}", str(one.url)) for one in installation.routes if one.url is not None]
    return [f"{whose}: {name}" for whose, address in addresses for name in secrets.missing(address)]


def schedule_hints(installation: Installation) -> Iterator[Problem]:
    """Routes that leave hours in which nothing is told to anybody."""
    if installation.routes and all(route.schedule is not None for route in installation.routes):
        yield Problem("", "routes[0].schedule", NOBODY)
