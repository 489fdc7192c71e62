"""Routes: devices that speak and nobody registered; registering and changing devices."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ValidationError

from api.access import Configurer, ServicesOf
from api.device_schemas import DeviceOut
from api.newcomer_schemas import DeviceChange, NewDevice, UnknownDeviceOut, WelcomeOut
from api.openapi import CHANGES, READS
from api.schemas import ListOf, SlugPath
from domain.errors import Invalid
from domain.registry import Device, Installation

router = APIRouter(tags=["installation"])

Most = Annotated[int, Query(ge=1, le=100, description="How many devices at most.")]


@router.get("/unknown-devices", responses=READS, summary="Devices that nobody registered")
def list_unknown_devices(caller: Configurer, services: ServicesOf, limit: Most = 50) -> ListOf[UnknownDeviceOut]:
    """Gathered from the newest dead letters, those heard last first, each with the profiles that fit, best first."""
    return ListOf(items=[UnknownDeviceOut.of(one) for one in services.newcomers.unknown(limit)])


@router.post("/devices", status_code=201, responses=CHANGES, summary="Register a device")
def register_device(caller: Configurer, services: ServicesOf, body: NewDevice) -> WelcomeOut:
    """Adds a device and reads the messages it sent before. 409 when its id or its address is taken."""
    welcome = services.newcomers.register(body.device(), caller.name, services.clock())
    return WelcomeOut(device=DeviceOut.of(welcome.device), replayed=welcome.replayed, refused=welcome.refused)


@router.patch("/devices/{device_id}", responses=CHANGES, summary="Change a device's name, stage or status")
def change_device(caller: Configurer, services: ServicesOf, device_id: SlugPath, body: DeviceChange) -> DeviceOut:
    """Changes what is given; the readings there are stay as they are."""
    standing = services.registry.device(device_id)
    try:
        changed = Device.model_validate({**standing.model_dump(), **body.changes()})
    except ValidationError as error:
        raise Invalid(str(error.errors()[0]["msg"]), str(error.errors()[0]["loc"][0])) from None
    services.registry.apply(Installation(devices=(changed,)), caller.name, services.clock())
    return DeviceOut.of(changed)
