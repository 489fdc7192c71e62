"""The compliance report of one point and period: pure data, from which every format is rendered.

Figures are made of good readings only (QARTOD 1 and 2), are rounded to six decimals so that equal data give equal
bytes from any store, and are None where nothing was measured. Moments are ms UTC, days are local days of the site.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from domain.company import Company, Signature
from domain.report_edits import Corrections, HandJudgements
from domain.report_head import LimitSetUsed, Place, Policy, Span
from domain.report_measured import Days, Episode, Parameter
from domain.report_recorded import Alerts, Calibrations, Laboratory, LogbookKept
from domain.report_records import AbnormalCondition
from domain.report_water import Load, Product, Volume

SCHEMA: Final = 2


class Versions(Struct, frozen=True):
    """What the report was made from: digests of the content of limit sets, calibrations, corrections, judgements by
    hand and readings, and how many readings they were. The same readings give the same `data` from any store.
    """

    limits: str
    calibrations: str
    data: str
    readings: int
    corrections: str = ""
    judgements: str = ""


class ComplianceReport(Struct, frozen=True):
    """Everything a compliance report says."""

    schema: int
    company: Company
    place: Place
    period: Span
    policy: Policy
    limit_sets: tuple[LimitSetUsed, ...]
    without_limits: tuple[Days, ...]
    parameters: tuple[Parameter, ...]
    volume: Volume
    episodes: tuple[Episode, ...]
    loads: tuple[Load, ...]
    product: Product
    laboratory: Laboratory
    calibrations: Calibrations
    alerts: Alerts
    conditions: tuple[AbnormalCondition, ...]
    logbook: LogbookKept
    signatures: tuple[Signature, ...]
    versions: Versions
    corrections: Corrections = Corrections()
    judgements: HandJudgements = HandJudgements()
