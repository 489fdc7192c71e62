"""The form of a company and of a signature block: dotted fields (`permits.1.number`), rows that may stay empty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from dashboard.frame import Visit
from domain.company_entry import (
    CompanyEntry,
    OutletEntry,
    OwnLineEntry,
    PermitEntry,
    SignatoriesEntry,
    SignatoryEntry,
)
from domain.errors import Invalid

E = TypeVar("E", bound=BaseModel)
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "permits": tuple(PermitEntry.model_fields),
    "outlets": tuple(OutletEntry.model_fields),
    "lines": tuple(OwnLineEntry.model_fields),
    "signatories": tuple(SignatoryEntry.model_fields),
}
SINGLE: Final = tuple(name for name in CompanyEntry.model_fields if name not in GROUPS and name != "site")
SPARE: Final = {"permits": 1, "lines": 1, "signatories": 1}  # empty rows below those that are filled in
LEAST: Final = {"permits": 2, "lines": 1, "signatories": 3}
MOST: Final = 60  # rows that are read
GIVEN: Final = "point"  # of an outlet: it stands in the row before anything is typed
DAYS: Final = ("issued_on", "valid_until")
NAMED: Final = {("signatories", "name"): "person", ("permits", "name"): "permit_name"}  # words of their own
CHOICES: Final = {"kind": "permit", "role": "signs"}  # groups of words
_WORDS: Final = (
    (r"is longer than (?P<most>\d+) characters", "company_wrong.long"),
    (r"character that is not seen \((?P<code>U\+\w+)", "company_wrong.unseen"),
    (r"is not an e-mail address", "company_wrong.email"),
    (r"is not a day", "company_wrong.day"),
    (r"ends before it was issued", "company_wrong.order"),
    (r"^Input should be", "company_wrong.choose"),
    (r"at least 1 character", "company_wrong.empty"),
    (r"at most (?P<most>\d+) items", "company_wrong.many"),
    (r"should match pattern", "company_wrong.period"),
    (r"must not be empty", "company_wrong.why"),
)


@dataclass(frozen=True)
class Wrong:
    """What is wrong, and at which field of the form."""

    field: str
    said: str


@dataclass(frozen=True)
class Difference:
    """One field that two states say otherwise."""

    field: str
    before: str
    after: str


def fields_of(entry: CompanyEntry | SignatoriesEntry) -> dict[str, str]:
    """As the form shows it."""
    return dict(_flat(entry.model_dump(mode="json"), ""))


def _flat(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _flat(item, f"{name}.{at}")
    else:
        yield name, "" if value is None else str(value)


def compacted(form: Mapping[str, str]) -> dict[str, str]:
    """Without its empty rows, and the signatories in the order their numbers give: as it will be kept."""
    found = {name: text for name, text in form.items() if name.partition(".")[0] not in GROUPS}
    for group in GROUPS:
        for at, row in enumerate(_rows(form, group)):
            found |= {f"{group}.{at}.{name}": text for name, text in row.items()}
    return found


def _rows(form: Mapping[str, str], group: str) -> list[dict[str, str]]:
    rows = []
    for at in range(MOST):
        row = {name: form.get(f"{group}.{at}.{name}", "").strip() for name in GROUPS[group]}
        if any(text for name, text in row.items() if name != GIVEN):
            rows.append((_place(form.get(f"{group}.{at}.at", ""), at), row))
    return [row for _, row in sorted(rows, key=lambda one: one[0])]


def _place(written: str, at: int) -> tuple[int, int]:
    return (int(written) if written.isdecimal() and len(written) < 4 else at + 1, at)


def shown_rows(form: Mapping[str, str], group: str) -> range:
    """Those that are filled in, and empty ones to go on."""
    filled = len(_rows(form, group))
    return range(max(filled + SPARE[group], LEAST[group]))


def company_in(form: Mapping[str, str], site: str) -> CompanyEntry:
    """What was typed into a compacted form. Raises Invalid at the form's field."""
    single = {name: form.get(name, "") for name in SINGLE}
    return _valid(CompanyEntry, {"site": site, **single, **{group: _typed(form, group) for group in GROUPS}})


def signatories_in(form: Mapping[str, str]) -> SignatoriesEntry:
    """The same of one report's block."""
    given = {name: form.get(name, "").strip() for name in ("point", "period")}
    return _valid(SignatoriesEntry, {**given, "signatories": _typed(form, "signatories")})


def _typed(form: Mapping[str, str], group: str) -> list[dict[str, str | None]]:
    """Days that were not chosen are none."""
    return [
        {name: None if not text and name in DAYS else text for name, text in row.items()}
        for row in _rows(form, group)
    ]


def _valid(model: type[E], fields: Mapping[str, Any]) -> E:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(first["msg"], ".".join(str(step) for step in first["loc"])) from None


def wrong_of(visit: Visit, refused: Invalid) -> Wrong:
    """In this person's language, at the field; of a row as a whole at the row."""
    for shape, key in _WORDS:
        found = re.search(shape, str(refused))
        if found is not None:
            return Wrong(refused.field or "", visit.words(key, **found.groupdict()))
    return Wrong(refused.field or "", visit.words("company_wrong.other", said=str(refused)))


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """What two states of the form say otherwise."""
    names = [name for name in {**before, **after} if name.partition(".")[0] in (*GROUPS, *SINGLE)]
    pairs = [(name, before.get(name, ""), after.get(name, "")) for name in names if not name.endswith(f".{GIVEN}")]
    return [Difference(*pair) for pair in pairs if pair[1].split() != pair[2].split()]


def field_name(visit: Visit, field: str) -> str:
    """`Izin 1: nomor`; of a row as a whole `Izin 1`."""
    group, _, rest = field.partition(".")
    if group not in GROUPS:
        return visit.words(f"company.{field}")
    at, _, name = rest.partition(".")
    row = f"{visit.words(f'company_group.{group}')}{f' {int(at) + 1}' if at else ''}"
    return f"{row}: {visit.words(f'company.{NAMED.get((group, name), name)}')}" if name else row


def said(visit: Visit, field: str, text: str) -> str:
    """A value as it is read: choices in words, days as people write them, nothing as a dash."""
    name = field.rpartition(".")[2]
    if not text:
        return "–"
    if name in DAYS:
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    return visit.words.of(CHOICES[name], text) if name in CHOICES else text
