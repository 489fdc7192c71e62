"""A Friday of the hot press, told minute by minute, and its figures worked out by hand.

Morning shift 07.00 to 15.00 WIB, break 11.45 to 13.15: 390 minutes planned.

    06.50 - 08.00  runs                     60 planned minutes (10 before the shift)
    08.00 - 08.30  stands: waits for leather 30
    08.30 - 10.00  runs                     90
    10.00 - 10.03  stands                    3
    10.03 - 11.00  runs                     57.5 (the reading of 10.59.30 holds for 60 s, its patience)
    11.00 - 11.20  no signal                19.5
    11.20 - 12.00  runs                     25 (15 in the break)
    12.00 - 13.45  stands                   30 (75 in the break): nobody says why
    13.45 - 14.15  stands: change of model  30
    14.15 - 15.01  runs                     45

Runs 60 + 90 + 57.5 + 25 + 45 = 277.5; stands 30 + 3 + 30 = 63 and 30 planned; no signal 19.5; together 390.
Availability 277.5 / (277.5 + 63) = 0.8150.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.machine import StopRecord
from domain.reading import GOOD, Millis, Reading
from domain.services import Services
from support.app import MovedClock
from support.mojokerto import append, mojokerto_services, series_of

SEVEN: Final[Millis] = 1_795_132_800_000  # Friday 2026-11-20 07.00 WIB
MINUTE: Final[Millis] = 60_000
DAY: Final = "2026-11-20"
PRESS: Final = "press-1"

RUNS: Final = ((-10, 60), (90, 180), (183, 240), (260, 300), (435, 481))  # minutes after seven
SILENT: Final = (240, 260)
RUN_MINUTES: Final = 277.5
STOPPED: Final = 63
AVAILABILITY: Final = 277.5 / 340.5


def tell_the_day(services: Services, device: str = PRESS) -> None:
    """The run bit every 30 s from 06.50 to 15.01 WIB, cycles and hours with it."""
    found = services.registry.device(device)
    infos = {info.metric: info for info in services.profiles.profile(found.profile).metrics}
    readings, cycles, hours = [], 1000.0, 250.0
    for half in range(-20, 962):
        minute = half / 2
        if SILENT[0] <= minute < SILENT[1]:
            continue
        running = any(start <= minute < stop for start, stop in RUNS)
        cycles, hours = cycles + running, hours + running / 120
        at = SEVEN + half * 30_000
        for metric, value in (("run", float(running)), ("cycle_count", cycles), ("run_hours", round(hours, 2))):
            readings.append(Reading(series_of(found, infos[metric]), at, value, GOOD, None, at))
    append(services, readings)


def say_why(services: Services, now: Millis, device: str = PRESS) -> None:
    """What the operator said of the two long stops that have a reason."""
    for start, stop, reason in ((60, 90, "bahan-kulit"), (405, 435, "setup")):
        record = StopRecord(device, SEVEN + start * MINUTE, SEVEN + stop * MINUTE, reason, "rina", now)
        services.stops.add(record, now)


def told_day(folder: Path, now: Millis) -> Services:
    """The services of Mojokerto at `now`, with that day told and explained."""
    made = mojokerto_services(folder, MovedClock(now))
    tell_the_day(made)
    say_why(made, now)
    return made
