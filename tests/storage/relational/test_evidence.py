"""What people write beside the readings, on both databases: revisions, checks, and what the reports read of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from msgspec.structs import replace
from sqlalchemy import event

from domain.calibration import Correction
from domain.company import Company, CompanyOf, Outlet, SignatoriesOf, Signature, SignatureRole
from domain.condition import Category
from domain.errors import Conflict, Invalid, NotFound
from domain.evidence import Revision
from domain.lab import LabSample
from domain.logbook import SignedDay
from domain.places import Places
from domain.production import Produced
from domain.reading import Millis
from domain.report_records import (
    ConditionKind,
    EntryChange,
    EpisodeNote,
    LogbookDay,
    ProductionDay,
)
from storage.audit import SqlAuditLog
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
from storage.quality_book import SqlQualityBook
from support.cast import HOUR, NOON
from support.evidence import DAY, TODAY, WHO, calibration, condition, entry, judgement, places, sample

LATER = NOON + 2 * HOUR
NEXT_DAY = NOON + 24 * HOUR  # the night shift has ended


@dataclass
class Books:
    """Every kind, over one database with one site."""

    db: Database
    places: Places

    def __post_init__(self) -> None:
        self.calibrations = SqlCalibrations(self.db, self.places)
        self.corrections = SqlCorrections(self.db, self.places)
        self.judgements = SqlHandJudgements(self.db, self.places)
        self.samples = SqlSamples(self.db, self.places)
        self.conditions = SqlConditions(self.db, self.places)
        self.entries = SqlEntries(self.db, self.places)
        self.notes = SqlEpisodeNotes(self.db, self.places)
        self.logbook = SqlLogbook(self.entries, SqlSignedDays(self.db, self.places), self.notes)
        self.production = SqlProduction(self.db, self.places)
        self.company_of = SqlCompanyOf(self.db, self.places)
        self.signatories = SqlSignatories(self.db, self.places)
        self.companies = SqlCompanies(self.company_of, self.signatories, self.places)
        self.quality = SqlQualityBook(self.db)

    def flags(self) -> list[tuple[int, str, str]]:
        """What the overlay sees of the outlet's pH."""
        found = self.quality.overlapping("outlet", "ph", 0, 2**52)
        return [(one.start, one.reason, one.who) for one in found]


@pytest.fixture
def books(db: Database) -> Books:
    """Empty ones."""
    return Books(db, places())


def added(books: Books) -> Revision[LabSample]:
    """A sample that stands."""
    return books.samples.add(sample(), WHO, LATER)


# ── revisions ───────────────────────────────────────────────────────────────────────────────────


def test_a_correction_is_a_new_revision_and_the_old_one_is_kept(books: Books) -> None:
    first = added(books)
    books.samples.correct(first.id, 1, sample("A-2"), "dewi", "salah kode", LATER)
    assert [(one.number, one.record.code, one.who) for one in books.samples.history(first.id)] == [
        (1, "A-1", WHO),
        (2, "A-2", "dewi"),
    ]


def test_the_newest_revision_is_the_one_that_is_read(books: Books) -> None:
    first = added(books)
    books.samples.correct(first.id, 1, sample("A-2"), WHO, "salah kode", LATER)
    assert {line.sample_code for line in books.samples.results("outlet", TODAY, TODAY)} == {"A-2"}


def test_a_correction_of_something_older_is_refused_with_what_stands(books: Books) -> None:
    first = added(books)
    books.samples.correct(first.id, 1, sample("A-2"), WHO, "x", LATER)
    with pytest.raises(Conflict) as refused:
        books.samples.correct(first.id, 1, sample("A-3"), WHO, "y", LATER)
    assert refused.value.present == "2"


def test_a_correction_without_a_reason_is_refused(books: Books) -> None:
    first = added(books)
    with pytest.raises(Invalid, match="empty"):
        books.samples.correct(first.id, 1, sample("A-2"), WHO, " ", LATER)


