"""The demo: every device of the example installation, past troubles, and the script of a live run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.reading import Millis
from simulators.ensemble import Faults, Fleet
from simulators.fault import Fault
from simulators.faults_instruments import OutOfRange
from simulators.faults_line import Dropout
from simulators.faults_water import DosingPumpOff, DyeDump
from simulators.ipal import Ipal
from simulators.local_time import HOUR, MINUTE, SECOND, SUNDAY, day_of, midnight, weekday
from simulators.machines import MACHINES, Machine
from simulators.randomness import stream
from simulators.source import Source

ROUND: Final = 15 * MINUTE  # the script begins again
_LONGEST: Final = 12 * HOUR  # no past trouble can be seen for longer

DUMP_AT: Final = 25 * SECOND
DUMP_LASTS: Final = 6 * MINUTE
DUMP_RESIDENCE: Final = 6 * SECOND
DROPOUT_AT: Final = 9 * MINUTE
DROPOUT_LASTS: Final = 150 * SECOND
BROKEN_AT: Final = 12 * MINUTE
BROKEN_LASTS: Final = MINUTE


def demo_fleet(seed: int) -> Fleet:
    """All 18 devices of the example installation. `Fleet.live(now)` adds the script of the demo."""
    sources: list[Source] = [Ipal(seed), *(Machine(seed, name) for name in MACHINES)]
    return Fleet(sources, past_troubles(seed), script)


def script(begin: Millis) -> Faults:
    """What goes wrong in a live run that began at `begin`: the same round every 15 minutes.

    Time is compressed: water that takes hours from tank to tank in the plant takes seconds here.
    """

    def faults(start: Millis, stop: Millis) -> Sequence[Fault]:
        first = max(0, (start - begin) // ROUND - 1)
        last = (stop - begin) // ROUND
        found = [fault for number in range(first, last + 1) for fault in _round(begin + number * ROUND)]
        return [fault for fault in found if fault.start <= stop and fault.over > start]

    return faults


def _round(begin: Millis) -> tuple[Fault, ...]:
    """One round of the script."""
    dump = DyeDump(start=begin + DUMP_AT, duration=DUMP_LASTS, residence=DUMP_RESIDENCE)
    silent = Dropout(start=begin + DROPOUT_AT, duration=DROPOUT_LASTS, target="jahit-3")
    broken = OutOfRange(start=begin + BROKEN_AT, duration=BROKEN_LASTS, target="bak-sedimentasi", metric="ph")
    return dump, silent, broken


def past_troubles(seed: int) -> Faults:
    """Troubles of ordinary days at the plant's own pace: about one day in six, by seed and day."""
    remembered: dict[int, tuple[Fault, ...]] = {}

    def on(day: int) -> tuple[Fault, ...]:
        if day not in remembered:
            remembered.clear() if len(remembered) > 100 else None
            remembered[day] = _trouble_of(seed, day)
        return remembered[day]

    def faults(start: Millis, stop: Millis) -> Sequence[Fault]:
        days = range(day_of(start - _LONGEST), day_of(stop) + 1)
        found = [fault for day in days for fault in on(day)]
        return [fault for fault in found if fault.start <= stop and fault.over > start]

    return faults


def _trouble_of(seed: int, day: int) -> tuple[Fault, ...]:
    """What went wrong on a day: nothing, a dumped bath, a pump that stood, or a silent device."""
    random = stream(seed, "trouble", day)
    chance, start = random.random(), midnight(day) + random.randint(8 * HOUR, 14 * HOUR)
    if chance > 0.16 or weekday(day) == SUNDAY:
        return ()
    if chance < 0.06:
        return (DyeDump(start=start, duration=random.randint(25, 50) * MINUTE, residence=10 * MINUTE),)
    if chance < 0.11:
        return (DosingPumpOff(start=start, duration=random.randint(40, 80) * MINUTE, residence=12 * MINUTE),)
    target = random.choice(("bak-anaerob", "jahit-2", "debit-inlet"))
    return (Dropout(start=start, duration=random.randint(20, 90) * MINUTE, target=target),)
