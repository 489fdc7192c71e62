"""The batik IPAL as tanks in series: a mass balance of every species in every tank, in steps of two minutes.

The equalisation tank has a changing level, the tanks behind it overflow into one another. Each is stirred
(CSTR): in one step it exchanges the share 1 - exp(-q dt / V) of its water, so what goes wrong in one stage
reaches the next later. What each stage removes is taken from the water that enters it.

State is rounded at midnight. Two runs that began on different days thereby become one and the same after
the warm-up, so the live plant goes on exactly where the history ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, floor, pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulators.batches import CELL_SECONDS, CELLS, VOLUME, WEEK, Inflow, inflow_of
from simulators.local_time import MONDAY, SECOND, day_of, midnight, weekday
from simulators.randomness import Times, Values, stream

WARM_UP: Final = 14  # days until nothing of the first state is left
ORIGIN: Final = 20_094  # Monday 2025-01-06: the totals of the flow meters began here

_HOURS = CELL_SECONDS / 3600
_EQUALISATION = 15.0  # m3 when full
_PUMP_FROM = 0.25  # level (share of full) at which the transfer pump stops
_SURGE_HOURS = 0.3  # how long the weirs hold back a change of flow
_PUMPING = range(7 * 3600 // CELL_SECONDS, 18 * 3600 // CELL_SECONDS)  # cells of the day
_REFILL = 7 * 3600 // CELL_SECONDS
_SPECIES = 5


@dataclass(frozen=True, slots=True)
class Tank:
    """`volume` in m3, `passes`: share of COD, TSS and NH3-N it lets in, `cooling`: hours to air temperature."""

    stage: str
    volume: float
    passes: tuple[float, float, float]
    cooling: float


TANKS: Final = (
    Tank("ekualisasi", _EQUALISATION, (1.0, 0.95, 1.0), 9.0),
    Tank("koagulasi-flokulasi", 0.8, (0.85, 0.90, 1.0), 6.0),
    Tank("sedimentasi", 2.5, (0.55, 0.25, 0.98), 6.0),
    Tank("anaerob", 6.0, (0.45, 0.70, 1.05), 14.0),
    Tank("aerob", 5.0, (0.36, 0.65, 0.14), 5.0),
    Tank("filtrasi", 1.5, (0.72, 0.40, 0.90), 5.0),
)

# columns of a row: species of the inlet and of each tank, then these
_FLOWS = _SPECIES * (1 + len(TANKS))
FLOW_IN, FLOW_OUT, TOTAL_IN, TOTAL_OUT, LEVEL, DOSE, STOCK, PUMP, LOAD, WANDER = range(_FLOWS, _FLOWS + 10)
WIDTH: Final = _FLOWS + 10


def species(stage: str, index: int) -> int:
    """The column of a species (see `simulators.water.SPECIES`) at a stage; the outlet is the filter's water."""
    names = ["inlet", *(tank.stage for tank in TANKS)]
    return _SPECIES * names.index("filtrasi" if stage == "outlet" else stage) + index


def total_before(day: int) -> float:
    """m3 that came in from the origin to the beginning of a local day."""
    weeks, rest = divmod(day - ORIGIN, 7)
    return weeks * WEEK + sum(VOLUME[:rest])


class _State:
    """All that one step hands to the next."""

    def __init__(self) -> None:
        self.level = 0.4
        self.surge = 0.0
        self.stock = 80.0
        self.wander = 0.0
        self.inlet = [2.0, 600.0, 200.0, 10.0, 28.5]
        self.tanks = [[5.0, 1600.0, 500.0, 20.0, 28.5], *([0.1, 100.0, 30.0, 2.0, 28.5] for _ in TANKS[1:])]

    def settle(self) -> None:
        """Round everything to six decimals (see the module); what is held downwards, so that no total falls."""
        self.level, self.surge = floor(self.level * 1e6) / 1e6, floor(self.surge * 1e6) / 1e6
        self.stock, self.wander = round(self.stock, 6), round(self.wander, 6)
        self.inlet = [round(part, 6) for part in self.inlet]
        self.tanks = [[round(part, 6) for part in tank] for tank in self.tanks]


def _exchange(tank: list[float], water: list[float], tank_of: Tank, flow: float, air: float) -> None:
    """Let `water` into a stirred tank for one cell, and let it cool."""
    if flow > 0.0:
        share = 1.0 - exp(-flow * _HOURS / tank_of.volume)
        cod, tss, nh3n = tank_of.passes
        tank[0] += (water[0] - tank[0]) * share
        tank[1] += (water[1] * cod - tank[1]) * share
        tank[2] += (water[2] * tss - tank[2]) * share
        tank[3] += (water[3] * nh3n - tank[3]) * share
        tank[4] += (water[4] - tank[4]) * share
    tank[4] += (air - tank[4]) * _HOURS / tank_of.cooling


def _equalise(state: _State, inflow: Inflow | None, flow: float, air: float) -> None:
    """The inflow mixes into what the equalisation tank holds."""
    tank = state.tanks[0]
    held = state.level * _EQUALISATION
    if inflow is not None:
        share = inflow.flow * _HOURS / (held + inflow.flow * _HOURS)
        for i, part in enumerate(inflow.water):
            tank[i] += (part - tank[i]) * share
        held += inflow.flow * _HOURS
    tank[4] += (air - tank[4]) * _HOURS / TANKS[0].cooling
    state.level = (held - flow * _HOURS) / _EQUALISATION


