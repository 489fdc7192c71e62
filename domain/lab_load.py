"""What a sample's figures come to for each ton produced: the load and the quantity that Lampiran XLVIII asks for."""

from __future__ import annotations

from typing import Final

from domain.lab import LabSample, LabValue

CONCENTRATION: Final = "mg/L"
SECONDS: Final = 3600  # of an hour


def quantity_per_ton(sample: LabSample) -> float | None:
    """m3 of effluent for each ton: flow at sampling (m3/s) over the hours of production, by the day's production.

    None where flow, hours or production were not noted, or nothing was produced.
    """
    if sample.flow is None or sample.production_hours is None or not sample.production:
        return None
    return sample.flow * SECONDS * sample.production_hours / sample.production


def load_per_ton(sample: LabSample, value: LabValue) -> float | None:
    """kg for each ton: mg/L x m3/ton / 1000 (PermenLH 5/2014); with the result's own operator, `<` stays `<`.

    None in another unit than mg/L, and where the quantity is not known.
    """
    quantity = quantity_per_ton(sample)
    return None if quantity is None or value.unit != CONCENTRATION else value.number * quantity / 1000
