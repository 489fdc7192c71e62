"""What machines and meters know of a shift of the IPAL: hours of the blower, kWh, and any other counter's growth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from domain.logbook import Noted, Source
from domain.metrics import MetricInfo, MetricKind, ProfileInfo
from domain.ports_readings import ReadingQuery
from domain.reading import Millis
from domain.registry import Device
from domain.report_head import Policy
from domain.series import MachineState
from reports.machines.reading import Machine, machine_spans
from reports.meter_course import gap_of
from reports.minutes import HOUR, read_minutes
from reports.totaliser import LOOK_BACK, Totaliser

BLOWER: Final = ("blower", "aerator")
ENERGY: Final = "energy_total"
KWH: Final = "kWh"
_TOLD: Final = (MachineState.EXECUTING, MachineState.NOT_EXECUTING)

Known = Sequence[tuple[Device, ProfileInfo]]


def blower_hours(query: ReadingQuery, devices: Known, start: Millis, stop: Millis) -> Noted | None:
    """Hours that the site's blower ran, by its run signal, power or cycles, as its profile says.

    The blower is the device called so (its id or one of its names). None without one, without any signal, and where
    there are several: which of them the logbook means is not ours to say.
    """
    found = [(device, profile) for device, profile in devices if _is_blower(device) and profile.run is not None]
    if len(found) != 1 or stop <= start:
        return None
    (device, profile) = found[0]
    assert profile.run is not None
    spans = machine_spans(query, Machine(device.id, device.stage, profile.run), start, stop)
    ran = sum(one.stop - one.start for one in spans if one.state is MachineState.EXECUTING)
    known = sum(one.stop - one.start for one in spans if one.state in _TOLD)
    return _noted(ran / HOUR, device, known / (stop - start)) if known else None


def energy(query: ReadingQuery, devices: Known, start: Millis, stop: Millis) -> Noted | None:
    """kWh by the site's only energy meter, its phases together. None where there is none, or several."""
    found = [(device, meters) for device, profile in devices if (meters := _meters(profile.metrics))]
    if len(found) != 1:
        return None
    device, meters = found[0]
    grown = [counter(query, device, info, start, stop) for info in meters]
    known = [one for one in grown if one is not None]
    if len(known) < len(meters):
        return None
    return _noted(sum(one.value for one in known), device, min(one.coverage or 0.0 for one in known))


def counter(
    query: ReadingQuery, device: Device, info: MetricInfo, start: Millis, stop: Millis, factor: float = 1.0
) -> Noted | None:
    """How far a counter grew over [start, stop), reset-safe, times a factor; None without a good reading."""
    if stop <= start:
        return None
    minutes = read_minutes(query, device.id, info.metric, start - LOOK_BACK, stop)
    gap = gap_of(info, Policy().max_gap * 1000)
    meter = Totaliser(info, gap, lambda begin, end: query.raw(device.id, info.metric, begin, end))
    meter.begin(minutes.between(start - LOOK_BACK, start), start - LOOK_BACK, start)
    counted = meter.day(minutes.between(start, stop), start, stop)
    if counted is None:
        return None
    return _noted(counted.own * factor, device, (counted.until - counted.since) / (stop - start))


def _noted(value: float, device: Device, covered: float) -> Noted:
    return Noted(round(value, 2), Source.SENSOR, device.id, round(min(1.0, covered), 4))


def _is_blower(device: Device) -> bool:
    called = " ".join((device.id, device.name.id, device.name.en)).lower()
    return any(word in called for word in BLOWER)


def _meters(infos: Iterable[MetricInfo]) -> list[MetricInfo]:
    """The phases of one meter are metrics of their own."""
    return [
        one for one in infos if one.kind is MetricKind.COUNTER and one.unit == KWH and one.metric.startswith(ENERGY)
    ]
