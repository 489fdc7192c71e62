"""A subscriber of our own for tests: it keeps every message it gets."""

from __future__ import annotations

import threading
import uuid
from types import TracebackType
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion


class Listener:
    """Collects (topic, payload, retained) of a filter; use as a context manager."""

    def __init__(self, port: int, topic_filter: str) -> None:
        self.messages: list[tuple[str, bytes, bool]] = []
        self._filter = topic_filter
        self._changed = threading.Condition()
        self._subscribed = False
        self._client = Client(CallbackAPIVersion.VERSION2, f"listener-{uuid.uuid4().hex[:10]}")
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.connect_async("127.0.0.1", port)

    def __enter__(self) -> Listener:
        self._client.loop_start()
        with self._changed:
            assert self._changed.wait_for(lambda: self._subscribed, 10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def wait_for(self, count: int, timeout: float = 20.0) -> bool:
        """Whether so many messages came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.messages) >= count, timeout)

    def _on_connect(self, client: Client, *_: Any) -> None:
        client.subscribe(self._filter, qos=1)

    def _on_subscribe(self, *_: Any) -> None:
        with self._changed:
            self._subscribed = True
            self._changed.notify_all()

    def _on_message(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        with self._changed:
            self.messages.append((message.topic, message.payload, message.retain))
            self._changed.notify_all()
