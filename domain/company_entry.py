"""What people and programs may enter of a company: the same fields in the installation's files and in the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

import msgspec
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from domain.company import CompanyOf, PermitKind, SignatoriesOf, Signature, SignatureRole
from domain.errors import Invalid
from domain.noun import Noun, Slug
from domain.plain_text import plain_line, plain_lines


def _email(text: str) -> str:
    name, at, host = text.partition("@")
    if text and not (name and at and "." in host.strip(".") and " " not in text and "@" not in host):
        raise ValueError("is not an e-mail address")
    return text


def _day(value: object) -> object:
    """As a date, or written as one; a number would be taken for seconds since 1970."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise ValueError("is not a day such as 2026-10-05")


Line = Annotated[str, AfterValidator(plain_line)]
Lines = Annotated[str, AfterValidator(plain_lines)]
Email = Annotated[str, AfterValidator(plain_line), AfterValidator(_email)]
Day = Annotated[date | None, BeforeValidator(_day)]
Period = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?|-Q[1-4]|-S[12])?$")]


class PermitEntry(Noun):
    """One permit. `name` and no other kind: what it is called."""

    kind: PermitKind
    number: Line = ""
    name: Line = ""
    publisher: Line = ""
    issued_on: Day = None
    valid_until: Day = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.issued_on and self.valid_until and self.valid_until < self.issued_on:
            raise ValueError("ends before it was issued")
        return self


class OutletEntry(Noun):
    """Where one compliance point discharges."""

    point: Slug
    coordinates: Line = ""
    water_body: Line = ""


class OwnLineEntry(Noun):
    """A line of the head in the company's own words."""

    label: Annotated[str, Field(min_length=1), AfterValidator(plain_line)]
    text: Lines = ""


class SignatoryEntry(Noun):
    """One place of the signature block."""

    role: SignatureRole
    name: Line = ""
    position: Line = ""
    identity: Line = ""


Signatories = Annotated[tuple[SignatoryEntry, ...], Field(max_length=10)]


class CompanyEntry(Noun):
    """The company behind a site; every field but `site` may stay empty."""

    site: Slug
    name: Line = ""
    address: Lines = ""
    activity: Line = ""
    officer: Line = ""
    officer_certificate: Line = ""
    operator: Line = ""
    operator_certificate: Line = ""
    phone: Line = ""
    email: Email = ""
    permits: Annotated[tuple[PermitEntry, ...], Field(max_length=20)] = ()
    outlets: Annotated[tuple[OutletEntry, ...], Field(max_length=50)] = ()
    lines: Annotated[tuple[OwnLineEntry, ...], Field(max_length=20)] = ()
    signatories: Signatories = ()

    @property
    def id(self) -> str:
        """There is one for each site."""
        return self.site

    @model_validator(mode="after")
    def _once(self) -> Self:
        points = [one.point for one in self.outlets]
        if len(set(points)) < len(points):
            raise ValueError("a compliance point is given twice")
        return self

    @classmethod
    def of(cls, one: CompanyOf) -> Self:
        """A record as it goes out. Raises Invalid for what could not have been entered."""
        fields = msgspec.to_builtins(one.company) | {"site": one.site, "signatories": _signatories(one.signatories)}
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise _refused(error) from None

    def record(self) -> CompanyOf:
        """As the book keeps it."""
        fields = self.model_dump(mode="json")
        fields.pop("site")
        signatories = fields.pop("signatories")
        found = {"site": self.site, "company": fields, "signatories": signatories}
        return msgspec.convert(found, CompanyOf)


class SignatoriesEntry(Noun):
    """The signature block of one report: of a compliance point and a period (`2026-10`, `2026-Q4`, `2026-S2`)."""

    point: Slug
    period: Period
    signatories: Signatories

    @classmethod
    def of(cls, one: SignatoriesOf) -> Self:
        """A record as it goes out. Raises Invalid for what could not have been entered."""
        fields = {"point": one.point, "period": one.period, "signatories": _signatories(one.signatures)}
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise _refused(error) from None

    def record(self) -> SignatoriesOf:
        """As the book keeps it."""
        fields = self.model_dump(mode="json")
        return msgspec.convert(fields | {"signatures": fields.pop("signatories")}, SignatoriesOf)


def _signatories(block: tuple[Signature, ...]) -> list[dict[str, str]]:
    return [{"role": one.role, "name": one.name, "position": one.position, "identity": one.identity} for one in block]


def _refused(error: ValidationError) -> Invalid:
    """The first thing that is wrong, at its field such as `permits.1.number`."""
    first = error.errors()[0]
    return Invalid(first["msg"].removeprefix("Value error, "), ".".join(str(step) for step in first["loc"]))
