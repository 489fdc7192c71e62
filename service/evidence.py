"""The books of evidence of one installation, connected."""

from __future__ import annotations

from pathlib import Path

from domain.condition import BY_HAND
from domain.counter_metrics import CounterMetrics
from domain.evidence_books import Evidence
from domain.places import Places
from domain.ports import ProfileBook, Registry
from domain.report_head import Policy
from reports.plant_figures import SensedPlant
from storage.corrected_readings import CorrectedReadings
from storage.database import Database
from storage.evidence_calibrations import SqlCalibrations, SqlCorrections, SqlHandJudgements
from storage.evidence_checks import SqlFunctionChecks
from storage.evidence_company import SqlCompanies, SqlCompanyOf, SqlSignatories
from storage.evidence_daily import (
    SqlConditions,
    SqlEntries,
    SqlEpisodeNotes,
    SqlLogbook,
    SqlProduction,
    SqlSamples,
    SqlSignedDays,
)
from storage.evidence_files import FileFolder
from storage.pauses import SqlPauses
from storage.readings import MergedReadings


def connect_evidence(
    database: Database,
    registry: Registry,
    profiles: ProfileBook,
    readings: MergedReadings,
    data_dir: Path,
    policy: Policy | None = None,
) -> Evidence:
    """Connect them. Attached files lie in `data_dir/files`; volumes are counted by the reports' `policy`."""
    places = Places(registry)
    corrections = SqlCorrections(database, places, CounterMetrics(registry, profiles))
    entries, signed = SqlEntries(database, places), SqlSignedDays(database, places)
    notes = SqlEpisodeNotes(database, places)
    company_of, signatories = SqlCompanyOf(database, places), SqlSignatories(database, places)
    production, corrected = SqlProduction(database, places), CorrectedReadings(readings, corrections)
    untouched = readings.leaving_out(BY_HAND)
    return Evidence(
        checks=SqlFunctionChecks(database, places),
        calibrations=SqlCalibrations(database, places),
        corrections=corrections,
        judgements=SqlHandJudgements(database, places),
        samples=SqlSamples(database, places),
        conditions=SqlConditions(database, places),
        entries=entries,
        episode_notes=notes,
        logbook=SqlLogbook(entries, signed, notes),
        production=production,
        company_of=company_of,
        signatories=signatories,
        companies=SqlCompanies(company_of, signatories, places),
        pauses=SqlPauses(database),
        files=FileFolder(data_dir / "files", database),
        figures=SensedPlant(registry, profiles, corrected, production, policy),
        corrected=corrected,
        unjudged=CorrectedReadings(untouched, corrections),
        untouched=untouched,
    )
