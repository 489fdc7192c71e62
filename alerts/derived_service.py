"""Rules nobody has to write: service that is due by running hours, from the service plans.

What is due by the calendar is the condition `service_due`: a rule judges readings as they come.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.alert import Priority
from domain.errors import NotFound
from domain.machine import RunSignal, ServicePlan
from domain.metrics import MetricKind, ProfileInfo
from domain.ports import ProfileBook
from domain.registry import Device, Installation
from domain.rule import RunHoursRule, Scope
from domain.text import Text

RUN_HOURS: Final = "run_hours"
OF_PLAN: Final = "service."
SERVICE_ACTION: Final = Text(
    id="Jadwalkan servis dengan bagian perawatan. Setelah dikerjakan, catat di halaman Servis: hitungan mulai lagi.",
    en="Plan the service with maintenance. Once it is done note it on the page Service: the count begins anew.",
)


def service_rules(installation: Installation, profiles: ProfileBook) -> Iterator[RunHoursRule]:
    """One rule for each plan by hours whose machine counts its hours, or tells whether it runs."""
    devices = {device.id: device for device in installation.devices}
    for plan in installation.service_plans:
        device = devices.get(plan.device)
        metric = None if device is None else _counted_by(device, profiles)
        if device is not None and metric is not None and plan.every_hours is not None:
            yield _rule(plan, device, metric, plan.every_hours)


def of_plan(rule: str) -> bool:
    """Whether a rule is that of a service plan, by its id."""
    return rule.startswith(OF_PLAN)


def _counted_by(device: Device, profiles: ProfileBook) -> str | None:
    """Its hour meter, else its run bit; None where the rule's kind can judge neither."""
    info: ProfileInfo
    try:
        info = profiles.profile(device.profile)
    except NotFound:
        return None
    if any(one.metric == RUN_HOURS and one.kind is MetricKind.COUNTER for one in info.metrics):
        return RUN_HOURS
    return info.run.metric if info.run is not None and info.run.signal is RunSignal.RUN else None


def _rule(plan: ServicePlan, device: Device, metric: str, every: float) -> RunHoursRule:
    name = Text(id=f"Servis {device.name.id}: {plan.name.id}", en=f"Service of {device.name.en}: {plan.name.en}")
    return RunHoursRule(
        id=f"{OF_PLAN}{plan.id}",
        name=name,
        scope=Scope(metric=metric, site=device.site, device=device.id),
        priority=Priority.LOW,
        action=SERVICE_ACTION,
        source=plan.source,
        every=every,
        ahead=min(plan.ahead_hours, every),
    )
