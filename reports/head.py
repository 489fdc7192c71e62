"""The head of a report: who owes it, with which permits, where it discharges; a blank where nobody filled that in."""

from __future__ import annotations

from datetime import date

from domain.company import Company, Permit, PermitKind, Signature, endings
from reports.table import Printer

Row = tuple[str, str]


def company_rows(company: Company, printer: Printer) -> list[Row]:
    """Label and text, from the company's name to its permits."""
    w, blank = printer.words, printer.words("absent.not_filled")
    permits = "\n".join(permit_text(one, printer) for one in company.permits)
    return [
        (w("head.company"), company.name or blank),
        (w("head.address"), company.address or blank),
        (w("head.activity"), company.activity or blank),
        (w("head.permit"), permits or blank),
    ]


def outlet_rows(company: Company, point: str, printer: Printer) -> list[Row]:
    """Where the point discharges."""
    w, outlet = printer.words, company.outlet(point)
    return [
        (w("head.coordinates"), outlet.coordinates or w("absent.not_filled")),
        (w("head.water_body"), outlet.water_body or w("absent.not_filled")),
    ]


def people_rows(company: Company, printer: Printer) -> list[Row]:
    """Who is in charge and how to reach them; then the lines that the company words itself."""
    w = printer.words
    rows = [(w("head.officer"), _person(company.officer, company.officer_certificate, printer))]
    if company.operator or company.operator_certificate:
        rows.append((w("head.operator"), _person(company.operator, company.operator_certificate, printer)))
    contact = ", ".join(filter(None, (company.phone, company.email)))
    rows.append((w("head.contact"), contact or w("absent.not_filled")))
    return rows + [(line.label, line.text or w("absent.not_filled")) for line in company.lines]


def permit_name(permit: Permit, printer: Printer) -> str:
    """`Persetujuan Teknis (Pertek) 660/1/2025`."""
    other = permit.kind is PermitKind.OTHER and permit.name
    name = permit.name if other else printer.words(f"permit.{permit.kind}")
    return f"{name} {permit.number or printer.words('permit.without_number')}"


def permit_text(permit: Permit, printer: Printer) -> str:
    """With who gave it, and from when to when it holds, as far as that was filled in."""
    said = [permit_name(permit, printer)]
    if permit.issued_on:
        said.append(printer.words("permit.issued_on", day=printer.long_day(permit.issued_on)))
    if permit.publisher:
        said.append(permit.publisher)
    if permit.valid_until:
        said.append(printer.words("permit.valid_until", day=printer.long_day(permit.valid_until)))
    return ", ".join(said)


def permit_warnings(company: Company, until: date, printer: Printer) -> list[str]:
    """Permits that had run out on the last day counted, or do so soon after it."""
    return [
        printer.words(
            "head.permit_ran_out" if one.left < 0 else "head.permit_runs_out",
            permit=permit_name(one.permit, printer),
            day=printer.long_day(one.until),
            last=printer.long_day(until),
            n=one.left,
        )
        for one in endings(company, until)
    ]


def signed_as(one: Signature, printer: Printer) -> str:
    """`NIP/No. 1980…`; empty where none was filled in."""
    return f"{printer.words('sign.identity')} {one.identity}" if one.identity else ""


def _person(name: str, certificate: str, printer: Printer) -> str:
    blank = printer.words("absent.not_filled")
    if not name and not certificate:
        return blank
    return f"{name or blank}, {printer.words('head.certificate')}: {certificate or blank}"
