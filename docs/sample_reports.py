"""The example month in `docs/reports/`: October 2026 of the demo's plant, with records as people might write them.

Run as `make samples`. Readings are those of the simulated plant, every two minutes, through the same decoder and
store as the demo's; the alerts did not run. Company, laboratory, people and their records are invented, and say so.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zoneinfo import ZoneInfo

from domain.calibration import Correction
from domain.company import Company, CompanyOf, Outlet, Signature, SignatureRole
from domain.condition import Category, Condition, HandJudgement
from domain.evidence_books import Evidence
from domain.lab import LabSample, LabValue
from domain.logbook import Dose, LogbookEntry, Noted
from domain.production import Produced
from domain.reading import Millis
from domain.report_head import Policy
from domain.report_period import PeriodKind, midnight
from domain.report_records import CalibrationRecord, Operator
from domain.text import Language
from reports.formats import FORMATS
from service.demo_history import EXAMPLES, make_history
from service.installation import read_installation
from service.reporting import Reporting, sources_of
from service.settings import Settings
from service.wiring import build

WIB: Final = ZoneInfo("Asia/Jakarta")
FIRST: Final = date(2026, 10, 1)
HOUR: Final[Millis] = 3_600_000
START: Final = midnight(FIRST, WIB)
NOW: Final = midnight(date(2026, 11, 2), WIB) + 8 * HOUR
FOLDER: Final = Path(__file__).parent / "reports"
SUNDAY: Final = 6
OFFICER, TECHNICIAN = "siti (contoh)", "budi (contoh)"


def at(day: int, hour: float = 0) -> Millis:
    """That hour of that day of October, local time."""
    return START + round(((day - 1) * 24 + hour) * HOUR)


def fill_company(books: Evidence) -> None:
    """Marked as an example; permits stay blank, for an invented number could be taken for one."""
    company = Company(
        name="UPT Sentra Batik Mojokerto (contoh)",
        address="Jl. Contoh 1, Mojokerto, Jawa Timur",
        activity="Industri batik (contoh)",
        outlets=(Outlet("titik-penaatan-outlet", water_body="Sungai Contoh"),),
    )
    signatories = (
        Signature(SignatureRole.PREPARED, "Siti (contoh)", "Petugas lingkungan"),
        Signature(SignatureRole.APPROVED, "", "Kepala UPT"),
    )
    books.company_of.add(CompanyOf("batik", company, signatories), OFFICER, NOW)


def fill_sensor(books: Evidence) -> None:
    """A calibration, the correction that rests on it, and an hour in which the sensor hung in the air."""
    done = CalibrationRecord(
        "",
        "ipal-outlet",
        "ph",
        at(14, 9),
        at(14, 9.5),
        TECHNICIAN,
        buffers=(4.01, 7.0),
        before=(4.12, 7.11),
        after=(4.01, 7.0),
        slope=1.0,
        offset=0.0,
        next_due=date(2027, 1, 14),
    )
    calibration = books.calibrations.add(done, TECHNICIAN, at(14, 10))
    drifted = Correction("ipal-outlet", "ph", at(12), -0.11, 1.0, "bergeser sejak tanggal 12", calibration.id)
    books.corrections.add(drifted, OFFICER, at(14, 11))
    air = HandJudgement(
        "ipal-outlet", "ph", at(21, 10), at(21, 11), Category.SENSOR_IN_AIR, description="bak dibersihkan"
    )
    books.judgements.add(air, TECHNICIAN, at(21, 13))


def fill_laboratory(books: Evidence) -> None:
    """One sample, as an LHU gives it."""
    values = (
        LabValue("cod", Operator.EQUAL, 92.0, "mg/L", "SNI 6989.2:2019"),
        LabValue("tss", Operator.EQUAL, 21.0, "mg/L", "SNI 6989.3:2019"),
        LabValue("bod", Operator.EQUAL, 28.4, "mg/L", "SNI 6989.72:2009"),
        LabValue("phenol", Operator.BELOW, 0.0033, "mg/L", "SNI 06-6989.21-2004"),
    )
    sample = LabSample(
        "titik-penaatan-outlet",
        "CONTOH-10/1",
        at(8, 9),
        values,
        "Laboratorium Contoh",
        "LP-000-IDN (contoh)",
        sampler="Siti (contoh)",
        received_on=date(2026, 10, 8),
        analysed_on=date(2026, 10, 15),
    )
    books.samples.add(sample, OFFICER, at(16, 9))


def fill_days(books: Evidence) -> None:
    """Production on working days, one shift of the logbook, a power cut."""
    for day in range(1, 32):
        when = FIRST + timedelta(days=day - 1)
        if when.weekday() != SUNDAY:
            produced = Produced("batik", when, tons=0.11 + 0.01 * (day % 4), pieces=240 + 10 * (day % 5))
            books.production.add(produced, OFFICER, midnight(when, WIB) + 40 * HOUR)
    entry = LogbookEntry(
        "batik",
        date(2026, 10, 19),
        "pagi",
        "Budi (contoh)",
        ph_outlet=Noted(7.3),
        doses=(Dose("PAC", 4.5),),
        notes="bak ekualisasi diperiksa",
    )
    books.entries.add(entry, TECHNICIAN, at(19, 14))
    cut = Condition(
        "batik",
        Category.POWER_CUT,
        at(23, 13),
        at(23, 14.5),
        description="listrik padam",
        resolution="genset dinyalakan",
    )
    books.conditions.add(cut, TECHNICIAN, at(23, 15))


def write(folder: Path) -> list[Path]:
    """Make the month and write it as PDF and XLSX; the files."""
    with TemporaryDirectory() as scratch, ExitStack() as stack:
        data = Path(scratch)
        services = build(Settings(data_dir=data), stack, clock=lambda: NOW).services
        services.registry.apply(read_installation(EXAMPLES), "contoh", START - HOUR)
        make_history(data, START, midnight(date(2026, 11, 1), WIB), START)
        for fill in (fill_company, fill_sensor, fill_laboratory, fill_days):
            fill(services.evidence)
        report = Reporting(sources_of(services), Policy()).report("batik", None, PeriodKind.MONTH, "2026-10", NOW)
        written = []
        for form in ("pdf", "xlsx"):
            path = folder / f"laporan-batik-2026-10.{form}"
            path.write_bytes(FORMATS[form](report, Language.ID))
            written.append(path)
    return written


if __name__ == "__main__":
    for made in write(FOLDER):
        print(made.name, made.stat().st_size, "bytes")
