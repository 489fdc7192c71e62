"""Devices and compliance points: what they refer to that does not exist. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from domain.errors import Problem
from domain.reference_names import Names, missing
from domain.registry import Device, Installation


def device_problems(installation: Installation, names: Names) -> Iterator[Problem]:
    """Places that do not exist, two devices at one address, gateways that lead nowhere."""
    addresses: dict[tuple[str, str, str], str] = {}
    for index, device in enumerate(installation.devices):
        key = f"devices[{index}]"
        yield from names.place(key, device.site, device.stage)
        yield from _gateway(f"{key}.gateway", device, names)
        spoken = (device.site, device.profile, device.topic_name)
        other = addresses.setdefault(spoken, device.id)
        if other != device.id:
            message = f"{device.id} would answer to the same topic as {other}: both are called {device.topic_name}"
            yield Problem("", f"{key}.address", message)


def point_problems(installation: Installation, names: Names) -> Iterator[Problem]:
    """Places, limit sets and devices of compliance points that do not exist."""
    for index, point in enumerate(installation.compliance_points):
        key = f"compliance_points[{index}]"
        yield from names.place(key, point.site, point.stage)
        if point.limit_set not in names.limit_sets:
            message = missing("limit set", point.limit_set, names.limit_sets)
            yield Problem("", f"{key}.limit_set", message)
        for number, device in enumerate(point.devices):
            yield from names.device(f"{key}.devices[{number}]", device, point.site)


def _gateway(key: str, device: Device, names: Names) -> Iterator[Problem]:
    if device.gateway is None:
        return
    if device.gateway == device.id:
        yield Problem("", key, f"{device.id} cannot be its own gateway; leave the key out")
        return
    yield from names.device(key, device.gateway, device.site)
    chain = _chain(device, names)
    if len(chain) > 1 and chain[-1] == device.id:
        yield Problem("", key, f"gateways in a circle: {' > '.join(chain)}; one of them must have none")


def _chain(device: Device, names: Names) -> list[str]:
    """The device, its gateway, that one's gateway …, up to the first that has none or was met before."""
    chain = [device.id]
    while (gateway := names.devices[chain[-1]].gateway) is not None and gateway in names.devices:
        met = gateway in chain
        chain.append(gateway)
        if met:
            break
    return chain
