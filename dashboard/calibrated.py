"""Sensors with what is known of their calibration, and which are being looked at right now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.frame import Visit
from domain.calibration import days_until_due
from domain.errors import NotFound, PantauError
from domain.evidence import Revision
from domain.function_check import FunctionCheck
from domain.metrics import MetricInfo
from domain.registry import Device, SiteKind
from domain.report_records import CalibrationRecord


@dataclass(frozen=True)
class Sensor:
    """One sensor. `left`: days until the next calibration; `mode`: the function check that holds."""

    device: Device
    info: MetricInfo
    last: CalibrationRecord | None
    left: int | None
    mode: Revision[FunctionCheck] | None

    @property
    def url(self) -> str:
        """Its page."""
        return f"/calibrations/{self.device.id}/{self.info.metric}"


@dataclass(frozen=True)
class Checked:
    """Calibration mode of a device as every page of its sensors tells it: of what, since and until when, by whom."""

    device: str
    metrics: tuple[str, ...]
    names: str
    start: int
    stop: int
    who: str
    note: str

    @property
    def url(self) -> str:
        """Where it is ended."""
        return f"/calibrations/{self.device}/{self.metrics[0]}"


def by_weight(visit: Visit) -> list[Device]:
    """The devices as officials ask for them: those of compliance points, then by site and stage, machines last."""
    installation = visit.plan.installation
    law = {device for point in installation.compliance_points for device in point.devices}
    sites = list(visit.plan.sites.values())
    places = {(site.id, stage.id): at for at, (site, stage) in enumerate((s, t) for s in sites for t in s.stages)}
    machines = {site.id for site in sites if site.kind is SiteKind.MACHINES}

    def weight(device: Device) -> tuple[bool, bool, int]:
        return device.id not in law, device.site in machines, places.get((device.site, device.stage), len(places))

    return sorted(visit.plan.devices.values(), key=weight)


def known(visit: Visit, device: str, metric: str) -> tuple[Device, MetricInfo]:
    """Raises NotFound for what the device does not measure."""
    found = visit.plan.device(device)
    info = visit.plan.metric(device, metric)
    if info is None:
        raise NotFound(metric)
    return found, info


def sensor_of(
    visit: Visit,
    device: Device,
    info: MetricInfo,
    last: CalibrationRecord | None,
    held: Sequence[Revision[FunctionCheck]],
) -> Sensor:
    """What is due of it, and whether it is in calibration mode. `held`: the function checks that hold now."""
    today = visit.formats(visit.plan.site(device.site).timezone).local(visit.now).date()
    left = None if last is None else days_until_due(last, today)
    mine = (one for one in held if one.record.device == device.id and info.metric in one.record.metrics)
    mode = next(mine, None)
    return Sensor(device, info, last, left, mode)


def checks_of(visit: Visit, devices: Iterable[Device]) -> dict[str, Checked]:
    """The function checks that hold, by device; none while they cannot be read."""
    try:
        held = holding(visit, devices)
    except PantauError:
        return {}
    return {one.record.device: _checked(visit, one) for one in held}


def holding(visit: Visit, devices: Iterable[Device]) -> list[Revision[FunctionCheck]]:
    """The function checks of these devices that hold now."""
    places = [one.id for one in devices]
    return visit.services.evidence.checks.touching_any(places, visit.now, visit.now + 1)


def _checked(visit: Visit, one: Revision[FunctionCheck]) -> Checked:
    record = one.record
    infos = [(metric, visit.plan.metric(record.device, metric)) for metric in record.metrics]
    names = ", ".join(visit.words.text(info.name) if info else metric for metric, info in infos)
    return Checked(
        record.device, record.metrics, names, record.start, record.stop, visit.person(one.who), record.note
    )
