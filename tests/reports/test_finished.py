"""Finished reports: made when due, caught up with after a power cut, signed, and revised in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace as changed

from domain.errors import Conflict, Invalid, NotFound, Unavailable
from domain.finished_report import DataChanged, FinishedReport, KeptFile, ReportState
from domain.ports_evidence import LabBook
from domain.report_period import PeriodKind
from domain.report_records import LabResult, Operator
from reports.verify import Finding, verify
from service.report_prints import ReportPrints
from storage.database import Database
from storage.report_files import ReportFolder
from support.finished import DAY, Office, at
from support.report_scene import POINT, Scene

MONTH = PeriodKind.MONTH
Hired = Callable[..., Office]


@pytest.fixture
def hire(scene: Scene, tmp_path: Path) -> Iterator[Hired]:
    """An office over the scene; only months are scheduled unless told."""
    with closing(Database(f"sqlite:///{tmp_path / 'pantau.db'}")) as database:
        database.migrate()

        def make(laboratory: LabBook | None = None, **settings: object) -> Office:
            sources = replace(scene.sources(), laboratory=laboratory) if laboratory else scene.sources()
            return Office(sources, database, tmp_path, **{"schedule": ("month",), **settings})

        yield make


@pytest.fixture
def office(hire: Hired) -> Office:
    """It makes months."""
    return hire()


@pytest.fixture
def october(scene: Scene) -> Scene:
    """An hour of pH on a day of October."""
    scene.measured("ph", date(2026, 10, 5), 0, [7.2] * 60)
    return scene


def made(office: Office, reason: str = "", now: int = at("2026-11-03")) -> FinishedReport:
    """October, by an officer."""
    return office.desk.make(MONTH, POINT, "2026-10", "siti", reason, now)[0]


def a_result(number: float) -> LabResult:
    """BOD of a sample of October."""
    return LabResult("1", POINT, "bod", Operator.EQUAL, number, "mg/L", date(2026, 10, 7))


# ── the schedule ────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_made_before_late_data_had_their_time(office: Office, october: Scene) -> None:
    assert office.run(at("2026-11-01", 23)) == []


def test_a_month_is_made_once_its_wait_is_over(office: Office, october: Scene) -> None:
    assert office.run(at("2026-11-02")) == [("2026-10", 1)]


def test_it_is_made_once(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    assert office.run(at("2026-11-02", 5)) == []


def test_a_new_installation_without_readings_owes_nothing(office: Office) -> None:
    assert office.run(at("2026-11-02")) == []


def test_a_new_installation_makes_every_month_since_the_first_that_was_measured(
    office: Office, october: Scene
) -> None:
    october.measured("ph", date(2026, 8, 5), 0, [7.2] * 60)
    assert office.run(at("2026-11-22")) == [("2026-08", 1), ("2026-09", 1), ("2026-10", 1)]


def test_months_that_were_measured_are_listed_as_not_made_yet(office: Office, october: Scene) -> None:
    listed = [(period, due) for _, _, period, due in office.desk.open(at("2026-11-22"))]
    assert listed == [("2026-10", at("2026-11-02")), ("2026-11", at("2026-12-02"))]


def test_only_so_many_months_before_the_first_start_are_made(hire: Hired, october: Scene) -> None:
    october.measured("ph", date(2026, 7, 5), 0, [7.2] * 60)
    assert hire(catch_up_months=2).run(at("2026-11-22")) == [("2026-10", 1)]


def test_readings_that_arrive_for_an_older_month_make_its_report(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    october.measured("ph", date(2026, 9, 5), 0, [7.2] * 60)
    assert office.run(at("2026-11-02", 2)) == [("2026-09", 1)]


def test_one_run_makes_one_report(office: Office, october: Scene) -> None:
    october.measured("ph", date(2026, 7, 5), 0, [7.2] * 60)
    office.job.run_once(at("2026-11-22"))
    assert len(office.desk.page(None, 10).items) == 1


def test_nothing_is_made_while_the_past_is_being_written(office: Office, october: Scene) -> None:
    office.desk.filling = lambda: True
    assert office.run(at("2026-11-22")) == []


def test_what_a_power_cut_missed_is_made_oldest_first(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    office.restarted()
    assert office.run(at("2027-02-02")) == [("2026-11", 1), ("2026-12", 1), ("2027-01", 1)]


def test_a_month_without_data_is_an_honest_report(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    office.run(at("2026-12-02"))
    november = office.book.revisions(MONTH, POINT, "2026-11")[0]
    assert b"Tidak ada data bacaan" in office.desk.file(november, "csv", "id")[1]


@pytest.mark.parametrize(
    ("kind", "day", "period"),
    [("quarter", "2027-01-02", "2026-Q4"), ("semester", "2027-01-02", "2026-S2"), ("year", "2027-01-02", "2026")],
)
def test_longer_periods_come_by_themselves(hire: Hired, october: Scene, kind: str, day: str, period: str) -> None:
    assert hire(schedule=(kind,)).run(at(day)) == [(period, 1)]


def test_the_wait_is_the_installations_own(hire: Hired, october: Scene) -> None:
    assert hire(wait_hours=0).run(at("2026-11-01")) == [("2026-10", 1)]


def test_the_running_month_is_listed_as_open(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    assert office.desk.open(at("2026-11-10")) == [(MONTH, POINT, "2026-11", at("2026-12-02"))]


# ── what is kept ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["pdf", "xlsx", "json"])
def test_every_kept_file_verifies(office: Office, october: Scene, form: str) -> None:
    _, content = office.desk.file(made(office), form, "id")
    report = made(office)
    assert verify(content, lambda _: office.desk.today(report)).finding is Finding.SAME


def test_the_other_language_is_printed_from_what_was_kept(office: Office, october: Scene) -> None:
    name, content = office.desk.file(made(office), "csv", "en")
    assert (name, b"Monthly effluent" in content) == (f"report-{POINT}-2026-10.csv", True)


def test_a_damaged_file_is_refused(office: Office, october: Scene) -> None:
    report = made(office)
    office.folder.path(report, report.files[0]).write_bytes(b"%PDF-1.7 forged")
    with pytest.raises(Unavailable, match="damaged"):
        office.desk.file(report, "pdf", "id")


def test_a_format_that_does_not_exist_is_refused(office: Office, october: Scene) -> None:
    with pytest.raises(Invalid, match="no format doc"):
        office.desk.file(made(office), "doc", "id")


def test_the_running_month_cannot_be_finished(office: Office, october: Scene) -> None:
    with pytest.raises(Invalid, match="not over yet"):
        made(office, now=at("2026-10-20"))


def test_a_point_that_does_not_exist_is_refused(office: Office) -> None:
    with pytest.raises(NotFound):
        office.desk.make(MONTH, "nowhere", "2026-10", "siti", "", at("2026-11-03"))


# ── signing and revisions ───────────────────────────────────────────────────────────────────────


def test_made_again_from_the_same_data_it_is_the_same_revision(office: Office, october: Scene) -> None:
    assert made(office) == made(office, now=at("2026-11-09"))


@pytest.mark.parametrize(
    ("who", "why"), [("budi", "is a technician"), ("nobody", "not known"), ("left", "switched off")]
)
def test_only_an_officer_who_is_known_signs(office: Office, october: Scene, who: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        office.desk.sign(made(office), who, at("2026-11-04"))


def test_an_empty_month_is_not_signed_by_the_way(office: Office) -> None:
    with pytest.raises(Conflict, match="nothing was measured"):
        office.desk.sign(made(office), "siti", at("2026-11-04"))


def test_an_empty_month_is_signed_as_one_without_data(office: Office) -> None:
    signed = office.desk.sign(made(office), "siti", at("2026-11-04"), no_data=True)
    assert (signed.empty, signed.state) == (True, ReportState.SIGNED)


def test_the_files_of_a_signed_report_are_never_changed(office: Office, october: Scene) -> None:
    signed = office.desk.sign(made(office), "siti", at("2026-11-04"))
    before = {file.name: office.folder.path(signed, file).read_bytes() for file in signed.files}
    october.books.lab.append(a_result(41.5))
    revised = made(office, "LHU datang", at("2026-11-09"))
    assert {file.name: office.folder.path(signed, file).read_bytes() for file in signed.files} == before
    assert before.keys().isdisjoint(file.name for file in revised.files)


def test_a_revision_says_who_made_it_and_why(office: Office, october: Scene) -> None:
    office.desk.sign(made(office), "siti", at("2026-11-04"))
    october.books.lab.append(a_result(41.5))
    revised = made(office, "LHU datang", at("2026-11-09"))
    assert (revised.made_by, revised.reason, len(revised.changes) > 0) == ("siti", "LHU datang", True)


def test_an_officer_signs_once(office: Office, october: Scene) -> None:
    report = office.desk.sign(made(office), "siti", at("2026-11-04"))
    with pytest.raises(Conflict):
        office.desk.sign(report, "wati", at("2026-11-05"))


def test_a_signed_report_is_made_again_only_with_a_reason(office: Office, october: Scene) -> None:
    office.desk.sign(made(office), "siti", at("2026-11-04"))
    october.books.lab.append(a_result(41.5))
    with pytest.raises(Invalid, match="say why"):
        made(office)


def test_a_revision_says_what_changed_in_words(office: Office, october: Scene) -> None:
    october.books.lab.append(a_result(41.5))
    office.desk.sign(made(office), "siti", at("2026-11-04"))
    october.books.lab[0] = msgspec.structs.replace(a_result(43.0), revision=2)
    told = {(one.where.id, one.before.id, one.after.id) for one in made(office, "LHU dikoreksi").changes}
    assert ("Hasil laboratorium: BOD 07/10/2026, hasil, nilai", "41,5 mg/L", "43 mg/L") in told


def revised(office: Office, scene: Scene) -> dict[str, tuple[str, str]]:
    """What a revision says changed when another hour of pH arrived."""
    made(office)
    scene.measured("ph", date(2026, 10, 5), 2 * 3_600_000, [7.123456, 7.3] * 30)
    return {one.where.id: (one.before.id, one.after.id) for one in made(office).changes}


@pytest.mark.parametrize(
    ("where", "before", "after"),
    [
        ("Parameter harian: pH, 05/10/2026, rata-rata", "7,20", "7,21"),
        ("Parameter harian: pH, 05/10/2026, minimum", "7,20", "7,12"),
        ("Ringkasan parameter: pH, bacaan baik", "60", "120"),
        ("Kelengkapan data: pH, slot terisi", "30", "60"),
    ],
)
def test_changed_figures_are_those_of_the_report(
    office: Office, october: Scene, where: str, before: str, after: str
) -> None:
    assert revised(office, october)[where] == (before, after)


def test_figures_that_round_alike_are_told_as_they_are(office: Office, october: Scene) -> None:
    made(office)
    october.measured("ph", date(2026, 10, 5), 2 * 3_600_000, [7.201] * 2)
    told = {one.where.id: (one.before.id, one.after.id) for one in made(office).changes}
    assert told["Ringkasan parameter: pH, maksimum"] == ("7,2", "7,201")


def test_changed_volumes_carry_their_unit(office: Office, october: Scene) -> None:
    made(office)
    october.measured("flow_rate", date(2026, 10, 5), 0, [1.0] * 61)
    told = {one.where.id: (one.before.id, one.after.id) for one in made(office).changes}
    assert told["pH dan debit harian: jumlah"][1] == "1,00 m³"


def test_a_record_that_came_later_is_one_change(office: Office, october: Scene) -> None:
    made(office)
    october.books.lab.append(a_result(41.5))
    changed = [one.where.id for one in made(office).changes if one.where.id.startswith("Hasil laboratorium")]
    assert len(changed) == 2  # the result, and that none is missing any more


def test_the_earlier_revision_stays(office: Office, october: Scene) -> None:
    office.desk.sign(made(office), "siti", at("2026-11-04"))
    october.books.lab.append(a_result(41.5))
    made(office, "LHU datang")
    states = [(one.revision, one.state, one.signed_by) for one in office.book.revisions(MONTH, POINT, "2026-10")]
    assert states == [(1, ReportState.SIGNED, "siti"), (2, ReportState.MADE, None)]


def test_an_older_revision_is_not_signed_any_more(office: Office, october: Scene) -> None:
    first = made(office)
    october.books.lab.append(a_result(41.5))
    made(office)
    with pytest.raises(Conflict, match="newer revision"):
        office.desk.sign(first, "siti", at("2026-11-04"))


def test_a_signed_report_whose_data_changed_is_outdated(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    office.desk.sign(office.book.revisions(MONTH, POINT, "2026-10")[0], "siti", at("2026-11-02", 1))
    october.books.lab.append(a_result(41.5))
    office.run(at("2026-11-04"))
    assert [one.state for one in office.book.revisions(MONTH, POINT, "2026-10")] == [ReportState.OUTDATED]


def test_what_is_not_signed_yet_is_made_again_by_itself(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    october.books.lab.append(a_result(41.5))
    assert office.run(at("2026-11-04")) == [("2026-10", 2)]


def test_an_outdated_report_is_well_again_when_the_data_are(office: Office, october: Scene) -> None:
    report = made(office)
    office.book.outdated(report, at("2026-11-04"))
    assert made(office).state is ReportState.MADE


def test_old_reports_are_left_alone(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    october.books.lab.append(a_result(41.5))
    assert office.job._recheck(at("2026-11-02") + 101 * DAY) is None


def test_what_the_data_say_today_is_told_without_making_it(office: Office, october: Scene) -> None:
    report = made(office)
    october.books.lab.append(a_result(41.5))
    assert office.desk.differences(report)[0] != ()
    assert len(office.book.revisions(MONTH, POINT, "2026-10")) == 1


def test_only_one_report_is_made_at_a_time(office: Office, october: Scene) -> None:
    with office.desk._alone(), pytest.raises(Conflict, match="another report"):
        made(office)


# ── while somebody else does something ──────────────────────────────────────────────────────────


class Meanwhile:
    """The laboratory's book with one late result; somebody else acts just when it is opened for the first time."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._acts = [act]

    def results(self, point: str, first: date, last: date) -> list[LabResult]:
        """Of the month."""
        while self._acts:
            self._acts.pop()()
        return [a_result(41.5)]


