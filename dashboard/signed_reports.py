"""Reports that an officer has signed and that a change of a sensor's values reaches back into."""

from __future__ import annotations

from datetime import date
from typing import Final

from dashboard.frame import Visit

LOOKED_AT: Final = 200  # newest reports


def signed_since(visit: Visit, device: str, first: date) -> list[str]:
    """Of the compliance points that the device measures: point and period of those that end on `first` or later."""
    if visit.services.reports is None:
        return []
    names = {
        one.id: visit.words.text(one.name)
        for one in visit.plan.installation.compliance_points
        if device in one.devices
    }
    return [
        f"{names[one.place]} {one.period}"
        for one in visit.services.reports.page(None, LOOKED_AT).items
        if one.place in names and one.signed_at is not None and one.last >= first
    ]
