"""Which profile fits a device nobody registered: every profile is tried on what it sent, the best first.

A profile fits where its topic matches; it fits the better the more messages become readings without a refusal, the
more fixed levels its topic has, the more metrics it finds, and the more of their values are possible. Of two that
read the same the one that finds the device's time, and then the one that expects less besides, is meant.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from device_profiles.catalogue import Catalogue
from device_profiles.profile import Profile
from device_profiles.trial import HOME_ZONE, Address, address_of, try_profile
from domain.message import Message, Outcome
from domain.reading import FAIL, Reading


class Fit(Struct, frozen=True):
    """How well one profile reads the samples. Shares are 0 to 1; `outcomes` are those of the samples, in order."""

    profile: str
    address: Address
    read: float  # share of the samples that became readings
    clean: float  # share of them without any refusal
    metrics: int  # distinct metrics with a value
    in_range: float  # share of the values that are possible
    timed: float  # share of the readings with a time of the device's own
    complete: float  # share of the profile's metrics that were found
    outcomes: list[Outcome]

    @property
    def rank(self) -> tuple[float, ...]:
        """Greater is better."""
        return (
            round(self.read, 2),
            self.metrics > 0,
            self.address.literal,
            self.in_range >= 0.5,
            self.metrics,
            round(self.clean, 2),
            round(self.in_range, 2),
            round(self.timed, 2),
            self.complete,
        )

    @property
    def reads(self) -> bool:
        """Whether it found anything at all, be it that the device has no value."""
        return self.read > 0


def suggest(catalogue: Catalogue, samples: Sequence[Message], zone: str = HOME_ZONE) -> list[Fit]:
    """The profiles whose topic matches at least one sample, best first; equal ones by name."""
    fits = (fit_of(catalogue.get(name), samples, zone) for name in catalogue.names())
    return sorted((fit for fit in fits if fit is not None), key=lambda fit: (_negated(fit.rank), fit.profile))


def fit_of(profile: Profile, samples: Sequence[Message], zone: str = HOME_ZONE) -> Fit | None:
    """How one profile reads the samples; None where it speaks on none of their topics."""
    addresses = (address_of(profile, one.topic, one.payload) for one in samples)
    address = next((found for found in addresses if found is not None), None)
    if address is None:
        return None
    outcomes = try_profile(profile, samples, zone)
    readings = [reading for outcome in outcomes for reading in outcome.readings]
    read = [outcome for outcome in outcomes if outcome.readings]
    timed = [reading for reading in readings if reading.time != reading.received_at]
    found = _metrics(readings)
    possible = [reading for reading in readings if reading.value is not None and reading.quality < FAIL]
    return Fit(
        profile=profile.name,
        address=address,
        read=len(read) / len(outcomes),
        clean=sum(not outcome.rejections for outcome in read) / len(outcomes),
        metrics=len(found),
        in_range=len(possible) / len(readings) if readings else 0.0,
        timed=len(timed) / len(readings) if readings else 0.0,
        complete=len(found) / len(profile.metrics),
        outcomes=outcomes,
    )


def _metrics(readings: Sequence[Reading]) -> set[str]:
    return {reading.series.metric for reading in readings if reading.value is not None}


def _negated(rank: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(-part for part in rank)
