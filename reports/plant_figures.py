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
from domain.report_head import Policy
from domain.report_period import midnight
from domain.report_records import ProductionDay
from domain.report_water import VolumeDay
from reports.flow import integral
from reports.kept import rounded
from reports.loads import CONCENTRATION, load
from reports.meter_course import Meter, gap_of, meter_of
from reports.minutes import HOUR, day_mean, read_minutes, slots_of
from reports.parameter import slot_of
from reports.plant_machines import blower_hours, energy
from reports.volumes import VolumeCourse

SENSED: Final = {"ph": "ph", "temperature": "temperature"}
UNITS: Final = {"ph": "pH", "temperature": "Cel"}
INLET, OUTLET = "inlet", "outlet"


class SensedPlant:
    """Over the readings with the corrections in force, counted by the same policy as the reports."""

    def __init__(
        self,
        registry: Registry,
        profiles: ProfileBook,
        readings: ReadingQuery,
        production: Production,
        policy: Policy | None = None,
    ) -> None:
        self._registry, self._profiles = registry, profiles
        self._readings, self._production = readings, production
        self._policy = policy or Policy()
        self._max_gap = self._policy.max_gap * 1000

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

    def _meters(self, devices: list[Device]) -> list[Meter]:
        made = (meter_of(device.id, self._infos(device)) for device in devices)
        return [one for one in made if one is not None]

    def _volumes(self, devices: list[Device], days: list[date], edges: list[Millis]) -> dict[date, VolumeDay]:
        meters = self._meters(devices)
        if not meters:
            return {}
        course = VolumeCourse(self._readings, meters, self._max_gap)
        for day, span in zip(days, pairwise(edges), strict=True):
            course.add_day(day, span)
        return {one.day: one for one in course.finished().days}

    def _volume(self, devices: list[Device], start: Millis, stop: Millis) -> Noted | None:
        """Counted as a day is."""
        meters = self._meters(devices)
        if not meters or stop <= start:
            return None
        course = VolumeCourse(self._readings, meters, self._max_gap)
        course.add_day(date.min, (start, stop))
        (found,) = course.finished().days
        if found.volume is None:
            return None
        return Noted(round(found.volume, 2), Source.SENSOR, found.device, round(found.covered, 4))

    def _mean(self, device: Device, info: MetricInfo, start: Millis, stop: Millis) -> Noted | None:
        """The mean over the time that good readings cover."""
        if UNITS.get(info.metric) != info.unit or stop <= start:
            return None
        minutes = read_minutes(self._readings, device.id, info.metric, start, stop)
        area, hours = integral(minutes, start, stop, gap_of(info, self._max_gap))
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
            () if left is None else self._loads(outlet, span, left, tons),
        )

    def _loads(
        self, devices: list[Device], span: tuple[Millis, Millis], volume: VolumeDay, tons: float | None
    ) -> tuple[LoadOfDay, ...]:
        """Daily mean times daily volume, of every concentration that is measured at the outlet; only where both
        speak for enough of the day. Of two analysers of one parameter the one that covers more of it.
        """
        found: dict[str, tuple[float, float]] = {}
        for device in devices:
            for info in self._infos(device):
                if info.unit == CONCENTRATION:
                    mean, covered = self._daily(device.id, info, span)
                    if mean is not None and covered > found.get(info.metric, (0.0, 0.0))[1]:
                        found[info.metric] = mean, covered
        loads = {
            metric: load(mean, volume.volume or 0.0)
            for metric, (mean, covered) in found.items()
            if volume.volume is not None and min(covered, volume.covered) >= self._policy.day_share
        }
        return tuple(LoadOfDay(one, round(kg, 6), rounded(kg / tons) if tons else None) for one, kg in loads.items())

    def _daily(self, device: str, info: MetricInfo, span: tuple[Millis, Millis]) -> tuple[float | None, float]:
        """The mean of a day, and the share of its slots that hold a good reading."""
        slot = slot_of(info, self._policy)
        slots = slots_of(read_minutes(self._readings, device, info.metric, *span), span[0], slot)
        return day_mean(slots, span[0]), int((slots.good > 0).sum()) * slot / (span[1] - span[0])


def _points(installation: Installation, site: str) -> list[str]:
    points = [one for one in installation.compliance_points if one.site == site]
    return list(dict.fromkeys(name for one in points for name in one.devices))
