"""Whatever file is asked about: a plain answer, never a traceback."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.company import Company
from domain.errors import Invalid, PantauError
from domain.report import ComplianceReport
from domain.report_head import Policy
from domain.report_period import PeriodKind, period_of
from reports.formats import FORMATS
from reports.stamp import MARK, Stamp, stamp_line
from reports.verify import Finding, read_file, verify
from service.reporting import Reporting
from support.report_scene import Scene, plant

DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")
READ_AT_ONCE = ("json", "csv", "csv-data", "xlsx")  # the PDF takes a second to be made again
HOSTILE = {
    "before its first day": ('"until":"2026-10-05"', '"until":"2026-09-01"'),
    "after its last": ('"until":"2026-10-05"', '"until":"2027-09-01"'),
    "no day at all": ('"period":"2026-10-05"', '"period":"2026-99-99"'),
    "a place there is none of": ('"point":"titik', '"point":"tidak'),
    "the end of time": ('"2026-10-05"', '"9999-12-31"'),
    "its beginning": ('"2026-10-05"', '"0001-01-01"'),
    "before clocks": ('"2026-10-05"', '"1969-12-31"'),
}


@pytest.fixture(scope="module")
def files(month: ComplianceReport) -> dict[str, bytes]:
    """The month in every format."""
    return {word: write(month, "id") for word, write in FORMATS.items()}


def answered(data: bytes, make: Callable[[Stamp], ComplianceReport]) -> Finding | None:
    """What is found; None where the file is refused in words."""
    try:
        return verify(data, make).finding
    except PantauError:
        return None


@st.composite
def wounds(draw: st.DrawFn) -> tuple[float, bytes, int]:
    """Where (0 to 1), what is put there, and how many bytes it takes the place of."""
    return draw(st.floats(0, 1)), draw(st.binary(max_size=40)), draw(st.integers(0, 2000))


@pytest.mark.parametrize("word", FORMATS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wound=wounds())
def test_a_wounded_file_gets_an_answer(
    files: dict[str, bytes], month: ComplianceReport, word: str, wound: tuple[float, bytes, int]
) -> None:
    at, put, taken = wound
    begin = int(at * len(files[word]))
    data = files[word][:begin] + put + files[word][begin + taken :]
    if word in READ_AT_ONCE:
        assert data == files[word] or answered(data, lambda _: month) is not Finding.SAME
    else:
        answered_to_reading(data)


def answered_to_reading(data: bytes) -> None:
    """Read, or refused in words; anything else fails the test."""
    with suppress(Invalid):
        read_file(data)


@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"{", b'"pantau-report/1 {']))
def test_any_bytes_get_an_answer(data: bytes, head: bytes) -> None:
    answered_to_reading(head + data)


@pytest.mark.parametrize("word", FORMATS)
def test_a_cut_file_gets_an_answer(files: dict[str, bytes], month: ComplianceReport, word: str) -> None:
    for n in range(0, len(files[word]), len(files[word]) // 12):
        answered_to_reading(files[word][:n])


def test_a_byte_that_is_no_utf_8_is_no_report(files: dict[str, bytes]) -> None:
    at = files["json"].index(b"Outlet")
    with pytest.raises(Invalid, match="fingerprint"):
        read_file(files["json"][:at] + b"\xe4" + files["json"][at:])


def test_a_number_that_no_program_holds_is_a_difference(files: dict[str, bytes], month: ComplianceReport) -> None:
    data = files["json"].replace(b'"schema":2', b'"schema":' + b"9" * 40)
    assert answered(data, lambda _: month) is Finding.FILE_CHANGED


def test_a_workbook_that_swells_is_read_only_so_far() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/custom.xml", b" " * 50_000_000)
    with pytest.raises(Invalid, match="fingerprint"):
        read_file(packed.getvalue())


@pytest.mark.parametrize("case", HOSTILE)
def test_a_stamp_of_what_there_is_not_is_refused(scene: Scene, case: str) -> None:
    scene.measured("ph", date(2026, 10, 5), 0, [7.0] * 60)
    written = FORMATS["csv-data"](scene.report(DAY_5), "id").decode().replace('""', '"')
    old, new = HOSTILE[case]
    assert old in written
    with pytest.raises(PantauError):
        verify(written.replace(old, new).encode(), Reporting(scene.sources(), Policy()).again)


@pytest.mark.parametrize("word", FORMATS)
@pytest.mark.parametrize("name", ['{"}} ' + MARK + ' {"a":{}}', MARK + " {"])
def test_the_mark_in_a_company_name_is_not_the_stamp(scene: Scene, word: str, name: str) -> None:
    scene.books.firm = Company(name, "x", "y")
    scene.measured("ph", date(2026, 10, 5), 0, [7.0] * 10)
    report = scene.report(DAY_5)
    assert verify(FORMATS[word](report, "id"), lambda _: report).finding is Finding.SAME


def test_another_version_of_the_program_is_no_change_of_the_data(month: ComplianceReport) -> None:
    before = replace(month, schema=month.schema - 1)
    assert verify(FORMATS["json"](before, "id"), lambda _: month).finding is Finding.OTHER_VERSION


def test_a_day_that_the_zone_skipped_is_no_day(made: Callable[..., Scene]) -> None:
    scene = made(plant(timezone="Pacific/Apia"))
    report = scene.report(period_of(PeriodKind.MONTH, "2011-12"))
    assert len(report.parameters[0].days) == 30
    for word, write in FORMATS.items():
        assert verify(write(report, "id"), lambda _: report).format == word


def test_a_period_of_a_skipped_day_alone_is_refused(made: Callable[..., Scene]) -> None:
    with pytest.raises(Invalid, match="no day"):
        made(plant(timezone="Pacific/Apia")).report(period_of(PeriodKind.DAY, "2011-12-30"))


@pytest.mark.parametrize("word", FORMATS)
@pytest.mark.parametrize("value", [1e308, 1e15, -1e308])
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_figures_beyond_all_measure_are_written(scene: Scene, word: str, value: float) -> None:
    scene.measured("cod", date(2026, 10, 5), 0, [value] * 1440)
    scene.measured("flow_rate", date(2026, 10, 5), 0, [value] * 1440)
    report = scene.report(DAY_5)
    assert verify(FORMATS[word](report, "id"), lambda _: report).finding is Finding.SAME


def test_the_stamp_names_the_schema(month: ComplianceReport) -> None:
    assert f'"schema":{month.schema}' in stamp_line(month, "id")
