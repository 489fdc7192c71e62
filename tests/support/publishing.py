"""A plain QoS 1 publisher for tests: counts what the broker acknowledged."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion


@contextmanager
def publishing(port: int, client_id: str = "") -> Iterator[paho.Client]:
    """A connected client with its network thread."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id)
    client.max_queued_messages_set(0)
    client.max_inflight_messages_set(500)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def publish_all(port: int, messages: Iterable[tuple[str, bytes]], within: float = 30.0) -> int:
    """Publish everything at QoS 1 and wait until the broker has acknowledged it all; the count."""
    with publishing(port) as client:
        sent = [client.publish(topic, payload, qos=1) for topic, payload in messages]
        deadline = time.monotonic() + within
        for info in sent:
            info.wait_for_publish(max(deadline - time.monotonic(), 0.01))
        assert all(info.is_published() for info in sent)
    return len(sent)
