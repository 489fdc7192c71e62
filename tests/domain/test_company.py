"""Permits that run out, what is still blank, and texts that hold nothing unseen."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import (
    Blank,
    Company,
    CompanyOf,
    Outlet,
    Permit,
    PermitKind,
    Signature,
    SignatureRole,
    blanks,
    endings,
)
from domain.company_entry import CompanyEntry
from domain.errors import Invalid
from domain.plain_text import plain_line, plain_lines, unseen

TODAY = date(2026, 11, 22)
PERTEK = PermitKind.TECHNICAL_APPROVAL


def pertek(until: date | None, issued: date | None = None) -> Permit:
    """A technical approval."""
    return Permit(PERTEK, "1", issued_on=issued, valid_until=until)


OLD = pertek(date(2026, 11, 1))
CASES = {
    "without an end": ((pertek(None),), []),
    "long valid": ((pertek(date(2027, 1, 22)),), []),
    "sixty days left": ((pertek(date(2027, 1, 21)),), [60]),
    "last day": ((pertek(TODAY),), [0]),
    "ran out": ((OLD,), [-21]),
    "followed": ((OLD, pertek(date(2030, 1, 1), date(2026, 11, 2))), []),
    "followed without an end": ((OLD, pertek(None)), []),
    "followed only later": ((OLD, pertek(date(2030, 1, 1), date(2027, 1, 1))), [-21]),
    "followed by another kind": ((OLD, Permit(PermitKind.OPERATION_LETTER, "2")), [-21]),
    "followed by another permit of no kind": (
        (Permit(PermitKind.OTHER, "1", "A", valid_until=TODAY), Permit(PermitKind.OTHER, "1", "B")),
        [0],
    ),
    "a shorter one beside it": ((pertek(date(2026, 12, 1)), pertek(date(2026, 11, 30))), [9]),
}


@pytest.mark.parametrize("case", CASES)
def test_permits_are_warned_of_until_another_follows(case: str) -> None:
    permits, left = CASES[case]
    assert [one.left for one in endings(Company(permits=permits), TODAY)] == left


def test_everything_is_blank_at_first() -> None:
    assert blanks(CompanyOf("batik", Company()), ["outlet"]) == tuple(Blank)


def test_a_site_without_compliance_points_lacks_no_coordinates() -> None:
    found = blanks(CompanyOf("batik", Company()), [])
    assert not {Blank.COORDINATES, Blank.WATER_BODY} & set(found)


def test_one_point_without_coordinates_is_a_blank() -> None:
    company = Company(outlets=(Outlet("a", "7° LS", "kali"),))
    assert Blank.COORDINATES in blanks(CompanyOf("batik", company), ["a", "b"])


def test_a_block_of_roles_without_a_name_is_a_blank() -> None:
    one = CompanyOf("batik", Company(), (Signature(SignatureRole.APPROVED),))
    assert Blank.SIGNATORIES in blanks(one, [])


@pytest.mark.parametrize(
    "text", ["a\x00", "a\x1b[1m", "\u202eabc", "a\u2066b", "a\u2028b", "a\ud800", "a\ufffe", "a\tb"]
)
def test_what_is_not_seen_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not seen"):
        plain_lines(text)


@pytest.mark.parametrize("text", ["Batik Ceplok", "7°28'12\" LS", "محمد", "苏", 'O\'Neil & "Sons"', "#1 *a* $x$ =1"])
def test_what_people_write_is_kept(text: str) -> None:
    assert plain_line(f"  {text} ") == text


def test_an_address_has_lines_and_a_name_has_not() -> None:
    assert plain_lines("Jl. A \r\n Mojokerto") == "Jl. A\nMojokerto"
    with pytest.raises(ValueError, match=r"U\+000A"):
        plain_line("PT\nA")


@given(st.text(max_size=200))
def test_what_is_kept_holds_nothing_unseen(text: str) -> None:
    try:
        kept = plain_line(text)
    except ValueError:
        return
    assert not any(unseen(character) for character in kept)


def test_a_record_goes_out_and_comes_back_as_it_was() -> None:
    record = CompanyOf(
        "batik",
        Company("UPT", permits=(OLD,), outlets=(Outlet("outlet", "7° LS"),)),
        (Signature(SignatureRole.CHECKED, "Siti", identity="1"),),
    )
    assert CompanyEntry.of(record).record() == record


def test_a_record_that_could_not_be_entered_is_refused_at_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        CompanyEntry.of(CompanyOf("batik", Company(permits=(OLD, Permit(PERTEK, "\u202e")))))
    assert refused.value.field == "permits.1.number"
