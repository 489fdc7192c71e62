"""Thirty days that never were: the simulators' past, read by the same decoder, written to the same store.

Runs as a process of its own (`python -m service.demo_history DATA_DIR START STOP SINCE`), so that the demo's pages
are there at once and its memory stays small. The newest week is written first. Machines tell every minute
whether they run, or their time between two readings would count as no signal; all else comes every five minutes
in the newest week and every ten before. Last of all, the devices of the compliance points tell every two minutes,
as a report counts, from SINCE on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from domain.message import Message
from domain.reading import Millis, Reading
from service.installation import read_installation
from simulators.ensemble import Fleet
from simulators.history import columns_of, history
from simulators.machines import MACHINES, Machine
from simulators.scenario import demo_fleet, past_troubles
from storage.chunk_store import SqliteReadingStore

EXAMPLES = sorted((Path(__file__).parent.parent / "examples" / "mojokerto").glob("*.toml"))
SEED = 20261121
STEP: Millis = 300_000
OLDER_STEP: Millis = 600_000
RUN_STEP: Millis = 60_000
SLOT: Millis = 120_000
DAY: Millis = 86_400_000
WEEK: Millis = 7 * DAY
PORTION = 30_000  # readings


def make_history(data_dir: Path, start: Millis, stop: Millis, since: Millis) -> int:
    """Write what the demo's devices said from `start` until before `stop`, those that are reported from `since`; the
    number of readings.
    """
    installation = read_installation(EXAMPLES)
    interpreter = Interpreter(Catalogue.load(), installation.devices, installation.sites)
    store = SqliteReadingStore(data_dir / "readings.db")
    written = 0
    for end in range(stop, start, -WEEK):
        step = STEP if end == stop else OLDER_STEP
        for readings in _gathered(interpreter, _week(max(start, end - WEEK), end, step)):
            store.write(readings)
            written += len(readings)
    reported = {device for point in installation.compliance_points for device in point.devices}
    for end in range(stop, since, -WEEK):
        for readings in _gathered(interpreter, _reported(max(since, end - WEEK), end, reported)):
            store.write(readings)
            written += len(readings)
    store.close()
    return written


def _week(start: Millis, stop: Millis, step: Millis) -> Iterator[Message]:
    for said in history(SEED, start, stop, step):
        yield Message(said.topic, said.payload, said.time)
    yield from _run_messages(start, stop, step)


def _reported(start: Millis, stop: Millis, devices: set[str]) -> Iterator[Message]:
    for said in demo_fleet(SEED).messages(start, stop, SLOT, devices):
        yield Message(said.topic, said.payload, said.time)


def _gathered(interpreter: Interpreter, messages: Iterator[Message]) -> Iterator[list[Reading]]:
    """Readings in portions that keep the memory of this process small."""
    readings: list[Reading] = []
    for message in messages:
        readings += interpreter.interpret(message).readings
        if len(readings) >= PORTION:
            yield readings
            readings = []
    yield readings


def _run_messages(start: Millis, stop: Millis, step: Millis) -> Iterator[Message]:
    """Whether each machine ran, in the minutes between the full messages."""
    machines = Fleet([Machine(SEED, name) for name in MACHINES], past_troubles(SEED))
    columns = columns_of(machines, start, stop, RUN_STEP)
    for device, site in machines.devices.items():
        times, values = columns[device, "run"]
        words = np.datetime_as_string(times.view("datetime64[ms]"), unit="s").tolist()
        for time, word, value in zip(times.tolist(), words, values.tolist(), strict=True):
            if (time - start) % step:
                payload = f'{{"time":"{word}Z","run":{int(value)}}}'.encode()
                yield Message(f"pantau/{site}/{device}/telemetry", payload, time)


if __name__ == "__main__":
    make_history(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:5]))
