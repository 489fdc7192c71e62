"""A fleet: sources and faults, and the house messages that come of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.reading import Millis
from simulators.fault import Fault, Outgoing
from simulators.randomness import Times, Values
from simulators.source import INTEGERS, Columns, Source

_BLOCK: Final = 2_000  # times worked out at once: bounds memory, whatever the length of the history

Faults = Callable[[Millis, Millis], Sequence[Fault]]  # those that can be seen between two instants
Shown = dict[str, tuple[Times, Columns]]  # device: the times it speaks at, and what it says


def no_faults(start: Millis, stop: Millis) -> Sequence[Fault]:
    """All is well."""
    return ()


class Fleet:
    """Devices that speak the house format. A pure function of its sources' seeds, its faults and the time.

    `on_start(now)` gives the faults of a live run that begins then; a history has only `faults`.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        faults: Faults = no_faults,
        on_start: Callable[[Millis], Faults] | None = None,
    ) -> None:
        self._sources = tuple(sources)
        self._faults = faults
        self._on_start = on_start
        self.devices = {device: site for source in sources for device, site in source.devices.items()}

    def live(self, now: Millis) -> Fleet:
        """The same fleet as of `now`: what was wrong before goes on, from now on only the script brings troubles."""
        if self._on_start is None:
            return self
        usual, script = self._faults, self._on_start(now)

        def faults(start: Millis, stop: Millis) -> Sequence[Fault]:
            begun = [fault for fault in usual(start, stop) if fault.start < now]
            return (*begun, *script(start, stop))

        return Fleet(self._sources, faults)

    def statuses(self, word: str) -> Iterator[Outgoing]:
        """The retained status message of every device: `online` or `offline`."""
        for device, site in self.devices.items():
            yield Outgoing(0, f"pantau/{site}/{device}/status", word.encode(), True)

    def faults(self, start: Millis, stop: Millis) -> Sequence[Fault]:
        """The faults that can be seen between two instants."""
        return self._faults(start, stop)

    def blocks(self, start: Millis, stop: Millis, step: Millis) -> Iterator[Shown]:
        """What all devices say from `start` until before `stop`, in blocks of bounded size."""
        for first in range(start, stop, step * _BLOCK):
            times = np.arange(first, min(stop, first + step * _BLOCK), step, dtype=np.int64)
            yield self._shown(times)

    def messages(
        self, start: Millis, stop: Millis, step: Millis, only: Collection[str] | None = None
    ) -> Iterator[Outgoing]:
        """The telemetry of all devices, or of `only` some, by time; at one time in the order of `devices`."""
        for block in self.blocks(start, stop, step):
            spoken = {device: said for device, said in block.items() if only is None or device in only}
            yield from _merged([self._spoken(device, *said) for device, said in spoken.items()])

    def _spoken(self, device: str, times: Times, columns: Columns) -> list[Outgoing]:
        topic = f"pantau/{self.devices[device]}/{device}/telemetry"
        template = '{"time":"%sZ",' + ",".join(f'"{metric}":%s' for metric in columns) + "}"
        words = np.datetime_as_string(times.view("datetime64[ms]"), unit="ms").tolist()
        values = [_numbers(metric, column) for metric, column in columns.items()]
        payloads = [(template % row).encode() for row in zip(words, *values, strict=True)]
        return [Outgoing(time, topic, payload) for time, payload in zip(times.tolist(), payloads, strict=True)]

    def _shown(self, times: Times) -> Shown:
        faults = self._faults(int(times[0]), int(times[-1]))
        shown: Shown = {}
        for source in self._sources:
            for device, columns in source.columns(times, faults).items():
                for metric in columns:
                    at = _elsewhere(source, faults, device, metric)
                    for fault in faults:
                        columns[metric] = fault.show(device, metric, times, columns[metric], at)
                shown[device] = _sent(device, times, columns, faults)
        return shown


def _elsewhere(source: Source, faults: Sequence[Fault], device: str, metric: str) -> Callable[[Times], Values]:
    """What a metric would show at other times."""
    return lambda times: source.columns(times, faults)[device][metric]


def _sent(device: str, times: Times, columns: Columns, faults: Sequence[Fault]) -> tuple[Times, Columns]:
    """Only what is sent."""
    kept: NDArray[np.bool_] | None = None
    for fault in faults:
        mask = fault.sent(device, times)
        if mask is not None:
            kept = mask if kept is None else kept & mask
    if kept is None:
        return times, columns
    return times[kept], {metric: values[kept] for metric, values in columns.items()}


def _numbers(metric: str, values: Values) -> list[int] | list[float]:
    """JSON numbers: integers for counters and switches."""
    numbers: list[int] | list[float] = values.astype(np.int64).tolist() if metric in INTEGERS else values.tolist()
    return numbers


def _merged(spoken: list[list[Outgoing]]) -> Iterator[Outgoing]:
    """All devices' messages by time."""
    if len({len(messages) for messages in spoken}) == 1:
        for together in zip(*spoken, strict=True):
            yield from together
        return
    everything = [message for messages in spoken for message in messages]
    yield from sorted(everything, key=lambda message: message.time)