def test_what_is_signed_while_the_clock_compares_is_not_made_again(hire: Hired, october: Scene) -> None:
    people = hire()
    report = made(people)
    clock = hire(Meanwhile(lambda: people.book.sign(report, "siti", at("2026-11-05"), "")))
    assert clock.run(at("2026-11-05")) == []
    told = [(one.signed_by, one.state) for one in people.desk.revisions(MONTH, POINT, "2026-10")]
    assert told == [("siti", ReportState.OUTDATED)]


def test_what_is_signed_while_it_is_made_again_for_the_clock_is_told_to_who_asked(
    hire: Hired, october: Scene
) -> None:
    people = hire()
    report = made(people)
    with pytest.raises(Conflict) as refused:
        hire().book.add(changed(report, revision=2), changed(report, signed_at=1))
    assert refused.value.present == "signed"


class Interrupted(ReportFolder):
    """Somebody else acts just before the first file is written."""

    def __init__(self, folder: Path, act: Callable[[], object]) -> None:
        super().__init__(folder)
        self._acts = [act]

    def keep(self, folder: Path, name: str, form: str, content: bytes) -> KeptFile:
        """As ever, afterwards."""
        while self._acts:
            self._acts.pop()()
        return super().keep(folder, name, form, content)


def test_of_two_who_make_a_report_the_files_of_the_first_stay_whole(
    hire: Hired, october: Scene, tmp_path: Path
) -> None:
    fast, slow = hire(Meanwhile(lambda: None)), hire()
    slow.desk.folder = Interrupted(tmp_path / "reports", lambda: made(fast))
    with pytest.raises(Conflict, match="another revision"):
        made(slow)
    (kept,) = fast.desk.revisions(MONTH, POINT, "2026-10")
    assert [len(fast.folder.read(kept, file)) for file in kept.files] == [file.size for file in kept.files]


