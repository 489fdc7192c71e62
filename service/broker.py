"""The embedded broker of the demo: rumqttd from the `iotcore` wheel, as a child process on loopback.

It keeps nothing on disk and is for the demo and for trying things out only; production uses Mosquitto with
the configuration in `deploy/mosquitto`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iotcore.broker import Broker

from domain.errors import ConfigurationError

# Small segments keep the broker's memory flat: it holds what it carried until about 5 MB per filter are full.
CONFIG = """
id = 0
[router]
id = 0
max_connections = 500
max_outgoing_packet_count = 200
max_segment_size = 524288
max_segment_count = 10
[v4.1]
name = "loopback"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = 1048576
max_inflight_count = 100
dynamic_filters = true
"""


@contextmanager
def embedded_broker(port: int, data_dir: Path) -> Iterator[int]:
    """Run the broker until the block ends. Raises ConfigurationError when the port is taken."""
    require_free("MQTT", "127.0.0.1", port, "--mqtt-port")
    config = data_dir / "broker.toml"
    config.write_text(CONFIG.format(port=port), "utf-8")
    with Broker(config_path=str(config)):
        yield port


def require_free(what: str, host: str, port: int, option: str) -> None:
    """Say which port is taken, and how to choose another, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError.one(
                "command line", option, f"{what} port {port} on {host} cannot be used ({error.strerror}); "
                f"choose another with {option}"
            ) from None  # fmt: skip
