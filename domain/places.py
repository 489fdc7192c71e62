"""Where records belong: that the place exists, and in which zone its days are cut."""

from __future__ import annotations

from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.errors import Invalid, NotFound
from domain.logbook_day import LogbookShift, shifts_of_day
from domain.references import did_you_mean
from domain.registry import CompliancePoint, Device, Installation


class Installed(Protocol):
    """The part of `domain.ports.Registry` that places are looked up in."""

    def installation(self) -> Installation:
        """All of it."""
        ...

    def device(self, device: str) -> Device:
        """One device. Raises NotFound."""
        ...


class Places:
    """Looks into the registry each time: it may change."""

    def __init__(self, registry: Installed) -> None:
        self._registry = registry

    def zone_of_site(self, site: str) -> ZoneInfo:
        """Raises Invalid for a site that does not exist."""
        zones = {one.id: one.timezone for one in self._registry.installation().sites}
        if site not in zones:
            raise Invalid(f"there is no site {site}{did_you_mean(site, zones)}", "site")
        return ZoneInfo(zones[site])

    def site_of_device(self, device: str) -> str:
        """Raises Invalid for a device that does not exist."""
        try:
            return self._registry.device(device).site
        except NotFound:
            raise Invalid(f"there is no device {device}", "device") from None

    def zone_of_device(self, device: str) -> ZoneInfo:
        """Raises Invalid for a device that does not exist."""
        return self.zone_of_site(self.site_of_device(device))

    def zone_of_point(self, point: str) -> ZoneInfo:
        """Raises Invalid for a compliance point that does not exist."""
        return self.zone_of_site(self.point(point).site)

    def point(self, point: str) -> CompliancePoint:
        """Raises Invalid for a compliance point that does not exist."""
        points = {one.id: one for one in self._registry.installation().compliance_points}
        if point not in points:
            raise Invalid(f"there is no compliance point {point}{did_you_mean(point, points)}", "point")
        return points[point]

    def shifts_of_day(self, site: str, day: date) -> list[LogbookShift]:
        """The shifts that the site's logbook is kept in. Raises Invalid for a site that does not exist."""
        return shifts_of_day(self._registry.installation().shifts, site, self.zone_of_site(site), day)
