"""Routes: devices and profiles."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from api.access import Reader, ServicesOf
from api.device_schemas import DeviceDetail, DeviceOut
from api.openapi import READS, READS_ONE
from api.paging import Cursor, Limit, opened, page_of, sealed
from api.schemas import ListOf, ProfileOut, SiteFilter, SlugPath
from domain.alert import RuleStatus
from domain.errors import NotFound
from domain.metrics import ProfileInfo
from domain.rule import ANY_METRIC
from domain.services import Services

router = APIRouter(tags=["installation"])


@router.get("/devices", responses=READS, summary="Devices")
def list_devices(
    caller: Reader, services: ServicesOf, site: SiteFilter = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[DeviceOut]:
    """Devices by id, of one site or of all."""
    page = services.registry.devices(site, opened("devices", cursor), limit)
    behind = causes_of(services, [device.id for device in page.items])
    items = [DeviceOut.of(device, behind.get(device.id)) for device in page.items]
    return ListOf(items=items, next=sealed("devices", page.next))


@router.get("/devices/{device_id}", responses=READS_ONE, summary="One device with its metrics and rules")
def get_device(caller: Reader, services: ServicesOf, device_id: SlugPath) -> DeviceDetail:
    """One device, the metrics its profile declares, and the rules that watch it."""
    device = services.registry.device(device_id)
    behind = causes_of(services, [device.id]).get(device.id)
    rules = services.rules.rules_for(device)
    return DeviceDetail.with_parts(device, behind, profile_of(services, device.profile), rules)


def causes_of(services: Services, devices: Sequence[str]) -> dict[str, str]:
    """For whose sake devices are not judged, by device; in a bounded number of queries.

    Silence of a device as a whole is what a cause keeps from being judged; where no rule watches for that, an open
    alert that is suppressed for a cause tells the same.
    """
    found = {alert.device: alert.parent for alert in services.book.open_alerts(devices) if alert.parent is not None}
    states = services.book.states([(device, ANY_METRIC) for device in devices])
    judged = {state.device: state.parent for state in states if state.status is RuleStatus.NOT_JUDGED}
    return found | {device: parent for device, parent in judged.items() if parent is not None}


def profile_of(services: Services, name: str) -> ProfileInfo | None:
    """A profile, None when its file is gone."""
    try:
        return services.profiles.profile(name)
    except NotFound:
        return None


@router.get("/profiles", responses=READS, summary="Device profiles")
def list_profiles(
    caller: Reader, services: ServicesOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[ProfileOut]:
    """How each model of device speaks, by name."""
    page = page_of(services.profiles.profiles(), lambda one: one.name, opened("profiles", cursor), limit)
    return ListOf(items=[ProfileOut.of(one) for one in page.items], next=sealed("profiles", page.next))
