"""Whether this container holds a connection to the broker: `python -m service.connected`, for its health check.

The simulator keeps nothing on a disk that could be looked at, so the kernel is asked (`proc(5)`: `/proc/net/tcp`).
Exit 0 connected, 1 not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from service.settings import load

TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ESTABLISHED: Final = "01"


def connections_to(port: int) -> int:
    """Established TCP connections of this network namespace whose far end has the port."""
    rows = [row.split() for table in TABLES if table.exists() for row in table.read_text("ascii").splitlines()[1:]]
    return sum(state == ESTABLISHED and int(far.rpartition(":")[2], 16) == port for _, _, far, state, *_ in rows)


def main() -> int:
    """Say whether there is one to the broker of the settings."""
    mqtt = load().mqtt
    count = connections_to(mqtt.port)
    print(f"{count} connections to {mqtt.host}:{mqtt.port}")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
