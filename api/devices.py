"""Routes: devices, profiles, rules."""

from __future__ import annotations

from fastapi import APIRouter

from api.access import Reader, ServicesOf
from api.openapi import READS, READS_ONE
from api.paging import Cursor, Limit, opened, page_of, sealed
from api.schemas import DeviceDetail, DeviceOut, ListOf, ProfileOut, RuleOut, SiteFilter, SlugPath
from domain.errors import NotFound
from domain.metrics import ProfileInfo
from domain.services import Services

router = APIRouter(tags=["installation"])


@router.get("/devices", responses=READS, summary="Devices")
def list_devices(
    caller: Reader, services: ServicesOf, site: SiteFilter = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[DeviceOut]:
    """Devices by id, of one site or of all."""
    page = services.registry.devices(site, opened("devices", cursor), limit)
    return ListOf(items=[DeviceOut.of(device) for device in page.items], next=sealed("devices", page.next))


@router.get("/devices/{device_id}", responses=READS_ONE, summary="One device with its metrics and rules")
def get_device(caller: Reader, services: ServicesOf, device_id: SlugPath) -> DeviceDetail:
    """One device, the metrics its profile declares, and the rules that watch it."""
    device = services.registry.device(device_id)
    return DeviceDetail.with_parts(device, profile_of(services, device.profile), services.rules.rules_for(device))


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


@router.get("/rules", responses=READS, summary="Rules in force")
def list_rules(caller: Reader, services: ServicesOf, limit: Limit = 100, cursor: Cursor = None) -> ListOf[RuleOut]:
    """All enabled rules by id: the installation's own, and those derived from limit sets and profiles."""
    page = page_of(services.rules.rules(), lambda rule: rule.id, opened("rules", cursor), limit)
    return ListOf(items=[RuleOut.of(rule) for rule in page.items], next=sealed("rules", page.next))
