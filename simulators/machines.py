"""The machines of the footwear centre: run state, cycles, hours, power and temperature, with wear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulators import sensor
from simulators.fault import Fault
from simulators.local_time import DAY, HOUR, MINUTE, day_of
from simulators.randomness import Times, Values
from simulators.shifts import ONE_SHIFT, THREE_SHIFTS, TWO_SHIFTS, Calendar, running_spans
from simulators.source import Columns

SITE: Final = "alas-kaki"

_COOLING = 25.0 * MINUTE  # time constant of warming up and cooling down
_SERVICE = 500.0  # run hours after which wear is made good


@dataclass(frozen=True, slots=True)
class MachineType:
    """`cycle` in s, `power` in kW when running, `warm` the temperature (Cel) it runs at, `holds` its idle one."""

    calendar: Calendar
    cycle: float
    power: float
    warm: float
    holds: float
    hours: float  # on its counter at the origin

    def idle(self) -> float:
        """kW while switched on but not running."""
        return self.power * 0.12


MACHINES: Final = {
    "potong-1": ("line-1", MachineType(Calendar(ONE_SHIFT, 0.22), 9.0, 3.2, 46.0, 30.0, 8_420.0)),
    "jahit-1": ("line-1", MachineType(Calendar(ONE_SHIFT, 0.28), 34.0, 0.55, 41.0, 29.5, 5_130.0)),
    "jahit-2": ("line-1", MachineType(Calendar(TWO_SHIFTS, 0.25), 36.0, 0.55, 41.5, 29.5, 5_760.0)),
    "jahit-3": ("line-2", MachineType(Calendar(TWO_SHIFTS, 0.32), 38.0, 0.58, 42.0, 29.5, 3_310.0)),
    "lasting-1": ("line-2", MachineType(Calendar(TWO_SHIFTS, 0.20), 22.0, 4.6, 68.0, 34.0, 6_905.0)),
    "press-1": ("line-3", MachineType(Calendar(THREE_SHIFTS, 0.18, always=True), 75.0, 7.5, 148.0, 96.0, 9_880.0)),
    "mixing-1": ("line-3", MachineType(Calendar(THREE_SHIFTS, 0.24, always=True), 210.0, 18.0, 92.0, 45.0, 7_240.0)),
}
STAGE_OF: Final = {machine: stage for machine, (stage, _) in MACHINES.items()}


@dataclass(slots=True)
class _Day:
    """One local day of a machine: from each edge on it runs or not."""

    edges: Times
    running: Values
    run_before: Values  # ms run since the origin
    temperature: Values  # at the edge


class Machine:
    """One machine, as a pure function of seed and time."""

    def __init__(self, seed: int, name: str, site: str = SITE) -> None:
        self._seed, self._name = seed, name
        self._type = MACHINES[name][1]
        self.devices = {name: site}
        self._days: dict[int, _Day] = {}

    def columns(self, times: Times, faults: Sequence[Fault]) -> dict[str, Columns]:
        """Its five metrics at those times."""
        first, last = day_of(int(times[0])), day_of(int(times[-1]))
        if first == last:
            return {self._name: self._columns(first, times)}
        days = (times + 7 * HOUR) // DAY
        parts = [self._columns(day, times[days == day]) for day in range(first, last + 1) if (days == day).any()]
        return {self._name: {metric: np.concatenate([part[metric] for part in parts]) for metric in parts[0]}}

    def _columns(self, day_number: int, times: Times) -> Columns:
        day, machine = self._day(day_number), self._type
        at = np.searchsorted(day.edges, times, side="right") - 1
        running, since = day.running[at], (times - day.edges[at]).astype(np.float64)
        run_ms = machine.hours * HOUR + day.run_before[at] + running * since
        hours = run_ms / HOUR
        wear = np.mod(hours, _SERVICE) / _SERVICE  # 0 after a service, 1 when the next is due
        target = np.where(running > 0, machine.warm, machine.holds)
        temperature = target + (day.temperature[at] - target) * np.exp(-since / _COOLING) + 3.0 * wear * running
        power = np.where(running > 0, machine.power * (1.0 + 0.08 * wear), machine.idle())
        cycles = np.floor(run_ms / (machine.cycle * 1000))
        return {
            "run": running,
            "cycle_count": cycles,
            "run_hours": np.floor(hours * 100) / 100,
            "power": self._read("power", sensor.POWER, times, power),
            "temperature": self._read("temperature", sensor.TEMPERATURE, times, temperature),
        }

    def _read(self, metric: str, instrument: sensor.Sensor, times: Times, truth: Values) -> Values:
        return instrument.read(self._seed, f"{self._name}/{metric}", times, truth)

    def _day(self, day: int) -> _Day:
        """The plan of a day, made from that of the day before (for its last temperature). Keeps two."""
        if day not in self._days:
            before = self._plan(day - 1, self._type.holds)
            seconds = (day * DAY - 7 * HOUR) - before.edges[-1]
            share = float(np.exp(-seconds / _COOLING))
            target = self._type.warm if before.running[-1] else self._type.holds
            planned = self._plan(day, target + (float(before.temperature[-1]) - target) * share)
            self._days = {kept: plan for kept, plan in self._days.items() if kept == day - 1}
            self._days[day] = planned
        return self._days[day]

    def _plan(self, day: int, temperature: float) -> _Day:
        """Edges of a day; the first is its midnight, where the machine has that temperature."""
        machine = self._type
        edges, states, run_before, warmth = (
            [day * DAY - 7 * HOUR],
            [0.0],
            [machine.calendar.before(day)],
            [temperature],
        )
        for start, stop in running_spans(machine.calendar, self._seed, self._name, day):
            for edge, state in ((start, 1.0), (stop, 0.0)):
                seconds = edge - edges[-1]
                target = machine.warm if states[-1] else machine.holds
                warmth.append(target + (warmth[-1] - target) * float(np.exp(-seconds / _COOLING)))
                run_before.append(run_before[-1] + (seconds if states[-1] else 0))
                edges.append(edge)
                states.append(state)
        return _Day(np.array(edges), np.array(states), np.array(run_before, dtype=float), np.array(warmth))
