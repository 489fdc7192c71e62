"""Why a device is not judged right now: its cause is an alert of its own, or somebody paused its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.alert_lines import PANTAU, AlertLine, line
from dashboard.calibrated import Checked, checks_of
from dashboard.frame import Visit
from domain.alert import Alert, AlertState, RuleStatus
from domain.errors import PantauError
from domain.pause import Pause
from domain.registry import Device
from domain.rule import ANY_METRIC
from domain.system_condition import CAUSES


@dataclass(frozen=True)
class Cause:
    """What stands above a device: an alert, or a pause. One of the two is given, or neither when it is gone.

    `check`: the calibration mode that the pause is of.
    """

    alert: AlertLine | None = None
    pause: Pause | None = None
    check: Checked | None = None


def covers(pause: Pause, device: Device) -> bool:
    """Whether a pause takes a device in."""
    if pause.device is not None:
        return pause.device == device.id
    return pause.site == device.site and pause.stage in (None, device.stage)


def pauses_now(visit: Visit) -> list[Pause]:
    """The pauses that hold; none while they cannot be read."""
    try:
        return visit.services.pauses.now(visit.now)
    except PantauError:
        return []


def system_alerts(visit: Visit, gateways: Iterable[str] = ()) -> list[Alert]:
    """Open alerts about Pantau itself, and these gateways; none while they cannot be read."""
    try:
        return [one for one in visit.services.book.open_alerts([PANTAU, *gateways]) if one.kind == "system"]
    except PantauError:
        return []


def not_judged(visit: Visit, devices: Sequence[Device]) -> dict[str, Cause]:
    """Those of the devices that are not judged now, each with its cause."""
    held = [(one, pause) for pause in pauses_now(visit) for one in devices if covers(pause, one)]
    checks = checks_of(visit, [one for one, pause in held if pause.device is not None])
    found = {one.id: Cause(pause=pause, check=checks.get(one.id)) for one, pause in held}
    for device, parent in _behind(visit, [one for one in devices if one.id not in found]).items():
        found[device] = Cause(line(visit, parent) if parent is not None else None)
    return found


def _behind(visit: Visit, devices: Sequence[Device]) -> dict[str, Alert | None]:
    """By device, the alert that is its cause: as the open causes tell, else as the engine noted it."""
    gateways = {device.gateway for device in devices if device.gateway is not None}
    causes = [one for one in system_alerts(visit, gateways) if one.metric in CAUSES and one.active]
    found: dict[str, Alert | None] = {}
    for device in devices:
        above = next((alert for alert in causes if stands_above(alert, device)), None)
        if above is not None:
            found[device.id] = above
    noted = _noted(visit, [device for device in devices if device.id not in found])
    parents = {alert.id: alert for alert in _alerts(visit, noted.values())}
    return found | {device: parents.get(parent) for device, parent in noted.items()}


def stands_above(alert: Alert, device: Device) -> bool:
    """Whether a cause takes a device in: everything, its site, or its gateway."""
    if alert.device != PANTAU:
        return alert.device == device.gateway
    return alert.site in ("", device.site)


def cause_of(visit: Visit, alert: Alert) -> Cause | None:
    """Why a suppressed alert rests; None for one that does not. A pause is found by its place."""
    if alert.state is not AlertState.SUPPRESSED:
        return None
    if alert.parent is not None:
        parents = _alerts(visit, [alert.parent])
        return Cause(next((line(visit, parent) for parent in parents), None))
    return Cause(pause=pause_of(visit, alert.device))


def pause_of(visit: Visit, device: str) -> Pause | None:
    """The pause that a device's place is in."""
    found = visit.plan.devices.get(device)
    return next((one for one in pauses_now(visit) if found and covers(one, found)), None)


def _noted(visit: Visit, devices: Sequence[Device]) -> dict[str, str]:
    """What the engine wrote down: (device, id of its cause)."""
    series = [(device.id, ANY_METRIC) for device in devices]
    series += [(device.id, info.metric) for device in devices for info in visit.plan.metrics_of(device)]
    try:
        states = visit.services.book.states(series) if series else []
    except PantauError:
        return {}
    held = [one for one in states if one.status is RuleStatus.NOT_JUDGED and one.parent is not None]
    return {one.device: str(one.parent) for one in held}


def _alerts(visit: Visit, ids: Iterable[str]) -> list[Alert]:
    wanted = sorted(set(ids))
    try:
        return visit.services.book.alerts_by_id(wanted) if wanted else []
    except PantauError:
        return []
