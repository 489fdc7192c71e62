"""Services whose dead letters are really read again when a device is registered."""

from __future__ import annotations

from dataclasses import replace

from collector.replayer import DeadLetterReplayer
from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from device_profiles.newcomers import NewcomerDesk
from domain.message import DeadLetter
from domain.services import Services

PROBE = "pantau/batik/probe-9/telemetry"
OUTLET = b'{"ph": 7.2, "temperature": 29.4, "tss": 21, "cod": 80, "nh3n": 1.5}'


def with_replay(services: Services) -> Services:
    """The same services with a replayer that goes all the way into the journal."""
    catalogue = Catalogue.load()

    def fresh() -> object:
        installation = services.registry.installation()
        return Interpreter(catalogue, installation.devices, installation.sites).interpret

    replayer = DeadLetterReplayer(fresh, services.journal, services.dead_letters, services.clock)  # type: ignore[arg-type]
    desk = NewcomerDesk(services.registry, services.dead_letters, replayer, lambda: catalogue)
    return replace(services, replayer=replayer, newcomers=desk)


def heard(
    services: Services,
    topic: str = PROBE,
    payload: bytes = OUTLET,
    *,
    ago: int = 60_000,
    reason: str = "unknown_device",
) -> None:
    """A message of a device that nobody registered, kept `ago` ms before now."""
    letter = DeadLetter(topic, payload, services.clock() - ago, reason, "nobody registered it")
    services.dead_letters.add([letter])
