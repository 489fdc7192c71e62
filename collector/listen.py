"""Hears what is on the broker without touching the collector's session: a clean session of its own, at QoS 0.

Nothing is acknowledged, stored or published.
"""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from collector.config import MqttConfig
from collector.mqtt import CONNECT_TIMEOUT, UNDECODABLE_TOPIC, identify
from domain.errors import Unavailable
from domain.message import Message
from domain.reading import Millis

MOST_WAITING = 10_000  # messages; what comes faster than it is looked at is counted and let go
READY_WITHIN = 10.0  # s


class Ear:
    """One subscription. `missed` counts what came too fast; `error` says why the broker is away."""

    def __init__(self, config: MqttConfig, topic_filter: str, clock: Callable[[], Millis]) -> None:
        self._filter = topic_filter
        self._clock = clock
        self._waiting: queue.Queue[Message] = queue.Queue(MOST_WAITING)
        self._ready = threading.Event()
        self.missed = 0
        self.error: str | None = None
        self._client = self._new_client(config)

    def take(self, wait: float) -> Message | None:
        """The next message; None when none came within `wait` s."""
        try:
            return self._waiting.get(timeout=max(wait, 0.0))
        except queue.Empty:
            return None

    def open(self, config: MqttConfig) -> None:
        """Connect and subscribe. Raises Unavailable, with the broker's reason where it gave one."""
        try:
            self._client.connect(config.host, config.port, config.keepalive)
        except (OSError, ValueError) as error:  # ValueError: paho's for an address it cannot use
            place = f"{config.host}:{config.port} (mqtt.host, mqtt.port)"
            raise Unavailable(f"no broker at {place}: {error}") from None
        self._client.loop_start()
        self._ready.wait(READY_WITHIN)
        if self.error or not self._ready.is_set():
            raise Unavailable(self.error or "the broker does not answer the subscription")

    def close(self) -> None:
        """Disconnect; the broker forgets us."""
        self._client.disconnect()
        self._client.loop_stop()

    def _new_client(self, config: MqttConfig) -> paho.Client:
        five = config.version == "5"
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{config.client_id}-listen-{secrets.token_hex(4)}",
            protocol=paho.MQTTv5 if five else paho.MQTTv311,
            clean_session=None if five else True,
        )
        client.connect_timeout = CONNECT_TIMEOUT
        identify(client, config)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _on_connect(
        self, client: paho.Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._fail(f"the broker refused us: {code}")
        else:
            client.subscribe(self._filter, qos=0)

    def _on_subscribe(
        self, _client: paho.Client, _data: Any, _mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        if any(code.is_failure for code in codes):
            self._fail(f"the broker refuses the subscription to {self._filter}")
        self._ready.set()

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = UNDECODABLE_TOPIC
        try:
            self._waiting.put_nowait(Message(topic, bytes(message.payload), self._clock(), message.retain))
        except queue.Full:
            self.missed += 1

    def _fail(self, error: str) -> None:
        self.error = error
        self._ready.set()


@contextmanager
def listening(config: MqttConfig, topic_filter: str, clock: Callable[[], Millis]) -> Iterator[Ear]:
    """An open ear. Raises Unavailable."""
    ear = Ear(config, topic_filter, clock)
    try:
        ear.open(config)
        yield ear
    finally:
        ear.close()
