"""The books of evidence of one installation, connected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from domain.places import Installed, Places
from domain.ports_readings import ReadingQuery
from storage.corrected_readings import CorrectedReadings
from storage.database import Database
from storage.evidence_calibrations import SqlCalibrations, SqlCorrections, SqlHandJudgements
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


@dataclass(frozen=True)
class Evidence:
    """Each book both writes (`domain.evidence.Book`) and answers the report's port of its kind.

    `corrected` are the readings with the corrections in force; those as they came stay beside it.
    """

    calibrations: SqlCalibrations
    corrections: SqlCorrections
    judgements: SqlHandJudgements
    samples: SqlSamples
    conditions: SqlConditions
    entries: SqlEntries
    signed_days: SqlSignedDays
    episode_notes: SqlEpisodeNotes
    logbook: SqlLogbook
    production: SqlProduction
    company_of: SqlCompanyOf
    signatories: SqlSignatories
    companies: SqlCompanies
    files: FileFolder
    corrected: ReadingQuery


def connect_evidence(database: Database, registry: Installed, readings: ReadingQuery, data_dir: Path) -> Evidence:
    """Connect them. Attached files lie in `data_dir/files`."""
    places = Places(registry)
    corrections = SqlCorrections(database, places)
    entries, signed = SqlEntries(database, places), SqlSignedDays(database, places)
    notes = SqlEpisodeNotes(database, places)
    company_of, signatories = SqlCompanyOf(database, places), SqlSignatories(database, places)
    return Evidence(
        calibrations=SqlCalibrations(database, places),
        corrections=corrections,
        judgements=SqlHandJudgements(database, places),
        samples=SqlSamples(database, places),
        conditions=SqlConditions(database, places),
        entries=entries,
        signed_days=signed,
        episode_notes=notes,
        logbook=SqlLogbook(entries, signed, notes),
        production=SqlProduction(database, places),
        company_of=company_of,
        signatories=signatories,
        companies=SqlCompanies(company_of, signatories),
        files=FileFolder(data_dir / "files", database),
        corrected=CorrectedReadings(readings, corrections),
    )
