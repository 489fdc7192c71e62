"""How simulated devices reach the broker of the settings, and when they stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from service.settings import Settings
from simulators.publisher import Publisher


@contextmanager
def connected(settings: Settings, client_id: str) -> Iterator[Publisher]:
    """A publisher to the broker of the settings, for as long as the block lasts."""
    publisher = made(settings, client_id, "pantau/simulator/status")
    publisher.start()
    try:
        yield publisher
    finally:
        publisher.stop()


def made(settings: Settings, client_id: str, status_topic: str | None) -> Publisher:
    """A publisher that is not started yet."""
    mqtt = settings.mqtt
    return Publisher(
        mqtt.host,
        mqtt.port,
        username=mqtt.username,
        password=mqtt.password.get_secret_value() if mqtt.password else None,
        tls=mqtt.tls.enabled,
        ca_file=mqtt.tls.ca_file,
        certificate_file=mqtt.tls.certificate_file,
        key_file=mqtt.tls.key_file,
        client_id=client_id,
        status_topic=status_topic,
    )


def stop_by_signal() -> threading.Event:
    """Set by Ctrl-C and SIGTERM."""
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    return stop
