"""A drill: plays a scenario to the broker at a training site, follows what people do, and scores it.

The messages take the ordinary way: MQTT, collector, alerts, acknowledgement. Nothing here writes a reading or an
alert.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from domain.account import AuditEntry
from domain.drill import BEGUN, ENDED, DrillRecord
from domain.errors import Invalid, NotFound, Unavailable
from domain.reading import Millis
from domain.registry import Device, DeviceStatus, Installation, Site
from service.drill_score import lives_of, over, score_of
from service.wiring import Application
from simulators.drill_scripts import CALM, Drill
from simulators.ensemble import Fleet
from simulators.fault import Fault
from simulators.ipal import Ipal
from simulators.publisher import Publisher
from simulators.runner import run

WHO: Final = "drill"
INTERVAL: Final[Millis] = 2_000
PATIENCE: Final = 300  # s after the trouble in which alerts may still be acknowledged
_SEED: Final = 7
_ALIVE: Final[Millis] = 30_000

log = structlog.get_logger()


def play(
    app: Application,
    drill: Drill,
    site_id: str,
    publisher: Publisher,
    stop: threading.Event,
    *,
    seconds: int,
    calm: int = CALM,
) -> DrillRecord:
    """Run a drill to its end: until all is acknowledged and back to normal, or nobody came. Blocks.

    The trouble begins after `calm` seconds and lasts `seconds`.

    Raises as `ready` does.
    """
    site, devices = ready(app, drill, site_id)
    began = app.services.clock()
    record = DrillRecord(scenario=drill.name, title=drill.title, site=site.id, began_at=began, steps=drill.steps)
    fault = drill.play(began + calm * 1_000, seconds * 1_000)
    with in_service(app, devices), speaking(app, site, devices, fault, publisher):
        note(app, BEGUN, record)
        deadline = fault.stop + PATIENCE * 1_000
        while not stop.wait(0.5) and app.services.clock() < deadline:
            if app.services.clock() > fault.stop and over(lives_of(app, record), fault, devices):
                break
        lives = lives_of(app, record)
    score = None if stop.is_set() else score_of(drill, fault, devices, lives)
    ended = record.model_copy(update={"ended_at": app.services.clock(), "score": score})
    note(app, ENDED, ended)
    return ended


def ready(app: Application, drill: Drill, site_id: str) -> tuple[Site, list[Device]]:
    """Where it is played. Raises NotFound or Invalid for a site that will not do, Unavailable without a collector."""
    site = training_site(app, site_id)
    devices = devices_of(app, site, drill)
    require_collector(app)
    return site, devices


def training_site(app: Application, site_id: str) -> Site:
    """The site. Raises NotFound, or Invalid where it is not marked as training."""
    sites = {site.id: site for site in app.services.registry.installation().sites}
    if site_id not in sites:
        known = ", ".join(site.id for site in sites.values() if site.training) or "none yet"
        raise NotFound(f"there is no site {site_id!r}; training sites: {known} (see examples/drill/latihan.toml)")
    site = sites[site_id]
    if not site.training:
        raise Invalid(f"site {site_id} is not marked training = true: a drill writes only to a training site", "site")
    return site


def devices_of(app: Application, site: Site, drill: Drill) -> list[Device]:
    """The devices of the site that the simulated plant has. Raises Invalid where one is missing that is needed."""
    plant = set(Ipal(_SEED).devices)
    found = [d for d in app.services.registry.installation().devices if d.site == site.id and d.topic_name in plant]
    missing = set(drill.needs) - {device.topic_name for device in found}
    if missing:
        raise Invalid(f"site {site.id} lacks {', '.join(sorted(missing))} (their address on the broker)", "site")
    return found


def require_collector(app: Application) -> None:
    """Raises Unavailable where no collector has given a sign of life lately."""
    beats = {beat.part: beat.at for beat in app.services.heartbeats.all()}
    if beats.get("collector", 0) < app.services.clock() - _ALIVE:
        raise Unavailable("nothing collects from the broker: start `pantau run` (or `pantau demo`) first")


@contextmanager
def in_service(app: Application, devices: Sequence[Device]) -> Iterator[None]:
    """Training devices rest between drills, so that their silence rings no bell."""
    resting = [device for device in devices if device.status is DeviceStatus.OUT_OF_SERVICE]
    _set(app, resting, DeviceStatus.IN_SERVICE)
    try:
        yield
    finally:
        _set(app, resting, DeviceStatus.OUT_OF_SERVICE)


def _set(app: Application, devices: Sequence[Device], status: DeviceStatus) -> None:
    if devices:
        changed = tuple(device.model_copy(update={"status": status}) for device in devices)
        app.services.registry.apply(Installation(devices=changed), WHO, app.services.clock())


@contextmanager
def speaking(
    app: Application, site: Site, devices: Sequence[Device], fault: Fault, publisher: Publisher
) -> Iterator[None]:
    """The devices of the site in a thread, with the fault; they speak on that site's topics only."""
    stop = threading.Event()
    fleet = Fleet([Ipal(_SEED, site.id, [device.topic_name for device in devices])], lambda *_: (fault,))
    arguments = (fleet, publisher, app.services.clock, stop, INTERVAL)
    thread = threading.Thread(target=run, args=arguments, name="drill")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def note(app: Application, action: str, record: DrillRecord) -> None:
    """Into the audit log, where the page finds it."""
    entry = AuditEntry(
        at=app.services.clock(), who=WHO, action=action, target=f"site/{record.site}", after=record.model_dump_json()
    )
    app.services.audit.add(entry)


def write_report(folder: Path, record: DrillRecord) -> Path:
    """The drill as a JSON file of its own; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{record.scenario}-{record.site}-{record.began_at}.json"
    file.write_text(record.model_dump_json(indent=2) + "\n", "utf-8")
    return file
