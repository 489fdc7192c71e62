"""paho as a `MessageSource`: the only file of the collector that knows of it.

The network is served from the caller's own thread (paho's external loop), so nothing reads the socket while
a batch is made durable. That is the back-pressure: the broker keeps what we do not take.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Any

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from collector.config import BatchConfig, MqttConfig, TlsConfig
from collector.corking import cork
from domain.errors import ConfigurationError
from domain.message import Message
from domain.reading import Millis

log = structlog.get_logger()

CONNECT_TIMEOUT = 5.0  # s, for one try
RETRY_FIRST, RETRY_MOST = 0.5, 15.0  # s between tries
UNDECODABLE_TOPIC = "\ufffd"


class MqttSource:
    """Takes QoS 1 messages in a persistent session and acknowledges them only when told to."""

    def __init__(
        self, config: MqttConfig, batch: BatchConfig, filters: Sequence[str], clock: Callable[[], Millis]
    ) -> None:
        self._config = config
        self._batch = batch
        self._filters = list(filters)
        self._wanted = self._filters  # replaced as a whole by `listen_to`
        self._asked: list[str] = []  # filters of the last SUBSCRIBE
        self._clock = clock
        self._inbox: list[Message] = []
        self._connection = 0
        self._subscribed = False
        self._stopping = False
        self._first_at = 0.0  # when the oldest message of the inbox came (monotonic)
        self._retry_at = 0.0
        self._retry_after = RETRY_FIRST
        self._error: str | None = None
        self._client = self._new_client()

    @property
    def connected(self) -> bool:
        """Whether the broker accepted our subscription and the connection stands."""
        return self._subscribed

    @property
    def last_error(self) -> str | None:
        """Why the broker is not there; None while it is."""
        return self._error

    def listen_to(self, filters: Sequence[str]) -> None:
        """Subscribe to these from now on; the next `take` tells the broker. May be called from any thread."""
        if sorted(filters) != sorted(self._wanted):
            self._wanted = list(filters)

    def start(self) -> None:
        """Name the broker; the first `take` connects. Also after `stop`."""
        self._stopping = False
        config = self._config
        if config.version == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho
            properties.SessionExpiryInterval = config.session_expiry
            self._client.connect_async(
                config.host, config.port, config.keepalive, clean_start=False, properties=properties
            )
        else:
            self._client.connect_async(config.host, config.port, config.keepalive)

    def take(self, wait: float) -> list[Message]:
        """One batch; see `MessageSource.take`."""
        now = time.monotonic()
        until = now + wait
        while not self._stopping:
            if self._client.socket() is None and not self._connect(until):
                break
            self._serve(min(max(until - now, 0.0), 1.0))
            held = len(self._inbox)
            now = time.monotonic()
            if held >= self._batch.size or (now >= until and not held):
                break
            if held:
                until = min(until, self._first_at + self._batch.age_ms / 1000)
                if now >= until or (held >= self._batch.idle_size and not self._readable(0)):
                    break
        taken, self._inbox = self._inbox, []
        return taken

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """PUBACK in the order taken, in few segments; nothing for messages of an earlier connection."""
        sock = self._client.socket()
        if sock is None:
            return
        for message in messages:
            connection, mid = message.receipt
            if mid and connection == self._connection:
                self._client.ack(mid, 1)
        cork(sock, True)
        self._guarded(self._client.loop_write)
        cork(sock, False)

    def publish(self, topic: str, payload: bytes) -> None:
        """Send at most once, with the next round of the network; implements `domain.ports.Publisher`."""
        if not self._subscribed:
            return
        try:
            self._client.publish(topic, payload, qos=0)
        except ValueError as error:  # paho's for a topic nobody may publish on
            log.warning("not_published", topic=topic, error=str(error))

    def stop(self) -> None:
        """Say goodbye; the session stays."""
        self._stopping = True
        self._guarded(self._client.disconnect)
        self._guarded(self._client.loop_write)

    def _new_client(self) -> paho.Client:
        config, five = self._config, self._config.version == "5"
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=config.client_id,
            protocol=paho.MQTTv5 if five else paho.MQTTv311,
            clean_session=None if five else False,
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_TIMEOUT
        identify(client, config)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        # Registering this makes paho queue what we send until our own `loop_write`.
        client.on_socket_register_write = lambda *_: None
        return client

    def _connect(self, until: float) -> bool:
        """Try once when it is time to; False when the caller's time is up first."""
        pause = self._retry_at - time.monotonic()
        if pause > 0:
            left = max(until - time.monotonic(), 0.0)
            time.sleep(min(pause, left))
            if pause > left:
                return False
        try:
            self._client.reconnect()
        except (OSError, ValueError) as error:  # ValueError: paho's for an address it cannot use
            self._failed(str(error))
            return time.monotonic() < until
        self._retry_at = time.monotonic() + self._retry_after
        return True

    def _failed(self, error: str) -> None:
        if error != self._error:
            log.warning("broker_away", host=self._config.host, port=self._config.port, error=error)
        self._error = error
        self._retry_at = time.monotonic() + self._retry_after
        self._retry_after = min(self._retry_after * 2, RETRY_MOST)

    def _serve(self, timeout: float) -> None:
        """One round of the network: wait until readable, read until dry or the batch is full, write."""
        if self._wanted is not self._filters and self._subscribed:
            self._guarded(self._change_filters)
        if self._readable(timeout):
            self._drain()
        if self._client.want_write():
            self._guarded(self._client.loop_write)
        self._guarded(self._client.loop_misc)

    def _change_filters(self) -> None:
        """Only what is new is subscribed: a filter asked for again would bring its retained messages again."""
        known, self._filters = set(self._filters), self._wanted
        added = [name for name in self._filters if name not in known]
        gone = [self._shared(name) for name in known - set(self._filters)]
        if added:
            self._subscribe(added)
        if gone:
            self._client.unsubscribe(gone)

    def _subscribe(self, filters: list[str]) -> None:
        self._asked = filters
        self._client.subscribe([(self._shared(name), 1) for name in filters])

    def _shared(self, name: str) -> str:
        return f"$share/{self._config.share_group}/{name}" if self._config.share_group else name

    def _drain(self) -> None:
        client, inbox, size = self._client, self._inbox, self._batch.size
        while len(inbox) < size:
            before = len(inbox)
            self._guarded(client.loop_read)
            if len(inbox) == before and not self._readable(0):
                return

    def _readable(self, timeout: float) -> bool:
        sock = self._client.socket()
        if sock is None:
            return False
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            return True
        try:
            return bool(select.select([sock], [], [], timeout)[0])
        except (OSError, ValueError):  # closed under our hands
            return True

    def _guarded(self, step: Callable[[], Any]) -> None:
        """Run a step of paho's; what it raises costs the connection, never the collector."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 - a malformed packet must not end the thread
            self._subscribed = False
            self._failed(f"{type(error).__name__}: {error}")
            sock = self._client.socket()
            if isinstance(sock, socket.socket):
                sock.close()

    def _on_connect(
        self, client: paho.Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._failed(f"the broker refused us: {code}")
            return
        self._connection += 1
        self._filters = self._wanted
        self._subscribe(self._filters)

    def _on_subscribe(
        self, _client: paho.Client, _data: Any, _mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        refused = [name for name, code in zip(self._asked, codes, strict=False) if code.is_failure]
        if refused:
            self._failed(f"the broker refuses the subscription to {', '.join(refused)}")
            return
        log.info("broker_connected", host=self._config.host, port=self._config.port)
        self._subscribed, self._error, self._retry_after = True, None, RETRY_FIRST

    def _on_disconnect(
        self, _client: paho.Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._subscribed = False
        if not self._stopping:
            self._failed(self._error or f"connection lost: {code}")

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = UNDECODABLE_TOPIC
        if not self._inbox:
            self._first_at = time.monotonic()
        mid = message.mid if message.qos else 0
        self._inbox.append(
            Message(
                topic,
                bytes(message.payload),
                self._clock(),
                message.retain,
                bool(message.dup),
                (self._connection, mid),
            )
        )


def identify(client: paho.Client, config: MqttConfig) -> None:
    """Give a client our name, password and certificates."""
    if config.username:
        client.username_pw_set(config.username, config.password.get_secret_value() if config.password else None)
    if config.tls.enabled:
        _speak_tls(client, config.tls)


def _speak_tls(client: paho.Client, tls: TlsConfig) -> None:
    """Read the certificates. Raises ConfigurationError for one that is missing or is none."""
    files = (tls.ca_file, tls.certificate_file, tls.key_file)
    ca, certificate, key = (None if file is None else str(file) for file in files)
    try:
        client.tls_set(ca, certificate, key)
    except (OSError, ValueError) as error:
        named = ", ".join(file for file in (ca, certificate, key) if file)
        raise ConfigurationError.one("settings", "mqtt.tls", f"{named} cannot be used: {error}") from error
