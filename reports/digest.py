"""Fingerprints: of the readings a report was made from, of its parts, and of all of it."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec
import numpy as np

from domain.report import ComplianceReport
from reports.minutes import Minutes

SHORT: Final = 12  # hexadecimal digits of a part's fingerprint


def canonical(value: object) -> bytes:
    """JSON with sorted keys: equal values give equal bytes."""
    return msgspec.json.encode(value, order="sorted")


def sha256_of(report: ComplianceReport) -> str:
    """The fingerprint that every format carries: SHA-256 of the report's canonical JSON."""
    return hashlib.sha256(canonical(report)).hexdigest()


def short(value: object) -> str:
    """The beginning of a fingerprint."""
    return hashlib.sha256(canonical(value)).hexdigest()[:SHORT]


def parts_of(report: ComplianceReport) -> dict[str, str]:
    """A short fingerprint of each part, so that it can be said which one changed."""
    return {name: short(getattr(report, name)) for name in report.__struct_fields__ if name != "schema"}


class DataDigest:
    """Takes up the minutes of every series a report reads, each series in order of time.

    Means are left out: stores sum them up in different order. Times, counts and extremes are the same everywhere.
    """

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], hashlib._Hash] = {}
        self.readings = 0

    def add(self, device: str, metric: str, minutes: Minutes) -> None:
        """The next minutes of a series."""
        if not len(minutes.time):
            return
        taken = self._series.setdefault((device, metric), hashlib.sha256())
        for column in (minutes.time, minutes.good, minutes.bad, minutes.low, minutes.high):
            taken.update(np.ascontiguousarray(np.nan_to_num(column, nan=np.inf)).tobytes())
        self.readings += int(minutes.good.sum() + minutes.bad.sum())

    def hexdigest(self) -> str:
        """Of everything taken up."""
        return short([[*key, taken.hexdigest()] for key, taken in sorted(self._series.items())])