def test_what_is_removed_no_longer_counts_and_stays_readable(books: Books) -> None:
    first = added(books)
    books.samples.remove(first.id, 1, WHO, "dua kali", LATER)
    assert books.samples.results("outlet", TODAY, TODAY) == []
    assert [one.removed for one in books.samples.history(first.id)] == [False, True]


def test_what_is_removed_is_not_corrected(books: Books) -> None:
    first = added(books)
    books.samples.remove(first.id, 1, WHO, "dua kali", LATER)
    with pytest.raises(Conflict):
        books.samples.correct(first.id, 2, sample(), WHO, "x", LATER)


def test_every_change_is_audited(books: Books) -> None:
    first = added(books)
    books.samples.correct(first.id, 1, sample("A-2"), WHO, "x", LATER)
    books.samples.remove(first.id, 2, WHO, "y", LATER)
    target = f"sample/{first.id}"
    entries = [one for one in SqlAuditLog(books.db).page(None, 50).items if one.target == target]
    assert [one.action for one in entries] == ["remove", "change", "add"]


def test_nothing_is_written_of_a_record_that_is_refused(books: Books) -> None:
    with pytest.raises(Invalid):
        books.samples.add(sample(at=LATER + 1), WHO, LATER)
    assert books.samples.page(None, None, 10).items == []


def test_an_unknown_record_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound):
        books.samples.history("nothing")


