"""What one report says otherwise than another of the same period, field by field and in words.

Records are matched by what they are of (parameter, device, day, id), never by their place in a list, so that a new
record is one change and not a shift of all that follow.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from domain.finished_report import Change
from domain.report import ComplianceReport
from domain.report_head import Label
from domain.report_measured import GapCause
from reports.change_causes import Cause, because, causes
from reports.change_figures import Step, figures, recorded, said
from reports.change_names import LANGUAGES, plain
from reports.change_order import days_of, groups, ranked
from reports.table import Printer
from reports.tables_gaps import why

FILE: Final = Path(__file__).with_name("change_words.toml")
MOST: Final = 5000  # a year of ten parameters says about so many; people's acts are always among them
IDENTITY: Final = ("id", "metric", "device", "day", "start", "first", "basis", "limit_set", "cause", "reason", "role")
SAID: Final = frozenset({"cause", "reason"})  # what people say of a stretch is no part of what it is
LISTED: Final = frozenset({"days", "gaps", "lines", "totals", "completeness", "used"})  # said by the heading
HEADINGS: Final = {"volume": "daily", "limit_sets": "limits"}
WITHIN: Final = {
    "parameters": {"gaps": "gaps", "completeness": "completeness", "days": "parameter_days"},
    "loads": {"days": "load_days"},
}
"""Tables within a part of the report, by the field that holds their rows; of several the first."""
EDITS: Final = frozenset({"corrections", "judgements"})  # what they changed is told where the figures stand

Path_ = tuple[Step, ...]


def changes(before: ComplianceReport, after: ComplianceReport) -> tuple[tuple[Change, ...], int]:
    """What people did first, derived figures last and by parameter; at most `MOST`, and how many more there are."""
    left, right = plain(before, after), plain(after, after)
    found, behind = ranked(list(_walk(left, right, ()))), causes(left, right)
    zone = after.place.timezone
    told: list[Change] = []
    for of, members in groups(found):
        group = None if of is None else _group(of, [path for path, _, _ in members], zone)
        told += [_told(path, was, now, zone, behind, group) for path, was, now in members[: MOST - len(told)]]
    return tuple(told), len(found) - len(told)


def _group(of: tuple[str, dict[str, str]], paths: Sequence[Path_], zone: str) -> Label:
    """`pH: 20 hari berubah (96 angka)`."""
    part, name = of
    days, said = days_of(paths), list[str]()
    for language in LANGUAGES:
        title = name.get(language) or Printer(language, zone).words(f"part.{HEADINGS.get(part, part)}")
        title = f"{_phrase('part', part, language)}, {title}" if part == "loads" else title
        said.append(_phrase("group", "days" if days else "figures", language).format(title, days, len(paths)))
    return Label(*said)


def _walk(before: Any, after: Any, path: Path_) -> Iterator[tuple[Path_, Any, Any]]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in after | before:
            if key in ("used", "taken_out") or not (len(path) == 1 and path[0] in EDITS):
                yield from _walk(before.get(key), after.get(key), (*path, key))
    elif _records(before) and _records(after) and (before or after):
        left, right = _by_identity(before), _by_identity(after)
        for key in right | left:
            one = right.get(key, left.get(key))
            yield from _walk(left.get(key), right.get(key), (*path, one or {}))
    else:
        yield path, before, after


def _records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _by_identity(items: Sequence[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """By what they are of; a second one of the same by its number."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in items:
        of = item.get("result", item)
        key = tuple(str(of.get(name)) for name in IDENTITY if "start" not in of or name not in SAID)
        while key in found:
            key = (*key, "again")
        found[key] = item
    return found


def _told(path: Path_, before: Any, after: Any, zone: str, found: Sequence[Cause], group: Label | None) -> Change:
    told = [_values(path, before, after, Printer(language, zone)) for language in LANGUAGES]
    reasons = [because(path, found, Printer(language, zone), partial(_cause, language)) for language in LANGUAGES]
    return Change(
        Label(*(_where(path, language, zone) for language in LANGUAGES)),
        Label(*(left for left, _ in told)),
        Label(*(right for _, right in told)),
        Label(*reasons) if any(reasons) else None,
        group,
    )


def _cause(language: str, word: str, **given: object) -> str:
    return _phrase("because", word, language).format(**given)


def _where(path: Path_, language: str, zone: str) -> str:
    """`Parameter: COD, 05/10/2026, rata-rata`."""
    head, *rest = path
    printer = Printer(language, zone)
    part = _section(path, printer)
    steps = [_record(step, printer) if isinstance(step, dict) else _field(str(head), step, language) for step in rest]
    kept = [
        word
        for step, word in zip(rest, steps, strict=True)
        if word and not (isinstance(step, str) and step in LISTED)
    ]
    return f"{part}: {', '.join(kept)}" if kept else part


def _section(path: Path_, printer: Printer) -> str:
    """The heading under which the report prints it."""
    head = str(path[0])
    fields = {step for step in path if isinstance(step, str)}
    table = next((name for field, name in WITHIN.get(head, {}).items() if field in fields), HEADINGS.get(head, head))
    return printer.words.find(f"part.{table}", _phrase("part", head, printer.language))


def _record(record: dict[str, Any], printer: Printer) -> str:
    """What a record is of."""
    of = record.get("result", record)
    name = record.get("name", of.get("name"))
    words: list[str] = []
    if isinstance(name, dict):
        words.append(str(name[printer.language]))
    elif of.get("metric") is not None:
        words.append(str(of["metric"]))
    day = of.get("day", of.get("sampled_on"))
    if isinstance(day, str):
        words.append(printer.day(date.fromisoformat(day)))
    if isinstance(of.get("start"), int):
        words.append(printer.moment(of["start"]))
    if of.get("cause") in list(GapCause):
        words.append(why(of["cause"], of.get("reason"), printer))
    return " ".join(words) or _of_company(record, printer) or str(of.get("id", ""))


def _of_company(record: dict[str, Any], printer: Printer) -> str:
    """Who signs, which permit, which compliance point, which line."""
    for field, group in (("role", "sign"), ("kind", "permit")):
        found = printer.words.find(f"{group}.{record.get(field)}", "")
        if found:
            return f"{found} {record.get('number', '')}".rstrip()
    label = record.get("label", record.get("point", ""))
    return str(label[printer.language] if isinstance(label, dict) else label)


def _values(path: Path_, before: Any, after: Any, printer: Printer) -> tuple[str, str]:
    left, right = figures(path, before, after, printer)
    return left or _value(path, before, printer), right or _value(path, after, printer)


def _value(path: Path_, value: Any, printer: Printer) -> str:
    """What is no figure."""
    language = printer.language
    if value is None or value == "" or value == []:
        return _phrase("say", "nothing", language)
    if isinstance(value, bool):
        return _phrase("say", "yes" if value else "no", language)
    if isinstance(value, str):
        return said(path, value, printer)
    if isinstance(value, dict) and isinstance(path[-1], str) and value.keys() == {"id", "en"}:
        return str(value[language])
    word = _phrase("say", "recorded", language)
    return recorded(value, word, printer) if isinstance(value, dict) else word


def _field(part: str, name: str, language: str) -> str:
    """A field by the words of its part where that has its own."""
    return _phrase(f"field_{part}" if name in _table().get(f"field_{part}", {}) else "field", name, language)


def _phrase(group: str, name: str, language: str) -> str:
    """The words of a field; its own name where nobody wrote any."""
    found = _table()[group].get(name)
    return name.replace("_", " ") if found is None else found[language]


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(FILE.read_text("utf-8"))
