"""The devices of the batik IPAL: what each instrument shows of the plant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulators import plant, sensor
from simulators.fault import Fault
from simulators.plant import Plant, column
from simulators.randomness import Times, Values, key, noise
from simulators.sensor import Sensor
from simulators.source import Columns
from simulators.water import SPECIES, Pulse, ph_of

SITE: Final = "batik"

ANALYSERS: Final = {"ipal-inlet": "inlet", "ipal-outlet": "outlet"}
TANKS: Final = {
    "bak-ekualisasi": "ekualisasi",
    "bak-koagulasi": "koagulasi-flokulasi",
    "bak-sedimentasi": "sedimentasi",
    "bak-anaerob": "anaerob",
    "bak-aerob": "aerob",
    "bak-filtrasi": "filtrasi",
}
METERS: Final = {"debit-inlet": "inlet", "debit-outlet": "outlet"}
PUMP: Final = "dosing-koagulan"
STAGE_OF: Final = {**ANALYSERS, **TANKS, **METERS, PUMP: "koagulasi-flokulasi"}

_OXYGEN = {  # mg/L dissolved in each tank at ordinary load
    "ekualisasi": 0.9, "koagulasi-flokulasi": 1.8, "sedimentasi": 1.4, "anaerob": 0.12, "aerob": 3.0, "filtrasi": 3.6,
}  # fmt: skip
_LEVEL = {  # % at which a tank overflows into the next; a flow of 1 m3/h lifts it by 3 %
    "koagulasi-flokulasi": 81.0, "sedimentasi": 84.0, "anaerob": 86.0, "aerob": 82.0, "filtrasi": 74.0,
}  # fmt: skip
_SENSORS: Final[dict[str, Sensor]] = {
    "ph": sensor.PH,
    "temperature": sensor.TEMPERATURE,
    "tss": sensor.TSS,
    "cod": sensor.COD,
    "nh3n": sensor.NH3N,
    "do": sensor.DO,
    "level": sensor.LEVEL,
    "flow_rate": sensor.FLOW_RATE,
    "flow_total": sensor.FLOW_TOTAL,
    "run": sensor.SWITCH,
    "dose_rate": sensor.DOSE_RATE,
    "stock": sensor.STOCK,
}

Rows = NDArray[np.float64]


class Ipal:
    """All instruments of the plant; they share one run of it. `only`: those of its devices that speak.

    `plant`: one of the same seed that is run already, by the instruments of another site.
    """

    def __init__(
        self, seed: int, site: str = SITE, only: Collection[str] = tuple(STAGE_OF), plant: Plant | None = None
    ) -> None:
        self._seed = seed
        self._plant = Plant(seed) if plant is None else plant
        self.devices: dict[str, str] = {device: site for device in STAGE_OF if device in only}

    def columns(self, times: Times, faults: Sequence[Fault]) -> dict[str, Columns]:
        """What every device shows at those times, with the faults that change the water or the pump."""
        rows = self._plant.at(times)
        pulses = [pulse for fault in faults for pulse in fault.pulses()]
        truth = {device: self._truth(device, times, rows, pulses) for device in STAGE_OF}
        for fault in faults:
            fault.operate(times, truth)
        return {device: self._read(device, times, truth[device]) for device in self.devices}

    def _read(self, device: str, times: Times, truth: Columns) -> Columns:
        return {
            metric: _SENSORS[metric].read(self._seed, f"{device}/{metric}", times, values)
            for metric, values in truth.items()
        }

    def _truth(self, device: str, times: Times, rows: Rows, pulses: list[Pulse]) -> Columns:
        if device == PUMP:
            return _pump(rows)
        if device in METERS:
            return _meter(METERS[device], rows)
        water = _water(STAGE_OF[device], times, rows, pulses)
        if device in TANKS:
            return self._tank(TANKS[device], times, rows, water)
        metrics = {"ph": ph_of(water["alkali"]), **{name: water[name] for name in ("temperature", "tss", "cod")}}
        return {**metrics, "nh3n": water["nh3n"]} if device == "ipal-outlet" else metrics

    def _tank(self, stage: str, times: Times, rows: Rows, water: Columns) -> Columns:
        """Oxygen falls with the day's load and with what a fault brings; the level follows the flow."""
        minute = times // 60_000 * 60_000
        gusts = noise(key(self._seed, f"{stage}/air"), minute) * 0.04
        oxygen = _OXYGEN[stage] * (1.0 + gusts) / (column(rows, plant.LOAD) + water["excess"] / 300.0)
        if stage == "ekualisasi":
            level = 100.0 * column(rows, plant.LEVEL)
        else:
            level = _LEVEL[stage] + 3.0 * column(rows, plant.FLOW_OUT)
        return {"ph": ph_of(water["alkali"]), "do": oxygen, "level": level, "temperature": water["temperature"]}


def _water(stage: str, times: Times, rows: Rows, pulses: list[Pulse]) -> Columns:
    """The species at a stage; `excess` is the COD that faults added (mg/L)."""
    water = {name: column(rows, plant.species(stage, i)) for i, name in enumerate(SPECIES)}
    water["excess"] = np.zeros(len(times))
    for pulse in pulses:
        share = pulse.share(stage, times)
        if share is None:
            continue
        for name, addition in zip(SPECIES, pulse.addition, strict=True):
            water[name] += addition * share
        water["excess"] += pulse.addition[1] * share
    return water


def _meter(stage: str, rows: Rows) -> Columns:
    rate, total = (plant.FLOW_IN, plant.TOTAL_IN) if stage == "inlet" else (plant.FLOW_OUT, plant.TOTAL_OUT)
    return {"flow_rate": column(rows, rate), "flow_total": column(rows, total)}


def _pump(rows: Rows) -> Columns:
    running: Values = np.ceil(column(rows, plant.PUMP))
    return {"run": running, "dose_rate": column(rows, plant.DOSE), "stock": column(rows, plant.STOCK)}