def with_many_days(office: Office) -> None:
    """The month, and sixty daily reports of later days."""
    month = made(office)
    for n in range(60):
        day = date(2026, 11, 1) + timedelta(days=n)
        later = {"kind": PeriodKind.DAY, "period": day.isoformat(), "first": day, "last": day}
        office.book.add(changed(month, **later, made_at=month.made_at + n + 1), None)


def test_a_month_is_looked_at_again_however_many_days_came_after_it(office: Office, october: Scene) -> None:
    with_many_days(office)
    october.books.lab.append(a_result(41.5))
    again = office.job._recheck(at("2026-11-05"))
    assert again is not None
    assert (again.period, again.revision) == ("2026-10", 2)


def test_what_could_not_be_compared_is_tried_again_in_an_hour(office: Office, october: Scene) -> None:
    made(office)
    october.books.lab.append(a_result(41.5))
    with office.desk._alone():
        assert office.job._recheck(at("2026-11-05")) is None
    assert office.job._recheck(at("2026-11-05", 1)) is not None


# ── signing what the data give ──────────────────────────────────────────────────────────────────


def refused_to_sign(office: Office, scene: Scene) -> DataChanged:
    """October was made, then a result of the laboratory arrived, then somebody wants to sign."""
    report = made(office)
    scene.books.lab.append(a_result(41.5))
    with pytest.raises(DataChanged) as refused:
        office.desk.sign(report, "siti", at("2026-11-03", 2))
    return refused.value


