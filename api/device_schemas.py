"""Devices on the wire."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from api.rule_schemas import RuleOut
from api.schemas import MetricOut, Phrase, Wire
from domain.metrics import ProfileInfo
from domain.registry import Device
from domain.rule import Rule


class NotJudged(Wire):
    """Why a device is not judged right now: `by` is the alert that is the cause, or the pause (`pause:7`)."""

    by: str


class DeviceOut(Wire):
    """One thing that publishes. `address` is its name on the broker, `gateway` the device through which it speaks;
    `not_judged` is null as long as it is judged.
    """

    id: str = Field(examples=["ipal-outlet"])
    site: str = Field(examples=["batik"])
    stage: str = Field(examples=["outlet"])
    profile: str = Field(examples=["house-ipal-outlet"])
    status: str = Field(examples=["in_service"])
    name: Phrase
    address: str
    gateway: str | None
    not_judged: NotJudged | None

    @classmethod
    def of(cls, device: Device, parent: str | None = None) -> Self:
        return cls(**_fields(device, parent))


class DeviceDetail(DeviceOut):
    """A device with the metrics of its profile (null when the profile is gone) and the rules that watch it."""

    metrics: list[MetricOut] | None
    rules: list[RuleOut]

    @classmethod
    def with_parts(cls, device: Device, parent: str | None, profile: ProfileInfo | None, rules: list[Rule]) -> Self:
        metrics = None if profile is None else [MetricOut.of(info) for info in profile.metrics]
        return cls(**_fields(device, parent), metrics=metrics, rules=[RuleOut.of_rule(rule) for rule in rules])


def _fields(device: Device, parent: str | None) -> dict[str, Any]:
    return {
        "id": device.id,
        "site": device.site,
        "stage": device.stage,
        "profile": device.profile,
        "status": device.status.value,
        "name": Phrase.of(device.name),
        "address": device.topic_name,
        "gateway": device.gateway,
        "not_judged": None if parent is None else NotJudged(by=parent),
    }