def _pump(state: _State, cell: int) -> float:
    """m3/h lifted from the equalisation tank: faster when it is fuller, nothing at night."""
    if cell not in _PUMPING or state.level <= _PUMP_FROM:
        return 0.0
    return 0.4 + 3.0 * (state.level - _PUMP_FROM)


def _spill(state: _State, pumped: float) -> float:
    """m3/h over the outlet weir; below 0.2 the weir runs dry."""
    flow = state.surge / _SURGE_HOURS
    flow = flow if flow > 0.2 else 0.0
    state.surge += (pumped - flow) * _HOURS
    return flow


def _dose(state: _State, pumped: float) -> float:
    """Neutralise and coagulate what enters the coagulation: L/h of coagulant, from the stock (200 L)."""
    rate = pumped * (0.5 + 0.12 * state.tanks[0][0])
    state.stock -= rate * _HOURS / 2.0
    return rate


class Plant:
    """The plant of one seed, run forward day by day; asking for an earlier time starts it again."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._state = _State()
        self._next = 0  # the day that `_state` begins
        self._days: dict[int, NDArray[np.float64]] = {}

    def at(self, times: Times) -> NDArray[np.float64]:
        """One row per time (`WIDTH` columns), linear between the cells."""
        first, last = day_of(int(times[0])), day_of(int(times[-1]))
        rows = np.concatenate([self._day(day) for day in range(first, last + 1)])
        exact = (times - midnight(first)) / (CELL_SECONDS * SECOND)
        cell = exact.astype(np.int64)
        cell_in = cell + cell // CELLS  # each day brings its closing row
        before = rows[cell_in]
        between: NDArray[np.float64] = before + (rows[cell_in + 1] - before) * (exact - cell)[:, None]
        return between

    def _day(self, day: int) -> NDArray[np.float64]:
        """The rows of a local day, its first and its last midnight included. Keeps two days."""
        if day not in self._days:
            if not self._next or not 0 <= day - self._next <= WARM_UP:
                self._state, self._next = _State(), day - WARM_UP
            while self._next <= day:
                self._days[self._next] = self._run(self._next)
                self._days.pop(self._next - 2, None)
                self._next += 1
        return self._days[day]

    def _run(self, day: int) -> NDArray[np.float64]:
        """One day of cells."""
        state, rows = self._state, np.empty((CELLS + 1, WIDTH))
        state.settle()
        random = stream(self._seed, "plant", day)
        warmth, load = random.uniform(-0.6, 0.6), random.uniform(0.85, 1.15)
        total_in = total_before(day)
        inflows = inflow_of(self._seed, day, weekday(day))
        rows[0] = _row(state, 0.0, 0.0, total_in, 0.0, 0.0, load)
        for cell, inflow in enumerate(inflows):
            air = 28.3 + warmth - 1.4 * cos(2 * pi * (cell / CELLS - 0.12))
            if cell == _REFILL and weekday(day) == MONDAY:
                state.stock = 95.0
            state.wander += -0.01 * state.wander + random.gauss(0.0, 0.05)
            pumped = _pump(state, cell)
            dose = self._step(state, inflow, pumped, air)
            flow_out = _spill(state, pumped)
            flow_in = inflow.flow if inflow else 0.0
            total_in += flow_in * _HOURS
            rows[cell + 1] = _row(state, flow_in, flow_out, total_in, dose, pumped, load)
        return rows

    @staticmethod
    def _step(state: _State, inflow: Inflow | None, pumped: float, air: float) -> float:
        """Move the water one cell on; the dose in L/h."""
        dose = _dose(state, pumped)
        neutral = [0.004 * state.tanks[0][0] + 0.12 * state.wander, *state.tanks[0][1:]]
        waters = [neutral, *(list(tank) for tank in state.tanks[1:-1])]
        _equalise(state, inflow, pumped, air)
        for tank_of, tank, water in zip(TANKS[1:], state.tanks[1:], waters, strict=True):
            _exchange(tank, water, tank_of, pumped, air)
        if inflow is not None:
            for i, part in enumerate(inflow.water):
                state.inlet[i] += (part - state.inlet[i]) * 0.4
        else:
            state.inlet[4] += (air - state.inlet[4]) * 0.02
        return dose


def _row(
    state: _State, flow_in: float, flow_out: float, total_in: float, dose: float, pumped: float, load: float
) -> list[float]:
    """A row in the order of the columns; the outlet's total is what came in less what is held."""
    row = state.inlet.copy()
    for tank in state.tanks:
        row += tank
    total_out = total_in - state.level * _EQUALISATION - state.surge
    running = 1.0 if pumped > 0.0 else 0.0
    row += [flow_in, flow_out, total_in, total_out, state.level, dose, state.stock, running, load, state.wander]
    return row


def column(rows: NDArray[np.float64], index: int) -> Values:
    """One column of the rows, to be changed freely."""
    taken: Values = rows[:, index].copy()
    return taken
