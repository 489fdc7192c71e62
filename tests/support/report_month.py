"""A month with everything in it: exceedances, gaps of every cause, a reset totaliser, notes of people."""

from __future__ import annotations

import random
from datetime import date, timedelta

from domain.alert import Alert, AlertState, Priority
from domain.company import Company, Permit, PermitKind, Signature, SignatureRole
from domain.quality import QualityInterval
from domain.report_period import midnight
from domain.report_records import (
    AbnormalCondition,
    CalibrationRecord,
    ConditionKind,
    EpisodeNote,
    LabResult,
    LogbookDay,
    Operator,
    ProductionDay,
)
from support.report_scene import HOUR, MINUTE, POINT, Alerts, Scene

FIRST = date(2026, 10, 1)
EVERY = 30_000


def play(scene: Scene, days: int = 31) -> None:
    """Fill the scene."""
    chance = random.Random(31)
    total = 990.0
    for n in range(days):
        total = _day(scene, FIRST + timedelta(days=n), n, total, chance)
    _people(scene)


def _day(scene: Scene, day: date, n: int, total: float, chance: random.Random) -> float:
    ph, cod, flow, counter = [], [], [], []
    for step in range(2880):
        hour = step / 120
        ph.append(
            round(7.2 + 0.3 * (hour / 24) + chance.gauss(0, 0.05) + (2.2 if n == 4 and 9 <= hour < 10.5 else 0), 2)
        )
        cod.append(round(90 + chance.gauss(0, 5) + (80 if n % 9 == 2 and 13 <= hour < 14 else 0), 1))
        rate = max(0.0, round(0.4 + (1.6 if 8 <= hour < 16 else 0) + chance.gauss(0, 0.02), 2))
        flow.append(rate)
        total += rate / 120
        if n == 10 and step == 1000:
            total = 0.0  # the totaliser is set back
        counter.append(round(total, 2))
    if n == 6:
        scene.measured("ph", day, 0, ph[:1200], every=EVERY)
        scene.measured("ph", day, 15 * HOUR, ph[1800:], every=EVERY)
    else:
        scene.measured("ph", day, 0, ph, every=EVERY)
    if n == 8:
        scene.measured("cod", day, 0, cod[:960], every=EVERY)
        scene.measured("cod", day, 8 * HOUR, [9999.0] * 240, every=EVERY, quality=4, reason="stuck")
        scene.measured("cod", day, 10 * HOUR, cod[1200:], every=EVERY)
    else:
        scene.measured("cod", day, 0, cod, every=EVERY)
    scene.measured("flow_rate", day, 0, flow, every=EVERY)
    if n != 12:
        scene.measured("flow_total", day, 0, counter, every=EVERY)
    return total


def _people(scene: Scene) -> None:
    books, zone = scene.books, scene.zone

    def at(day: int, hour: float) -> int:
        return midnight(date(2026, 10, day), zone) + round(hour * HOUR)

    books.firm = Company(
        "UPT Sentra Batik",
        "Jl. Contoh 1, Mojokerto",
        permits=(Permit(PermitKind.TECHNICAL_APPROVAL, "660/1/2025"),),
        phone="0321-000",
    )
    books.calibrated = [
        CalibrationRecord("k1", "ipal-outlet", "ph", at(15, 9), at(15, 9.5), "teknisi", (4.01, 7.0), (4.1, 7.1),
                          (4.01, 7.0), 0.98, -0.08, "K-1", date(2026, 11, 15)),
    ]  # fmt: skip
    books.intervals = [QualityInterval("ipal-outlet", "ph", at(15, 9), at(15, 9.5), 3, "calibration", "teknisi")]
    books.rests = [(at(7, 10), at(7, 11))]
    books.conditions_ = [
        AbnormalCondition("c1", "batik", ConditionKind.ABNORMAL, "power_cut", at(7, 10), at(7, 15), "PLN padam",
                          "genset", "petugas")
    ]  # fmt: skip
    books.notes = [
        EpisodeNote(POINT, "ph", at(5, 9), at(5, 11), "dosing kapur berlebih", "dosing dikurangi", "teknisi")
    ]
    books.logged = [LogbookDay(date(2026, 10, n), 3, "petugas" if n % 2 else None) for n in range(1, 29)]
    books.lab = [
        LabResult("l1", POINT, "bod", Operator.EQUAL, 38.0, "mg/L", date(2026, 10, 14), "SNI 6989.72-2009", "S-1"),
        LabResult("l2", POINT, "cod", Operator.BELOW, 4.0, "mg/L", date(2026, 10, 14), "SNI 6989.2-2019", "S-1"),
    ]
    books.signed = [Signature(SignatureRole.PREPARED, "Siti", "Operator IPAL"), Signature(SignatureRole.APPROVED)]
    scene.produced.noted = [ProductionDay(date(2026, 10, n), 0.2) for n in range(1, 31)]
    scene.alerts = Alerts(
        Alert("a1", "batik", "ipal-outlet", "ph", "pH", "limit.titik.ph.above", "limit", Priority.HIGH,
              AlertState.NORMAL, False, at(5, 9) + 2 * MINUTE, 9.5, 9.0, 9.6, at(5, 10.5), "teknisi", at(5, 9.2),
              closed_at=at(5, 11))
    )  # fmt: skip
    scene.alerts.comments["a1"] = "dosing dicek"