def test_what_the_data_no_longer_give_is_not_signed(office: Office, october: Scene) -> None:
    assert "make it again and sign that" in str(refused_to_sign(office, october))
    (kept,) = office.desk.revisions(MONTH, POINT, "2026-10")
    assert (kept.state, kept.signed_by) == (ReportState.OUTDATED, None)


def test_who_wants_to_sign_is_told_what_changed(office: Office, october: Scene) -> None:
    told = [one.where.id for one in refused_to_sign(office, october).changes]
    assert any(where.startswith("Hasil laboratorium: BOD") for where in told)


def test_an_outdated_report_is_signed_once_the_data_give_it_again(office: Office, october: Scene) -> None:
    refused_to_sign(office, october)
    october.books.lab.clear()
    (kept,) = office.desk.revisions(MONTH, POINT, "2026-10")
    assert office.desk.sign(kept, "siti", at("2026-11-04")).state is ReportState.SIGNED


# ── printing anew ───────────────────────────────────────────────────────────────────────────────


def without_json(office: Office, report: FinishedReport) -> None:
    """What is printed anew from now on can only come from memory."""
    office.folder.path(report, next(one for one in report.files if one.format == "json")).unlink()


def test_what_was_printed_anew_is_not_printed_twice(office: Office, october: Scene) -> None:
    report = made(office)
    first = office.desk.file(report, "csv", "en")
    without_json(office, report)
    assert office.desk.file(report, "csv", "en") == first


def test_only_so_much_is_remembered(office: Office, october: Scene) -> None:
    report, prints = made(office), ReportPrints(office.folder, remembered=0)
    for language in ("en", "id"):
        prints.file(report, "csv", language)
    without_json(office, report)
    with pytest.raises(Unavailable):
        prints.file(report, "csv", "en")


def test_one_file_is_printed_at_a_time(office: Office, october: Scene) -> None:
    report, prints = made(office), ReportPrints(office.folder, patience=0)
    with prints._printing, pytest.raises(Conflict, match="being printed"):
        prints.file(report, "csv", "en")


def test_pages_come_latest_first(office: Office, october: Scene) -> None:
    office.run(at("2026-11-02"))
    office.run(at("2027-01-02"))
    first = office.desk.page(None, 2)
    rest = office.desk.page(first.next, 2)
    assert [one.period for one in (*first.items, *rest.items)] == ["2026-12", "2026-11", "2026-10"]
