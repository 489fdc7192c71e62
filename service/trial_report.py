"""What `pantau profile try` says: each message, what it became, and why what was refused was refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from device_profiles.profile import Profile
from device_profiles.trial import Address
from domain.instants import utc_text
from domain.message import Message, Outcome, Rejection, RejectReason
from domain.reading import Quality, Reading

STALE = "a retained message without a time of its own is not a fresh reading (allow it with retained = true)"


def explained(profile: Profile, address: Address | None, outcome: Outcome) -> Outcome:
    """The outcome; for a topic the profile does not speak on, with the topics it does."""
    if address is not None or outcome.readings or not outcome.rejections:
        return outcome  # the birth of a node is of no device, and yet nothing is wrong with it
    spoken = ", ".join(topic.template.text for topic in profile.topics.values())
    return Outcome(None, rejections=[Rejection(RejectReason.UNKNOWN_TOPIC, f"{profile.name} speaks on {spoken}")])


def as_json(outcomes: Sequence[Outcome]) -> dict[str, list[dict[str, Any]]]:
    """All readings and all refusals, in order; `message` counts the payloads from 1."""
    return {
        "readings": [_reading(reading) for outcome in outcomes for reading in outcome.readings],
        "rejected": [
            {"message": number, "metric": refused.metric, "reason": refused.reason, "detail": refused.detail}
            for number, outcome in enumerate(outcomes, 1)
            for refused in (*outcome.rejections, *([Rejection("stale", STALE)] if outcome.stale else []))
        ],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "metric": reading.series.metric,
        "value": reading.value,
        "unit": reading.series.unit,
        "time": utc_text(reading.time),
        "quality": reading.quality,
        "reason": reading.reason,
    }


def as_lines(
    messages: Sequence[Message], addresses: Sequence[Address | None], outcomes: Sequence[Outcome]
) -> Iterator[str]:
    """For a person, line by line."""
    for number, (message, address, outcome) in enumerate(zip(messages, addresses, outcomes, strict=True), 1):
        device = f", device {address.device}" if address else ""
        yield f"message {number}: {message.topic}, {len(message.payload)} bytes{device}"
        yield from (_reading_line(reading) for reading in outcome.readings)
        yield from (f"  ✗ {_refusal(refused)}" for refused in outcome.rejections)
        if outcome.stale:
            yield f"  – {STALE}"
        if not (outcome.readings or outcome.rejections or outcome.stale):
            yield "  – nothing to keep: no reading is made of it, and nothing is wrong with it"
    made = sum(len(outcome.readings) for outcome in outcomes)
    yield f"{made} readings, {sum(len(outcome.rejections) for outcome in outcomes)} refused"


def _reading_line(reading: Reading) -> str:
    value = "no value" if reading.value is None else f"{reading.value:.10g}"
    unit = "" if reading.series.unit == "1" else f" {reading.series.unit}"
    reason = f" ({reading.reason})" if reading.reason else ""
    quality = Quality(reading.quality).name.lower().replace("_", " ")
    return f"  ✓ {reading.series.metric} = {value}{unit}, {quality}{reason}, at {utc_text(reading.time)}"


def _refusal(refused: Rejection) -> str:
    return f"{refused.reason}: {refused.detail}"
