"""A connection to the broker that publishes with QoS 1 and counts exactly what was acknowledged. paho lives here."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from domain.errors import Unavailable

KEEPALIVE: Final = 30  # s
_log = structlog.get_logger()


class Publisher:
    """MQTT 3.1.1, for one publishing thread.

    At most `window` messages wait for their acknowledgement; `publish` blocks beyond that. Messages given while
    the broker is away are sent when it is back. `status_topic` gets a retained `online` at every connect,
    `offline` at `stop`, and `offline` as last will when the program dies. A connection has one will only, so
    this is the status of the simulator, not of the devices that speak through it.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 1883,
        *,
        username: str | None = None,
        password: str | None = None,
        tls: bool = False,
        ca_file: Path | None = None,
        certificate_file: Path | None = None,
        key_file: Path | None = None,
        client_id: str | None = None,
        status_topic: str | None = "pantau/simulator/status",
        window: int = 200,
    ) -> None:
        self._address = (host, port)
        self._window = window
        self._status_topic = status_topic
        self._changed = threading.Condition()
        self._published = 0
        self._acknowledged = 0
        self._connections = 0
        self._waiting = False
        self._own: set[int] = set()  # packet ids of our status, which is not counted
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id or f"pantau-sim-{uuid.uuid4().hex[:10]}", protocol=MQTTv311
        )
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.max_inflight_messages_set(window)
        self._client.max_queued_messages_set(0)  # the window bounds it
        self._client.reconnect_delay_set(1, 15)
        if username is not None:
            self._client.username_pw_set(username, password)
        if tls:
            ca, certificate, secret = (str(path) if path else None for path in (ca_file, certificate_file, key_file))
            self._client.tls_set(ca, certificate, secret)
        if status_topic is not None:
            self._client.will_set(status_topic, b"offline", qos=1, retain=True)

    @property
    def published(self) -> int:
        """Messages handed over by `publish`."""
        return self._published

    @property
    def acknowledged(self) -> int:
        """Those the broker has acknowledged."""
        return self._acknowledged

    @property
    def connections(self) -> int:
        """How often a connection was made; 0 until the first."""
        return self._connections

    @property
    def connected(self) -> bool:
        """Whether the broker is there now."""
        return self._client.is_connected()

    def start(self) -> None:
        """Begin to connect, and to connect again whenever it breaks; returns at once, broker or not."""
        self._client.connect_async(*self._address, keepalive=KEEPALIVE)
        self._client.loop_start()

    def wait_connected(self, timeout: float) -> bool:
        """Whether a connection came within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._connections > 0, timeout)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, timeout: float = 30.0) -> None:
        """Hand a message over.

        Raises `Unavailable` when the window stayed full for `timeout` seconds; the message is then not sent.
        """
        if self._published - self._acknowledged >= self._window:
            self._wait_for_room(timeout)
        self._published += 1  # one thread publishes; the network thread only counts acknowledgements
        self._client.publish(topic, payload, qos=1, retain=retain)

    def wait_for_acknowledged(self, timeout: float) -> bool:
        """Whether everything published was acknowledged within `timeout` seconds."""
        return self._wait(lambda: self._acknowledged >= self._published, timeout)

    def stop(self, timeout: float = 5.0) -> None:
        """Wait for what is under way, say `offline`, disconnect."""
        if self.connected:
            self.wait_for_acknowledged(timeout)
        if self._status_topic is not None and self.connected:
            self._client.on_publish = None  # the farewell is not counted
            self._client.publish(self._status_topic, b"offline", qos=1, retain=True).wait_for_publish(timeout)
        self._client.disconnect()
        self._client.loop_stop()

    def _wait(self, reached: Callable[[], bool], timeout: float) -> bool:
        """Whether acknowledgements brought about `reached` in time."""
        with self._changed:
            self._waiting = True
            came = self._changed.wait_for(reached, timeout)
            self._waiting = False
            return came

    def _wait_for_room(self, timeout: float) -> None:
        enough = self._published - max(1, self._window * 3 // 4)  # one wake-up for many messages
        if not self._wait(lambda: self._acknowledged > enough, timeout):
            host, port = self._address
            raise Unavailable(f"the broker at {host}:{port} acknowledged nothing for {timeout} s")

    def _on_connect(
        self, client: Client, userdata: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            _log.warning("broker refused the simulator", reason=str(reason), host=self._address[0])
            return
        if self._status_topic is not None:
            self._own.add(client.publish(self._status_topic, b"online", qos=1, retain=True).mid)
        with self._changed:
            self._connections += 1
            self._changed.notify_all()

    def _on_disconnect(
        self,
        client: Client,
        userdata: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            _log.warning("connection to the broker lost", reason=str(reason), host=self._address[0])

    def _on_publish(
        self, client: Client, userdata: object, mid: int, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if mid in self._own:
            self._own.remove(mid)
            return
        self._acknowledged += 1  # by this thread only; then look whether someone waits, who looks the other way round
        if self._waiting:
            with self._changed:
                self._changed.notify_all()
