"""What a batik workshop sends to its IPAL: a small steady flow in working hours, and dye baths emptied in batches."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from simulators.local_time import FRIDAY
from simulators.randomness import stream

CELL_SECONDS: Final = 120
CELLS: Final = 86_400 // CELL_SECONDS  # of a day

VOLUME: Final = (14.0, 13.0, 15.0, 13.0, 9.0, 11.0, 0.0)  # m3 per day, Monday to Sunday
WEEK: Final = sum(VOLUME)

_RINSING = 0.6  # m3/h before the day is brought to its volume
_RINSE = (2.0, 520.0, 170.0, 9.0, 28.5)  # alkali, COD, TSS, NH3-N, temperature of rinsing water


@dataclass(frozen=True, slots=True)
class Inflow:
    """One cell of the inflow: m3/h, and the water's alkali, COD, TSS, NH3-N and temperature."""

    flow: float
    water: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Batch:
    first: int
    last: int
    flow: float
    water: tuple[float, ...]


def working_cells(weekday: int) -> list[int]:
    """Cells of the working hours: 07:30 to 16:30 without the midday break (longer on Friday)."""
    break_start, break_stop = (11.5, 13.0) if weekday == FRIDAY else (12.0, 12.75)
    per_hour = 3600 // CELL_SECONDS
    return [
        cell
        for cell in range(int(7.5 * per_hour), int(16.5 * per_hour))
        if not break_start * per_hour <= cell < break_stop * per_hour
    ]


def _batch(random: Random, cells: list[int]) -> _Batch:
    """Either a dye bath (strong, alkaline) or nglorod: boiling off the wax (hot, much COD)."""
    length = random.randint(14, len(cells) - 1)
    first = cells[random.randint(0, len(cells) - length)]
    between = random.uniform
    if random.random() < 0.35:
        water = (between(3, 7), between(2600, 4000), between(700, 1500), 22.0, between(38, 45))
    else:
        water = (between(6, 16), between(1400, 3000), between(350, 900), between(20, 38), between(29, 36))
    return _Batch(first, first + length, between(0.8, 1.5), water)


def _one_after_another(random: Random, cells: list[int]) -> list[_Batch]:
    """Batches of a day; the workshop has one drain, so no two run at once."""
    count = random.randint(7, 9)
    size = len(cells) // count
    return [_batch(random, cells[slot * size : (slot + 1) * size]) for slot in range(count)]


def _mix(cell: int, rinse: tuple[float, ...], batches: list[_Batch]) -> Inflow:
    """Everything that flows in one cell, mixed by volume."""
    running = [batch for batch in batches if batch.first <= cell < batch.last]
    parts = [(_RINSING, rinse), *((batch.flow, batch.water) for batch in running)]
    total = sum(flow for flow, _ in parts)
    water = tuple(sum(flow * each[i] for flow, each in parts) / total for i in range(len(rinse)))
    return Inflow(total, water)


def inflow_of(seed: int, day: int, weekday: int) -> list[Inflow | None]:
    """The inflow of every cell of a local day; None where nothing flows.

    The day's volume is that of its weekday, so that a total is known without adding up all days before.
    """
    plan: list[Inflow | None] = [None] * CELLS
    if not VOLUME[weekday]:
        return plan
    random = stream(seed, "inflow", day)
    cells = working_cells(weekday)
    batches = _one_after_another(random, cells)
    rinse = (*(part * random.uniform(0.85, 1.15) for part in _RINSE[:4]), _RINSE[4] + random.uniform(-0.8, 0.8))
    mixed = {cell: _mix(cell, rinse, batches) for cell in cells}
    volume = sum(inflow.flow for inflow in mixed.values()) * CELL_SECONDS / 3600
    for cell, inflow in mixed.items():
        plan[cell] = Inflow(inflow.flow * VOLUME[weekday] / volume, inflow.water)
    return plan