def test_pages_come_latest_first(books: Books) -> None:
    for hours in (1, 3, 2):
        books.samples.add(sample(f"A-{hours}", NOON - hours * HOUR), WHO, LATER)
    first = books.samples.page("outlet", None, 2)
    second = books.samples.page("outlet", first.next, 2)
    assert [one.record.code for one in (*first.items, *second.items)] == ["A-1", "A-2", "A-3"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda b: b.samples.add(replace(sample(), point="nowhere"), WHO, LATER), "point"),
        (lambda b: b.calibrations.add(replace(calibration(), device="nothing"), WHO, LATER), "device"),
        (lambda b: b.conditions.add(replace(condition(), site="elsewhere"), WHO, LATER), "site"),
        (lambda b: b.entries.add(replace(entry(), site="elsewhere"), WHO, LATER), "site"),
        (lambda b: b.entries.add(entry(day=date(2025, 10, 10)), WHO, LATER), "day"),
    ],
)
def test_a_place_or_a_day_that_is_none_is_named(books: Books, wrong: Callable[[Books], object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        wrong(books)
    assert refused.value.field == field


# ── calibrations ────────────────────────────────────────────────────────────────────────────────


def test_overlapping_calibrations_of_one_sensor_are_refused(books: Books) -> None:
    books.calibrations.add(calibration(0, 30), WHO, LATER)
    with pytest.raises(Invalid, match="overlaps") as refused:
        books.calibrations.add(calibration(20, 40), WHO, LATER)
    assert refused.value.field == "start"


def test_calibrations_of_other_sensors_may_overlap(books: Books) -> None:
    books.calibrations.add(calibration(0, 30), WHO, LATER)
    books.calibrations.add(calibration(0, 30, metric="temperature"), WHO, LATER)
    assert len(books.calibrations.calibrations("outlet", 0, LATER)) == 2


def test_a_calibration_may_be_corrected_within_its_own_time(books: Books) -> None:
    first = books.calibrations.add(calibration(0, 30), WHO, LATER)
    books.calibrations.correct(first.id, 1, calibration(5, 30), WHO, "jam salah", LATER)
    assert [one.revision for one in books.calibrations.calibrations("outlet", 0, LATER)] == [2]


def test_a_calibration_cannot_be_corrected_into_another(books: Books) -> None:
    first = books.calibrations.add(calibration(0, 30), WHO, LATER)
    books.calibrations.add(calibration(40, 60), WHO, LATER)
    with pytest.raises(Invalid, match="overlaps"):
        books.calibrations.correct(first.id, 1, calibration(0, 50), WHO, "x", LATER)


def test_a_calibration_that_was_removed_leaves_its_time_free(books: Books) -> None:
    first = books.calibrations.add(calibration(0, 30), WHO, LATER)
    books.calibrations.remove(first.id, 1, WHO, "x", LATER)
    books.calibrations.add(calibration(10, 20), WHO, LATER)


def test_one_that_goes_on_is_read_until_it_ends(books: Books) -> None:
    books.calibrations.add(calibration(0, None), WHO, LATER)
    assert len(books.calibrations.calibrations("outlet", NOON + HOUR, LATER)) == 1


def test_the_last_before_a_moment_is_the_one_in_force(books: Books) -> None:
    for start in (0, 40):
        books.calibrations.add(calibration(start, start + 10), WHO, LATER)
    found = books.calibrations.last_before("outlet", "ph", NOON + 30 * 60_000)
    assert found is not None
    assert found.start == NOON


def test_before_the_first_there_is_none(books: Books) -> None:
    assert books.calibrations.last_before("outlet", "ph", NOON) is None


def test_two_that_are_entered_at_once_do_not_overlap(books: Books, beside: Callable[[], Database]) -> None:
    start, outcomes = Barrier(4), []

    def enter(book: SqlCalibrations) -> None:
        start.wait()
        try:
            outcomes.append(book.add(calibration(0, 30), WHO, LATER).number)
        except Invalid:
            outcomes.append(0)

    threads = [Thread(target=enter, args=(SqlCalibrations(beside(), books.places),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, 0, 0, 1]


# ── corrections ─────────────────────────────────────────────────────────────────────────────────


def offset(hours: int, value: float) -> Correction:
    """From so many hours before noon on."""
    return Correction("outlet", "ph", NOON - hours * HOUR, value, reason="kalibrasi")


def test_the_correction_in_force_at_the_beginning_is_read_as_well(books: Books) -> None:
    for hours, value in ((10, 0.1), (5, 0.2), (1, 0.3)):
        books.corrections.add(offset(hours, value), WHO, NOON)
    found = books.corrections.in_force("outlet", "ph", NOON - 3 * HOUR, NOON)
    assert [one.offset for one in found] == [0.2, 0.3]


def test_two_corrections_from_the_same_moment_are_refused(books: Books) -> None:
    books.corrections.add(offset(1, 0.1), WHO, NOON)
    with pytest.raises(Invalid, match="same moment"):
        books.corrections.add(offset(1, 0.2), WHO, NOON)


def test_a_correction_of_a_correction_keeps_the_old_one(books: Books) -> None:
    first = books.corrections.add(offset(1, 0.1), WHO, NOON)
    books.corrections.correct(first.id, 1, offset(1, 0.15), WHO, "salah baca", NOON)
    assert [one.record.offset for one in books.corrections.history(first.id)] == [0.1, 0.15]
    assert [one.offset for one in books.corrections.in_force("outlet", "ph", 0, NOON)] == [0.15]


# ── judgement by hand ───────────────────────────────────────────────────────────────────────────


def test_a_judgement_stands_among_the_quality_intervals(books: Books) -> None:
    books.judgements.add(judgement(), WHO, LATER)
    assert books.flags() == [(NOON, "sensor_in_air", WHO)]


def test_a_corrected_judgement_replaces_its_interval_and_keeps_its_row(books: Books) -> None:
    first = books.judgements.add(judgement(), WHO, LATER)
    stuck = replace(judgement(NOON + 60_000), category=Category.SENSOR_STUCK)
    books.judgements.correct(first.id, 1, stuck, "dewi", "lihat foto", LATER)
    assert books.flags() == [(NOON + 60_000, "sensor_stuck", "dewi")]
    assert len(books.judgements.history(first.id)) == 2


def test_a_judgement_taken_back_leaves_no_interval(books: Books) -> None:
    first = books.judgements.add(judgement(), WHO, LATER)
    books.judgements.remove(first.id, 1, WHO, "keliru", LATER)
    assert books.flags() == []


def test_the_same_judgement_twice_is_refused(books: Books) -> None:
    books.judgements.add(judgement(), WHO, LATER)
    with pytest.raises(Invalid, match="already"):
        books.judgements.add(judgement(), WHO, LATER)


# ── laboratory ──────────────────────────────────────────────────────────────────────────────────


def test_results_are_one_for_each_parameter_by_day_and_metric(books: Books) -> None:
    books.samples.add(sample("B", NOON), WHO, LATER)
    books.samples.add(sample("A", NOON - DAY), WHO, LATER)
    found = books.samples.results("outlet", date(2025, 10, 8), TODAY)
    assert [(one.sample_code, one.metric) for one in found] == [("A", "bod"), ("A", "ph"), ("B", "bod"), ("B", "ph")]


def test_results_are_of_local_days(books: Books) -> None:
    midnight = 1_759_942_800_000  # 2025-10-08T17:00:00Z, 9 October 00:00 WIB
    books.samples.add(sample("before", midnight - 1), WHO, LATER)
    books.samples.add(sample("after", midnight), WHO, LATER)
    assert {one.sample_code for one in books.samples.results("outlet", TODAY, TODAY)} == {"after"}


def test_a_sample_is_entered_once(books: Books) -> None:
    added(books)
    with pytest.raises(Invalid, match="entered already"):
        books.samples.add(sample(), WHO, LATER)


# ── conditions, logbook, production ─────────────────────────────────────────────────────────────


def test_conditions_that_share_a_moment_are_read(books: Books) -> None:
    books.conditions.add(condition(NOON - HOUR, NOON), WHO, LATER)
    books.conditions.add(condition(NOON, None), WHO, LATER)
    found = books.conditions.conditions("batik", NOON, LATER)
    assert [(one.start, one.stop, one.kind) for one in found] == [(NOON, None, ConditionKind.ABNORMAL)]


def test_a_shift_has_one_entry(books: Books) -> None:
    books.entries.add(entry(), WHO, LATER)
    with pytest.raises(Conflict, match="correct that one"):
        books.entries.add(entry(), WHO, LATER)


def test_an_entry_that_was_removed_may_be_written_anew(books: Books) -> None:
    first = books.entries.add(entry(), WHO, LATER)
    books.entries.remove(first.id, 1, WHO, "x", LATER)
    assert books.entries.add(entry(ph=7.4), WHO, LATER).number == 3


def test_an_entry_is_not_corrected_into_another_shift(books: Books) -> None:
    first = books.entries.add(entry(), WHO, LATER)
    with pytest.raises(Conflict):
        books.entries.correct(first.id, 1, entry("siang"), WHO, "x", LATER)


def signed(books: Books, at: Millis) -> Revision[SignedDay]:
    """The day, over the entries as they stand."""
    seen = [(one.id, one.number) for one in books.entries.of_day("batik", TODAY)]
    return books.logbook.sign("batik", TODAY, seen, "dewi", "", at)


def test_a_signed_day_names_its_officer(books: Books) -> None:
    for shift in ("pagi", "siang"):
        books.entries.add(entry(shift), WHO, LATER)
    signed(books, NEXT_DAY)
    assert books.logbook.days("batik", TODAY, TODAY) == [LogbookDay(TODAY, 2, "dewi", signed_at=NEXT_DAY)]


def test_a_day_is_not_signed_before_its_last_shift_has_ended(books: Books) -> None:
    books.entries.add(entry(), WHO, LATER)
    with pytest.raises(Invalid, match="is not over"):
        signed(books, LATER)


def test_a_shift_that_has_not_begun_is_not_written(books: Books) -> None:
    with pytest.raises(Invalid) as refused:
        books.entries.add(entry("malam"), WHO, LATER)
    assert refused.value.field == "shift"


def test_a_day_without_entries_cannot_be_signed(books: Books) -> None:
    with pytest.raises(Invalid):
        signed(books, NEXT_DAY)


def test_a_correction_after_signing_is_told(books: Books) -> None:
    first = books.entries.add(entry(), WHO, LATER)
    signed(books, NEXT_DAY)
    books.entries.correct(first.id, 1, entry(ph=7.3), WHO, "salah tulis", LATER)
    assert books.logbook.corrected_since("batik", TODAY) == [first.id]
    assert books.logbook.days("batik", TODAY, TODAY)[0].changes == (
        EntryChange("pagi", WHO, LATER, 2, "salah tulis"),
    )


def test_an_entry_added_after_signing_is_told(books: Books) -> None:
    books.entries.add(entry(), WHO, LATER)
    signed(books, NEXT_DAY)
    books.entries.add(entry("siang"), WHO, NEXT_DAY)
    (found,) = books.logbook.days("batik", TODAY, TODAY)[0].changes

    assert (found.shift, found.added, found.at) == ("siang", True, NEXT_DAY)


def test_a_signed_day_whose_only_entry_was_removed_is_still_told(books: Books) -> None:
    first = books.entries.add(entry(), WHO, LATER)
    signed(books, NEXT_DAY)
    books.entries.remove(first.id, 1, WHO, "ganda", NEXT_DAY)
    (day,) = books.logbook.days("batik", TODAY, TODAY)

    assert (day.entries, day.signed_by, day.changes[0].removed) == (0, "dewi", True)


def test_a_day_is_signed_once(books: Books) -> None:
    books.entries.add(entry(), WHO, LATER)
    signed(books, NEXT_DAY)
    with pytest.raises(Conflict):
        signed(books, NEXT_DAY)


def test_a_year_of_signed_days_is_three_questions(books: Books) -> None:
    days = [TODAY - timedelta(days=n) for n in range(30)]
    for day in days:
        first = books.entries.add(replace(entry(), day=day), WHO, LATER)
        books.logbook.sign("batik", day, [(first.id, 1)], "dewi", "", NEXT_DAY)
        books.entries.correct(first.id, 1, replace(entry(ph=7.3), day=day), WHO, "salah tulis", NEXT_DAY)
    asked: list[str] = []
    with listening(books.db, asked):
        found = books.logbook.days("batik", days[-1], TODAY)
    assert [len(one.changes) for one in found] == [1] * 30
    assert len(asked) == 3


def test_the_last_calibrations_are_one_question(books: Books) -> None:
    for n in range(20):
        books.calibrations.add(calibration(-60 * (n + 1), -60 * n - 30), WHO, LATER)
    asked: list[str] = []
    with listening(books.db, asked):
        assert [one.start for one in books.calibrations.newest("outlet").values()] == [NOON - HOUR]
    assert len(asked) == 1


@contextmanager
def listening(db: Database, asked: list[str]) -> Iterator[None]:
    """What is asked of the database meanwhile."""

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_day_is_signed_over_what_was_read_and_nothing_else(books: Books) -> None:
    first = books.entries.add(entry(), WHO, LATER)
    books.entries.add(entry("siang"), WHO, LATER)
    with pytest.raises(Conflict, match=f"batik/{TODAY}/siang"):
        books.logbook.sign("batik", TODAY, [(first.id, 1)], "dewi", "", NEXT_DAY)


def test_episode_notes_that_share_a_moment_are_read(books: Books) -> None:
    note = EpisodeNote("outlet", "ph", NOON, NOON + HOUR, "dosing habis", "isi ulang", WHO)
    books.notes.add(note, WHO, LATER)
    assert books.logbook.episode_notes("outlet", NOON + 1, LATER) == [note]


def test_production_is_read_by_day_and_never_made_up(books: Books) -> None:
    books.production.add(Produced("batik", TODAY, tons=1.5, pieces=200), WHO, LATER)
    assert books.production.days("batik", date(2025, 10, 1), TODAY) == [ProductionDay(TODAY, 1.5, 200)]


# ── what is due, who signs, and how it is found ─────────────────────────────────────────────────


def test_the_newest_calibration_of_each_sensor_says_when_the_next_is_due(books: Books) -> None:
    for start, due in ((40, date(2025, 12, 1)), (0, date(2025, 11, 1))):
        books.calibrations.add(replace(calibration(start, start + 10), next_due=due), WHO, LATER)
    assert {key: one.next_due for key, one in books.calibrations.newest().items()} == {
        ("outlet", "ph"): date(2025, 12, 1)
    }


def test_a_company_that_was_not_filled_in_has_empty_fields(books: Books) -> None:
    assert books.companies.company("batik") == Company()


def test_a_company_is_read_as_it_stands_now(books: Books) -> None:
    first = books.company_of.add(CompanyOf("batik", Company("UPT Batik")), WHO, LATER)
    books.company_of.correct(first.id, 1, CompanyOf("batik", Company("UPT Batik Mojokerto")), WHO, "SIMPEL", LATER)
    assert books.companies.company("batik").name == "UPT Batik Mojokerto"


def test_signatures_are_of_one_point_and_period(books: Books) -> None:
    signed = (Signature(SignatureRole.PREPARED, "Siti", "Operator"),)
    books.signatories.add(SignatoriesOf("outlet", "2025-10", signed), WHO, LATER)
    assert books.companies.signatures("outlet", "2025-10") == list(signed)
    assert books.companies.signatures("outlet", "2025-11") == []


def block(*names: str) -> tuple[Signature, ...]:
    """Signatories in this order."""
    return tuple(Signature(SignatureRole.PREPARED, name) for name in names)


def test_a_report_without_a_block_of_its_own_is_signed_by_the_site_in_its_order(books: Books) -> None:
    books.company_of.add(CompanyOf("batik", Company(), block("Siti", "Ani", "Budi")), WHO, LATER)
    books.signatories.add(SignatoriesOf("outlet", "2025-10", block("Cici")), WHO, LATER)
    assert [one.name for one in books.companies.signatures("outlet", "2025-10")] == ["Cici"]
    assert [one.name for one in books.companies.signatures("outlet", "2025-11")] == ["Siti", "Ani", "Budi"]


def test_a_block_that_was_taken_back_is_kept_and_the_site_signs_again(books: Books) -> None:
    books.company_of.add(CompanyOf("batik", Company(), block("Siti")), WHO, LATER)
    own = books.signatories.add(SignatoriesOf("outlet", "2025-10", block("Cici")), WHO, LATER)
    books.signatories.remove(own.id, 1, WHO, "kembali", LATER)
    assert [one.name for one in books.companies.signatures("outlet", "2025-10")] == ["Siti"]
    assert [one.record.signatures for one in books.signatories.history(own.id)] == [block("Cici")] * 2


def test_every_state_of_a_company_is_kept_with_who_and_when(books: Books) -> None:
    books.company_of.add(CompanyOf("batik", Company("A")), "siti", LATER)
    books.company_of.correct("batik", 1, CompanyOf("batik", Company("B")), "budi", "SIMPEL", LATER + 1)
    found = [(one.record.company.name, one.who, one.at, one.note) for one in books.company_of.history("batik")]
    assert found == [("A", "siti", LATER, ""), ("B", "budi", LATER + 1, "SIMPEL")]


def test_a_company_changed_meanwhile_is_a_conflict_with_where_it_stands(books: Books) -> None:
    books.company_of.add(CompanyOf("batik", Company("A")), WHO, LATER)
    books.company_of.correct("batik", 1, CompanyOf("batik", Company("B")), WHO, "x", LATER)
    with pytest.raises(Conflict) as refused:
        books.company_of.correct("batik", 1, CompanyOf("batik", Company("C")), WHO, "y", LATER)
    assert refused.value.present == "2"


def test_an_outlet_names_a_compliance_point_that_there_is(books: Books) -> None:
    with pytest.raises(Invalid) as refused:
        books.company_of.add(CompanyOf("batik", Company(outlets=(Outlet("nowhere"),))), WHO, LATER)
    assert refused.value.field == "outlets.0.point"
