"""What listens to the devices, connected: the subscription, its decoder, and what is replayed later."""

from __future__ import annotations

from dataclasses import dataclass

from collector.mqtt import MqttSource
from collector.pipeline import Collector
from collector.replayer import DeadLetterReplayer
from domain.ports import Clock
from domain.series import Selection
from service.books import Books
from service.devices import LiveDevices
from service.rebirths import Rebirths
from service.settings import Settings


@dataclass(frozen=True)
class Collecting:
    """From the broker to the journal."""

    devices: LiveDevices
    collector: Collector
    replayer: DeadLetterReplayer
    rebirths: Rebirths


def connect_collecting(settings: Settings, books: Books, clock: Clock) -> Collecting:
    """Opens no connection yet."""
    journal, dead_letters = books.journal, books.dead_letters
    devices = LiveDevices(books.registry, settings, lambda: [one.series for one in journal.latest(Selection())])
    source = MqttSource(settings.mqtt, settings.batch, devices.filters, clock)
    if settings.mqtt.rebirth and not settings.mqtt.share_group:
        devices.sparkplug.publisher = source
    collector = Collector(source, devices.interpret, journal, dead_letters, clock)
    replayer = DeadLetterReplayer(devices.fresh, journal, dead_letters, clock)
    return Collecting(devices, collector, replayer, Rebirths(devices.sparkplug, collector, replayer))
