"""The water balance by day and the sensors' part of the logbook (`domain.plant_figures.PlantFigures`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from domain.logbook import Noted, Source
from domain.metrics import MetricInfo
from domain.places import Places
from domain.plant_figures import LoadOfDay, WaterDay
from domain.ports import ProfileBook, ReadingQuery, Registry
from domain.ports_evidence import Production
from domain.reading import Millis
from domain.registry import Device, DeviceStatus, Installation
from domain.report import VolumeDay
from domain.report_period import midnight
from domain.report_records import ProductionDay
from reports.flow import integral
from reports.loads import CONCENTRATION, load
from reports.minutes import HOUR, MINUTE, day_mean, read_minutes, slots_of
from reports.parameter import rounded
from reports.plant_machines import blower_hours, counter, energy
from reports.totaliser import TO_M3
from reports.volumes import Meter, VolumeCourse, meter_of

MAX_GAP: Final[Millis] = 900_000
SLOT: Final[Millis] = 2 * MINUTE  # the ministry's
SENSED: Final = {"ph": "ph", "temperature": "temperature"}
UNITS: Final = {"ph": "pH", "temperature": "Cel"}
INLET, OUTLET = "inlet", "outlet"


class SensedPlant:
    """Over the readings with the corrections in force."""

    def __init__(
        self, registry: Registry, profiles: ProfileBook, readings: ReadingQuery, production: Production
    ) -> None:
        self._registry, self._profiles = registry, profiles
        self._readings, self._production = readings, production

    def water(self, site: str, first: date, last: date) -> list[WaterDay]:
        """Every local day from first to last, both inclusive."""
        zone = Places(self._registry).zone_of_site(site)
        ends = self._ends(site)
        days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
        edges = [midnight(day, zone) for day in (*days, last + timedelta(days=1))]
        made = {one.day: one for one in self._production.days(site, first, last)}
        volumes = {name: self._volumes(devices, days, edges) for name, devices in ends.items()}
        return [
            self._day(day, span, volumes, made.get(day), ends[OUTLET])
            for day, span in zip(days, pairwise(edges), strict=True)
        ]

    def sensed(self, site: str, start: Millis, stop: Millis) -> Mapping[str, Noted]:
        """Fields of the logbook that sensors know of [start, stop)."""
        found: dict[str, Noted] = {}
        for name, devices in self._ends(site).items():
            for device in devices:
                for info in self._infos(device):
                    noted = self._mean(device, info, start, stop)
                    if noted is not None:
                        found.setdefault(f"{SENSED[info.metric]}_{name}", noted)
            volume = self._volume(devices, start, stop)
            if volume is not None:
                found[f"volume_{name}"] = volume
        here = [(one, self._profiles.profile(one.profile)) for one in self._here(site)]
        machines = {"blower_hours": blower_hours, "energy": energy}
        known = {name: ask(self._readings, here, start, stop) for name, ask in machines.items()}
        return found | {name: noted for name, noted in known.items() if noted is not None}

    def _here(self, site: str) -> list[Device]:
        """Those that are in service."""
        found = self._registry.installation().devices
        return [one for one in found if one.site == site and one.status is DeviceStatus.IN_SERVICE]

    def _ends(self, site: str) -> dict[str, list[Device]]:
        """The devices where water comes in (the first stage) and where it leaves (the compliance points)."""
        installation = self._registry.installation()
        here = [device for device in installation.devices if device.site == site]
        stages = next((one.stages for one in installation.sites if one.id == site), ())
        first = stages[0].id if stages else None
        points = _points(installation, site)
        outlet = [device for name in points for device in here if device.id == name]
        return {INLET: [one for one in here if one.stage == first and one not in outlet], OUTLET: outlet}

    def _infos(self, device: Device) -> tuple[MetricInfo, ...]:
        return self._profiles.profile(device.profile).metrics

    def _meter(self, devices: list[Device]) -> Meter | None:
        made = (meter_of(device.id, tuple(self._infos(device))) for device in devices)
        return next((one for one in made if one is not None), None)

    def _volumes(self, devices: list[Device], days: list[date], edges: list[Millis]) -> dict[date, VolumeDay]:
        meter = self._meter(devices)
        if meter is None:
            return {}
        course = VolumeCourse(self._readings, meter, MAX_GAP)
        for day, span in zip(days, pairwise(edges), strict=True):
            course.add_day(day, span)
        return {one.day: one for one in course.finished().days}

    def _volume(self, devices: list[Device], start: Millis, stop: Millis) -> Noted | None:
        meter = self._meter(devices)
        if meter is None:
            return None
        if meter.flow is None and meter.total is not None:
            device = self._registry.device(meter.device)
            return counter(self._readings, device, meter.total, start, stop, TO_M3[meter.total.unit])
        volume, covered = VolumeCourse(self._readings, meter, MAX_GAP).between(start, stop)
        return None if volume is None else Noted(round(volume, 2), Source.SENSOR, meter.device, round(covered, 4))

    def _mean(self, device: Device, info: MetricInfo, start: Millis, stop: Millis) -> Noted | None:
        """The mean over the time that good readings cover."""
        if UNITS.get(info.metric) != info.unit or stop <= start:
            return None
        minutes = read_minutes(self._readings, device.id, info.metric, start, stop)
        area, hours = integral(minutes, start, stop, MAX_GAP)
        if not hours:
            return None
        covered = round(hours * HOUR / (stop - start), 4)
        return Noted(round(area / hours, info.decimals), Source.SENSOR, device.id, covered)

    def _day(
        self,
        day: date,
        span: tuple[Millis, Millis],
        volumes: dict[str, dict[date, VolumeDay]],
        made: ProductionDay | None,
        outlet: list[Device],
    ) -> WaterDay:
        came, left = volumes[INLET].get(day), volumes[OUTLET].get(day)
        before, after = (None if one is None else one.volume for one in (came, left))
        tons = None if made is None else made.tons
        return WaterDay(
            day,
            came,
            left,
            None if before is None or after is None else rounded(before - after),
            tons,
            None if made is None else made.pieces,
            rounded(after / tons) if after is not None and tons else None,
            () if after is None else self._loads(outlet, span, after, tons),
        )

    def _loads(
        self, devices: list[Device], span: tuple[Millis, Millis], volume: float, tons: float | None
    ) -> tuple[LoadOfDay, ...]:
        """Daily mean times daily volume, of every concentration that is measured at the outlet."""
        found = []
        for device in devices:
            for info in self._infos(device):
                if info.unit != CONCENTRATION:
                    continue
                minutes = read_minutes(self._readings, device.id, info.metric, *span)
                mean = day_mean(slots_of(minutes, span[0], SLOT), span[0])
                if mean is not None:
                    weight = load(mean, volume)
                    per_ton = rounded(weight / tons) if tons else None
                    found.append(LoadOfDay(info.metric, round(weight, 6), per_ton))
        return tuple(found)


def _points(installation: Installation, site: str) -> list[str]:
    points = [one for one in installation.compliance_points if one.site == site]
    return list(dict.fromkeys(name for one in points for name in one.devices))
