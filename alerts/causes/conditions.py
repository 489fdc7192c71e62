"""What the signs of life, the journal and the outbox say is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from alerts.lifecycle import Step
from alerts.raising import Cause, raise_alert, ready, return_alert
from domain.alert import Alert, RuleState, RuleStatus
from domain.ports import Heartbeat
from domain.reading import Millis
from domain.registry import Device, DeviceStatus
from domain.rule import SystemRule
from domain.system_condition import SystemCondition

EVERYTHING: Final = "pantau"
QUIET: Final[Millis] = 20_000  # four signs of life that did not come
LOW: Final = 10.0  # % of a disk that is free
ROOM: Final = 12.0  # % from which it is enough again
LATE: Final[Millis] = 30_000  # between two ticks
BLOCKED: Final = frozenset({"disk_full", "journal_away", "failed"})


class Trouble(Struct, frozen=True):
    """Something that holds since then. `subject` tells it apart from others of its condition (its rule state's
    device), `device` is whom the alert names.
    """

    condition: SystemCondition
    since: Millis
    subject: str = EVERYTHING
    device: str = EVERYTHING
    site: str = ""
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    words: str | None = None


def of_signs(signs: Mapping[str, Heartbeat], heard: Millis, began: Millis, now: Millis) -> Iterator[Trouble]:
    """Collector, broker and store. `heard`: when any device was heard last (then a collector is at work, whatever
    its signs of life say); `began`: since when we look, for a part that never gave a sign.
    """
    collector = signs.get("collector")
    last = max(heard, collector.at if collector else began)
    stopped = collector is not None and collector.detail.get("state") == "stopped" and heard <= collector.at
    if stopped or now - last > QUIET:
        yield Trouble(SystemCondition.COLLECTOR_DOWN, min(last, now))
        return
    if collector is not None and collector.detail.get("state") in BLOCKED:
        yield Trouble(SystemCondition.COLLECTOR_BLOCKED, now, words=_said(collector))
    broker, store = signs.get("broker"), signs.get("store")
    if broker is not None and broker.detail.get("state") == "away":
        yield Trouble(SystemCondition.BROKER_DOWN, now, words=_said(broker))
    if store is not None and store.detail.get("state") == "failing":
        yield Trouble(SystemCondition.STORE_DOWN, now, words=_said(store))


def _said(sign: Heartbeat) -> str | None:
    error = sign.detail.get("error")
    return str(error) if error else None


def of_clocks(quality: Heartbeat | None, devices: Mapping[str, Device], now: Millis) -> Iterator[Trouble]:
    """One for each device whose clock is off. `devices`: those there are."""
    names = str(quality.detail.get("wrong_clocks") or "") if quality else ""
    for device in (devices.get(name.strip()) for name in names.split(",")):
        if device is not None:
            yield Trouble(SystemCondition.CLOCK_SKEW, now, device.id, device.id, device.site)


def of_calibrations(due: Mapping[str, int], devices: Mapping[str, Device], now: Millis) -> Iterator[Trouble]:
    """One for each device with a calibration due. `due`: days left by device, below 0 where it is overdue."""
    return _of_days(SystemCondition.CALIBRATION_DUE, due, devices, now)


def of_services(due: Mapping[str, int], devices: Mapping[str, Device], now: Millis) -> Iterator[Trouble]:
    """One for each machine with a service due by the calendar. `due` as for calibrations. A machine that is taken out
    of service need not be serviced.
    """
    working = {name: one for name, one in devices.items() if one.status is not DeviceStatus.OUT_OF_SERVICE}
    return _of_days(SystemCondition.SERVICE_DUE, due, working, now)


def _of_days(
    condition: SystemCondition, due: Mapping[str, int], devices: Mapping[str, Device], now: Millis
) -> Iterator[Trouble]:
    for name, days in sorted(due.items()):
        device = devices.get(name)
        if device is not None:
            yield Trouble(condition, now, name, name, device.site, value=float(days), unit="d")


def of_disk(free: float | None, low_before: bool, now: Millis) -> Iterator[Trouble]:
    """`free`: share from 0 to 1; None where it cannot be told."""
    if free is not None and free * 100 < (ROOM if low_before else LOW):
        yield Trouble(SystemCondition.DISK_LOW, now, value=round(free * 100, 1), limit=LOW, unit="%")


def of_ticks(last: Millis | None, now: Millis) -> Iterator[Trouble]:
    """`last`: when was judged before this."""
    if last is not None and now - last > LATE:
        late = (now - last) / 1000
        yield Trouble(SystemCondition.TICK_LATE, last, value=late, limit=LATE / 1000, unit="s")


def of_bad_rules(bad: Mapping[str, str], now: Millis) -> Iterator[Trouble]:
    """All bad rules are one trouble: a fault of our own must not ring once for each."""
    if bad:
        words = "; ".join(f"{rule}: {error}" for rule, error in sorted(bad.items()))
        yield Trouble(SystemCondition.RULE_BAD, now, value=float(len(bad)), words=words[:1000])


def of_waiting(condition: SystemCondition, oldest: Millis | None, now: Millis) -> Iterator[Trouble]:
    """Something has been waiting since `oldest` (readings in the journal, messages in the outbox)."""
    if oldest is not None and oldest < now:
        yield Trouble(condition, oldest, value=(now - oldest) / 1000, unit="s")


def step(state: RuleState, alert: Alert | None, trouble: Trouble | None, rule: SystemRule, now: Millis) -> Step:
    """Judge one condition of one subject: raised once it held for `rule.after`, returned when it is gone."""
    fresh = ready(state, alert)
    state = state if fresh is None else fresh
    if trouble is None:
        return gone(state, alert, now)
    if fresh is None:  # out of service by hand: it holds, and does not ring
        return Step(replace(state, status=RuleStatus.ACTIVE, since=state.since or trouble.since), alert)
    if state.status is RuleStatus.ACTIVE:
        return Step(state, alert)
    known = state.since if state.status is RuleStatus.PENDING and (state.since or 0) <= now else None
    since = trouble.since if known is None else min(known, trouble.since)
    if now - since < rule.after * 1000:
        return Step(replace(state, status=RuleStatus.PENDING, since=since), alert)
    cause = Cause(
        trouble.site, trouble.device, trouble.condition, trouble.unit, since, now, trouble.value, trouble.limit,
        rang=state.raised.count(now),
    )  # fmt: skip
    raised, transition = raise_alert(alert, rule, cause, now)
    said = replace(transition, comment=trouble.words)
    return Step(replace(state, status=RuleStatus.ACTIVE, since=since, alert=raised.id), raised, said)


def gone(state: RuleState, alert: Alert | None, now: Millis) -> Step:
    """The condition holds no more. `watermark` keeps when that was: silence counts from then."""
    if state.status is RuleStatus.NORMAL:
        return Step(state, alert)
    calm = replace(state, status=RuleStatus.NORMAL, since=None, watermark=now)
    done = None if alert is None else return_alert(alert, now, now, None)
    return Step(calm, alert) if done is None else Step(calm, *done)
