"""Alerts on the wire, and what people send about them."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from api.notification_schemas import NotificationOut
from api.schemas import Given, Phrase, Wire
from api.times import Moment, WireTime, optional_time
from domain.alert import Alert, AlertEvent, AlertState, Transition
from domain.instants import utc_text

Remark = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")
]


class TransitionOut(Wire):
    """One step of an alert's life: who or what did it, when, from which state to which."""

    time: WireTime
    event: str = Field(examples=["acknowledged"])
    from_state: str
    to_state: str
    who: str
    value: float | None
    comment: str | None

    @classmethod
    def of(cls, step: Transition) -> Self:
        return cls(
            time=utc_text(step.at),
            event=step.event,
            from_state=step.from_state,
            to_state=step.to_state,
            who=step.who,
            value=step.value,
            comment=step.comment,
        )


class AlertOut(Wire):
    """One alert. `since` is the time of the first reading of the breach, `value` the latest judged value, `peak`
    the worst, `limit` the bound it broke, `active` whether the condition holds now, `action` what to do.
    States by ISA-18.2.
    """

    id: str
    site: str
    device: str
    metric: str
    unit: str
    rule: str
    kind: str
    priority: str
    state: str = Field(examples=["unacknowledged"])
    active: bool
    since: WireTime
    value: float | None
    limit: float | None
    peak: float | None
    action: Phrase | None = Field(description="Null when the rule is gone.")
    returned_at: WireTime | None
    acknowledged_by: str | None
    acknowledged_at: WireTime | None
    shelved_until: WireTime | None
    closed_at: WireTime | None
    occurrences: int
    found_late: bool
    parent: str | None = Field(description="The alert (or the pause) for whose sake it is suppressed.")
    suppressed_for: str | None = Field(description="Why it is suppressed, in words; null while it is not.")
    chattering: bool = Field(description="Raised three times within a minute; held down until it calms.")
    latching: bool = Field(description="Once returned, it waits for a person even when acknowledged.")
    due: WireTime | None = Field(description="When time alone moves it next: shelf, re-alarm, calm.")
    transitions: list[TransitionOut]

    @classmethod
    def of(cls, alert: Alert, action: Phrase | None, steps: list[Transition], **more: Any) -> Self:
        fields: dict[str, Any] = {name: getattr(alert, name) for name in cls.model_fields if hasattr(alert, name)}
        for name in ("returned_at", "acknowledged_at", "shelved_until", "closed_at", "due"):
            fields[name] = optional_time(fields[name])
        fields["since"] = utc_text(alert.since)
        fields |= {"suppressed_for": _suppressed_for(alert, steps), **more}
        return cls(**fields, action=action, transitions=[TransitionOut.of(step) for step in steps])


class AlertDetail(AlertOut):
    """One alert with who was told of it, when, and how it went. Never an address."""

    notifications: list[NotificationOut]


def _suppressed_for(alert: Alert, steps: list[Transition]) -> str | None:
    if alert.state is not AlertState.SUPPRESSED:
        return None
    return next((step.comment for step in reversed(steps) if step.event is AlertEvent.SUPPRESSED), None)


class Acknowledge(Given):
    """Seen and taken on."""

    comment: Remark | None = Field(None, examples=["Saya periksa bak aerob."])


class Comment(Given):
    """A note; the state stays."""

    comment: Remark = Field(examples=["Probe dibersihkan."])


class Shelve(Given):
    """Put aside until a time, at most seven days ahead, and say why. Give `until` or `minutes`."""

    reason: Remark = Field(examples=["Menunggu suku cadang."])
    until: Moment | None = Field(None, examples=["2026-11-21T10:00:00Z"])
    minutes: int | None = Field(None, ge=1, le=7 * 24 * 60)


class TakeOut(Given):
    """Out of service until put back, and why: a sensor in repair, a machine that is gone."""

    reason: Remark = Field(examples=["Sensor dikirim untuk perbaikan."])
