"""One site's day in a few lines: the compliance parameters, how complete the record is, volume, alerts.

Figures come from good readings only. What was not measured is said to be missing, never estimated.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.alert import Alert
from domain.errors import NotFound
from domain.metrics import MetricInfo
from domain.ports import AlertBook, ProfileBook, ReadingQuery, Registry
from domain.reading import Millis
from domain.registry import CompliancePoint, Device, DeviceStatus, Installation, Limit, LimitSet, Site
from domain.report_head import Policy
from domain.series import DaySummary
from reports.limits_in_force import LimitCalendar
from reports.meter_course import meter_of
from reports.minutes import HOUR
from reports.standing import standing_of
from reports.volumes import VolumeCourse

SLOT: Final[Millis] = 60_000
PAGE: Final = 500
WORST: Final = 5  # open alerts named in the summary


class MetricDay(Struct, frozen=True):
    """One parameter of one device. Figures are None without a good reading.

    `slots` are the minutes (or the device's own interval, if longer) with a good reading, of `expected`.
    """

    device: str
    metric: str
    unit: str
    limit_min: float | None
    limit_max: float | None
    min: float | None
    mean: float | None
    max: float | None
    slots: int
    expected: int

    @property
    def completeness(self) -> float:
        """Share of the expected slots, 0 to 1."""
        return self.slots / self.expected if self.expected else 0.0


class VolumeDay(Struct, frozen=True):
    """What flowed past a point's meter in m3, and the hours that figure rests on; None without readings of it."""

    device: str
    volume: float | None
    covered: float


class DailySummary(Struct, frozen=True):
    """One local day of one site. `found_late` are counted apart from those that rang.

    As of now: `open` alerts that wait for somebody, those `shelved` and `suppressed` (not judged), `faulty` sensors
    (device, metric), `silent` devices, devices `out_of_service`, and the `worst` of what is open.
    """

    site: str
    day: date
    metrics: tuple[MetricDay, ...]
    volumes: tuple[VolumeDay, ...]
    raised: int
    found_late: int
    open: int
    shelved: int = 0
    suppressed: int = 0
    faulty: tuple[tuple[str, str], ...] = ()
    silent: tuple[str, ...] = ()
    out_of_service: tuple[str, ...] = ()
    worst: tuple[Alert, ...] = ()


def day_span(day: date, zone: ZoneInfo) -> tuple[Millis, Millis]:
    """A local day's first millisecond and the next day's."""
    first, last = (datetime.combine(d, time(), zone) for d in (day, day + timedelta(days=1)))
    return round(first.timestamp() * 1000), round(last.timestamp() * 1000)


def yesterday(site: Site, now: Millis) -> date:
    """The last complete day at a site."""
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(site.timezone))
    return local.date() - timedelta(days=1)


class DailySummaries:
    """Computes summaries from the ports; keeps nothing."""

    def __init__(
        self,
        registry: Registry,
        profiles: ProfileBook,
        readings: ReadingQuery,
        book: AlertBook,
        policy: Policy | None = None,
    ) -> None:
        self._policy = policy or Policy()
        self._registry = registry
        self._profiles = profiles
        self._readings = readings
        self._book = book

    def all(self, now: Millis) -> list[DailySummary]:
        """Yesterday at every site, in the registry's order."""
        installation = self._registry.installation()
        return [self.of(installation, site, yesterday(site, now)) for site in installation.sites]

    def of(self, installation: Installation, site: Site, day: date) -> DailySummary:
        """One day of one site. Raises Unavailable when a store is away."""
        zone = ZoneInfo(site.timezone)
        points = [point for point in installation.compliance_points if point.site == site.id]
        devices = {device.id: device for device in installation.devices}
        metrics: list[MetricDay] = []
        volumes: list[VolumeDay] = []
        for point in points:
            metrics += self._metrics_of(point, LimitCalendar(installation, point, [day]).on(day), devices, day, zone)
            volumes += self._volumes_of(point, devices, day, zone)
        raised, late = self._raised(site, *day_span(day, zone))
        standing = standing_of(self._pages(site, None, open_only=True))
        resting = {device.id for device in installation.devices if device.site == site.id and _rests(device)}
        return DailySummary(
            site.id, day, tuple(metrics), tuple(volumes), raised, late, len(standing.waiting),
            shelved=standing.shelved, suppressed=standing.suppressed, faulty=standing.faulty, silent=standing.silent,
            out_of_service=tuple(sorted(resting | set(standing.out_of_service))), worst=standing.waiting[:WORST],
        )  # fmt: skip

    def _metrics_of(
        self, point: CompliancePoint, limits: LimitSet | None, devices: dict[str, Device], day: date, zone: ZoneInfo
    ) -> list[MetricDay]:
        """By the set that held on that day, the point's own or an earlier one; none where none held."""
        if limits is None:
            return []
        return [
            self._metric(device, limit, info, day, zone)
            for limit in limits.limits
            if not limit.laboratory
            for device in (devices[name] for name in point.devices)
            for info in self._infos(device)
            if info.metric == limit.metric and info.unit == limit.unit
        ]

    def _metric(self, device: Device, limit: Limit, info: MetricInfo, day: date, zone: ZoneInfo) -> MetricDay:
        start, stop = day_span(day, zone)
        slot = max(SLOT, round((info.interval or 0) * 1000))
        found = self._day(device, info, day, zone)
        raw = self._readings.raw(device.id, info.metric, start, stop)
        slots = len({(reading.time - start) // slot for reading in raw if reading.usable})
        figures = (None, None, None) if found is None else (found.min, found.mean, found.max)
        expected = -((start - stop) // slot)
        return MetricDay(
            device.id, info.metric, info.unit, limit.min, limit.max, *figures, slots=slots, expected=expected
        )

    def _volumes_of(
        self, point: CompliancePoint, devices: dict[str, Device], day: date, zone: ZoneInfo
    ) -> list[VolumeDay]:
        """Counted as the report counts it."""
        made = (meter_of(name, self._infos(devices[name])) for name in point.devices)
        meters = [meter for meter in made if meter is not None]
        if not meters:
            return []
        start, stop = day_span(day, zone)
        course = VolumeCourse(self._readings, meters, self._policy.max_gap * 1000)
        course.add_day(day, (start, stop))
        (found,) = course.finished().days
        return [VolumeDay(found.device or meters[0].device, found.volume, found.covered * (stop - start) / HOUR)]

    def _day(self, device: Device, info: MetricInfo, day: date, zone: ZoneInfo) -> DaySummary | None:
        found = self._readings.daily(device.id, info.metric, day, day, zone, self._policy.max_gap * 1000)
        return found[0] if found else None

    def _infos(self, device: Device) -> tuple[MetricInfo, ...]:
        try:
            return self._profiles.profile(device.profile).metrics
        except NotFound:
            return ()

    def _raised(self, site: Site, start: Millis, stop: Millis) -> tuple[int, int]:
        of_day = [alert for alert in self._pages(site, start, open_only=False) if start <= alert.since < stop]
        late = sum(alert.found_late for alert in of_day)
        return len(of_day) - late, late

    def _pages(self, site: Site, since: Millis | None, *, open_only: bool) -> list[Alert]:
        """Alerts of a site, newest first, down to `since`."""
        found: list[Alert] = []
        after: str | None = None
        while True:
            page = self._book.page(after, PAGE, None, site.id, None, open_only)
            found += page.items
            after = page.next
            if after is None or (since is not None and page.items[-1].since < since):
                return found


def _rests(device: Device) -> bool:
    return device.status is DeviceStatus.OUT_OF_SERVICE
