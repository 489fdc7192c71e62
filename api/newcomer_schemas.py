"""Unknown devices, and devices to register, on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from api.device_schemas import DeviceOut
from api.schemas import SLUG, Given, Wire
from api.system_schemas import DeadLetterOut
from api.times import WireTime
from domain.instants import utc_text
from domain.newcomer import Proposal, UnknownDevice
from domain.registry import Device, DeviceStatus
from domain.text import Text

Id = Annotated[str, StringConstraints(pattern=SLUG, min_length=1, max_length=64)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
Address = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^+#\x00-\x1f]+$")]


class WouldBe(Wire):
    """A reading that a message would become."""

    metric: str
    value: float | None
    unit: str
    time: WireTime
    quality: int
    reason: str | None


class WouldBeRefused(Wire):
    """A value, or a message (`metric` null), that would be refused."""

    metric: str | None
    reason: str
    detail: str


class ProposalOut(Wire):
    """A profile that fits, and what the last message on each topic would become with it."""

    profile: str
    address: str
    read: float = Field(description="Share of the messages that become readings, 0 to 1.")
    readings: list[WouldBe]
    rejected: list[WouldBeRefused]

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        return cls(
            profile=proposal.profile,
            address=proposal.address,
            read=proposal.read,
            readings=[
                WouldBe(
                    metric=reading.series.metric,
                    value=reading.value,
                    unit=reading.series.unit,
                    time=utc_text(reading.time),
                    quality=reading.quality,
                    reason=reading.reason,
                )
                for reading in proposal.readings
            ],
            rejected=[
                WouldBeRefused(metric=refused.metric, reason=refused.reason, detail=refused.detail)
                for refused in proposal.rejections
            ],
        )


class UnknownDeviceOut(Wire):
    """What was heard of one device. `address` is the whole topic while no profile speaks there."""

    address: str
    topics: list[str]
    count: int = Field(description="Messages kept.")
    first_at: WireTime
    last_at: WireTime
    last: DeadLetterOut
    proposals: list[ProposalOut]

    @classmethod
    def of(cls, unknown: UnknownDevice) -> Self:
        return cls(
            address=unknown.address,
            topics=unknown.topics,
            count=unknown.count,
            first_at=utc_text(unknown.first_at),
            last_at=utc_text(unknown.last.received_at),
            last=DeadLetterOut.of(unknown.last),
            proposals=[ProposalOut.of(proposal) for proposal in unknown.proposals],
        )


class BothNames(Given):
    """A name in both languages."""

    id: Title
    en: Title


class NewDevice(Given):
    """A device to register. `address` is its name on the broker where that is not its id."""

    id: Id = Field(examples=["ph-outlet"])
    site: Id = Field(examples=["batik"])
    stage: Id = Field(examples=["outlet"])
    profile: Id = Field(examples=["house-ipal-outlet"])
    name: Title | BothNames = Field(examples=["Probe pH outlet"])
    address: Address | None = None

    def device(self) -> Device:
        """As the registry knows it."""
        address = None if self.address == self.id else self.address
        return Device(
            id=self.id,
            site=self.site,
            stage=self.stage,
            profile=self.profile,
            name=_text(self.name),
            address=address,
        )


class DeviceChange(Given):
    """What to change of a device; what is left out stays."""

    name: Title | BothNames | None = None
    stage: Id | None = None
    status: DeviceStatus | None = None

    def changes(self) -> dict[str, Any]:
        """What is given, as the registry knows it."""
        given: dict[str, Any] = {"stage": self.stage, "status": self.status}
        given["name"] = None if self.name is None else _text(self.name)
        return {key: value for key, value in given.items() if value is not None}


class WelcomeOut(Wire):
    """The device, how many of its kept messages became readings, and how many are still refused."""

    device: DeviceOut
    replayed: int
    refused: int


def _text(name: str | BothNames) -> Text:
    return Text(id=name, en=name) if isinstance(name, str) else Text(id=name.id, en=name.en)
