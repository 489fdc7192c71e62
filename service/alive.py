"""Whether a part gave a sign of life lately: `python -m service.alive PART`, the health check of its container.

Cheaper than `pantau doctor`: it opens the relational database and nothing else. Exit 0 alive, 1 not.
"""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Final

from domain.errors import PantauError
from domain.ports import Heartbeat
from domain.reading import Millis
from service.clock import now
from service.settings import load
from storage.database import Database
from storage.heartbeats import SqlHeartbeats

SILENT_AFTER: Final[Millis] = 60_000


def last_sign(part: str) -> Heartbeat | None:
    """The newest sign of a part in the database of the settings."""
    with closing(Database(load().database_url)) as database:
        return next((beat for beat in SqlHeartbeats(database).all() if beat.part == part), None)


def main(part: str) -> int:
    """Say how old the last sign is, and whether that is fine."""
    try:
        beat = last_sign(part)
    except PantauError as error:
        print(error)
        return 1
    if beat is None:
        print(f"{part} has never reported")
        return 1
    age = now() - beat.at
    print(f"{part} reported {age / 1000:.0f} s ago")
    return 0 if abs(age) <= SILENT_AFTER else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
