"""Messages, contacts, routes, rotas and schedules on the wire, without addresses."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from api.schemas import Phrase, Wire
from api.times import WireTime, optional_time
from domain.alert import Notification
from domain.instants import utc_text
from domain.registry import Contact, Rota, Route, Schedule


class NotificationOut(Wire):
    """One message to one person (or to the route's own address, `contact` empty) about one step of an alert."""

    id: int
    transition: int
    route: str
    contact: str
    purpose: str = Field(examples=["news"])
    round: int
    state: str = Field(examples=["sent"])
    attempts: int
    queued_at: WireTime
    next_attempt_at: WireTime | None = Field(description="Null unless it waits.")
    sent_at: WireTime | None
    seen_at: WireTime | None
    last_error: str | None

    @classmethod
    def of(cls, one: Notification) -> Self:
        waits = one.state == "queued" and one.next_attempt_at
        return cls(
            id=one.id,
            transition=one.transition,
            route=one.route,
            contact=one.contact,
            purpose=one.purpose,
            round=one.round,
            state=one.state,
            attempts=one.attempts,
            queued_at=utc_text(one.queued_at),
            next_attempt_at=utc_text(one.next_attempt_at) if waits else None,
            sent_at=optional_time(one.sent_at),
            seen_at=optional_time(one.seen_at),
            last_error=one.last_error,
        )


class ContactOut(Wire):
    """A person who can be told. During `quiet` only priorities of at least `quiet_from` ring."""

    id: str
    name: str
    enabled: bool
    notifier: str
    channel: str | None = Field(examples=["tgram"])
    language: str
    quiet: str | None
    quiet_from: str

    @classmethod
    def of(cls, contact: Contact) -> Self:
        channel = contact.address.partition("://")[0] if contact.address and "://" in contact.address else None
        return cls(
            id=contact.id,
            name=contact.name,
            enabled=contact.enabled,
            notifier=contact.notifier,
            channel=channel,
            language=contact.language,
            quiet=contact.quiet,
            quiet_from=contact.quiet_from,
        )


class EscalationOut(Wire):
    """Who is told when nobody acknowledged for `after` seconds."""

    after: float
    contacts: list[str]
    rota: str | None


class RouteOut(Wire):
    """Who is told of what. `repeat`: seconds between reminders; `own_address`: it has one beside its contacts."""

    id: str
    notifier: str | None
    own_address: bool
    contacts: list[str]
    rota: str | None
    sites: list[str]
    stages: list[str]
    priorities: list[str]
    schedule: str | None
    language: str
    repeat: float | None
    escalate: list[EscalationOut]
    summary: bool

    @classmethod
    def of(cls, route: Route) -> Self:
        steps = [EscalationOut(after=s.after, contacts=list(s.contacts), rota=s.rota) for s in route.escalate]
        plain = {name: getattr(route, name) for name in ("id", "notifier", "rota", "schedule", "repeat", "summary")}
        lists = {name: list(getattr(route, name)) for name in ("contacts", "sites", "stages", "priorities")}
        own = route.notifier is not None
        return cls(**plain, **lists, language=route.language, own_address=own, escalate=steps)


class TurnOut(Wire):
    """Who is on duty, and when; always where no schedule is given."""

    contact: str
    schedule: str | None


class RotaOut(Wire):
    """Turns follow each other, each for `rotate_days` from `starts` on, at `handover` local time."""

    id: str
    name: Phrase
    turns: list[TurnOut]
    rotate_days: int | None
    starts: str | None = Field(json_schema_extra={"format": "date"})
    handover: str

    @classmethod
    def of(cls, rota: Rota) -> Self:
        return cls(
            id=rota.id,
            name=Phrase.of(rota.name),
            turns=[TurnOut(contact=turn.contact, schedule=turn.schedule) for turn in rota.turns],
            rotate_days=rota.rotate_days,
            starts=rota.starts.isoformat() if rota.starts else None,
            handover=rota.handover.isoformat("minutes"),
        )


class HoursOut(Wire):
    """A stretch of local time on some weekdays."""

    start: str = Field(examples=["22:00"])
    end: str = Field(examples=["06:00"])
    days: list[str]


class ScheduleOut(Wire):
    """When something holds; no stretch begins on a holiday."""

    id: str
    name: Phrase
    hours: list[HoursOut]
    holidays: list[str]

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        hours = [
            HoursOut(start=one.start.isoformat("minutes"), end=one.end.isoformat("minutes"), days=list(one.days))
            for one in schedule.hours
        ]
        holidays = [day.isoformat() for day in schedule.holidays]
        return cls(id=schedule.id, name=Phrase.of(schedule.name), hours=hours, holidays=holidays)
