"""What people read in a report: names and words of their language, never an id, a code or the other language."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum

import pytest
from msgspec.structs import replace

import domain
from domain.alert import Alert, AlertState, Priority
from domain.calibration import Correction
from domain.condition import Category, HandJudgement
from domain.errors import NotFound
from domain.registry import Installation
from domain.report import ComplianceReport
from domain.report_head import Label
from domain.report_period import midnight
from domain.report_recorded import AlertLine
from domain.report_records import EntryChange, LogbookDay
from domain.rule import LimitRule, Rule, Scope
from domain.text import Text
from reports.table import Printer, Table
from reports.tables import data_tables, head, paper_tables
from reports.tables_alerts import alerts
from reports.warnings import warnings
from reports.words import FILE as WORDS
from support.report_month import play
from support.report_scene import HOUR, OUTLET, Scene, plant

PH_RULE, LOST_RULE = "limit.titik.ph.above", "no-data.ipal-outlet"
NAMES = {
    "ipal-outlet": Text(id="Alat mutu air", en="Water quality probe"),
    "debit-outlet": Text(id="Alat debit", en="Flow probe"),
}
BOTH = pytest.mark.parametrize("language", ["id", "en"])


def called_apart(name: Callable[[str], Text] = NAMES.__getitem__) -> Installation:
    """The plant, each device by a name of its own."""
    found = plant()
    devices = tuple(one.model_copy(update={"name": name(one.id)}) for one in found.devices)
    return found.model_copy(update={"devices": devices})


class Rulebook:
    """Knows the rule of the limit; the other was taken out."""

    def rule(self, rule: str) -> Rule:
        """Raises NotFound."""
        if rule != PH_RULE:
            raise NotFound(f"there is no rule {rule}")
        scope = Scope(metric="ph", device="ipal-outlet")
        return LimitRule(id=rule, name=Text(id="pH melewati batas", en="pH over the top"), scope=scope, above=9,
                         action=OUTLET)  # fmt: skip


def silence(start: int) -> Alert:
    """Of the whole device, by a rule that is gone."""
    return Alert(
        "a2", "batik", "ipal-outlet", "*", "", LOST_RULE, "no_data", Priority.MEDIUM, AlertState.NORMAL, False, start,
        None, None, returned_at=start + HOUR, closed_at=start + HOUR,
    )  # fmt: skip


@pytest.fixture
def rich(made: Callable[..., Scene]) -> ComplianceReport:
    """Nine days with something in every table."""
    scene = made(called_apart())
    play(scene, days=9)
    start = midnight(date(2026, 10, 5), scene.zone)
    said = Correction("ipal-outlet", "ph", start + 12 * HOUR, -0.2, 1.0, "N1", calibration="k1")
    scene.corrections.add("c1", said, "siti", start + 30 * HOUR)
    scene.calibration_history.add("k1", scene.books.calibrated[0], "siti", start)
    scene.judged(
        "j1", HandJudgement("ipal-outlet", "cod", start, start + HOUR, Category.SENSOR_IN_AIR, description="N2")
    )
    change = EntryChange("1", "rudi", start + 50 * HOUR, 2, "N3")
    scene.books.logged = [LogbookDay(date(2026, 10, 5), 3, "siti", "", start + 32 * HOUR, (change,))]
    scene.alerts._alerts.append(silence(start))
    scene.rules = Rulebook()
    return scene.report(until=date(2026, 10, 9))


def texts(report: ComplianceReport, language: str) -> Iterator[str]:
    """All that is printed anywhere, but for the fingerprints."""
    printer = Printer(language, report.place.timezone)
    paper, data = paper_tables(report, printer), data_tables(report, printer)
    yield from (text for row in head(report, printer) for text in row)
    yield from warnings(report, printer, paper)
    for table in (*paper, *data):
        if table.id != "versions":
            yield from _of(table, printer)


def _of(table: Table, printer: Printer) -> Iterator[str]:
    yield from (table.title, table.note, *(column.title for column in table.columns))
    for row in (*table.rows, *([table.total] if table.total else [])):
        yield from (printer.text(cell, column) for cell, column in zip(row, table.columns, strict=True))


def codes() -> set[str]:
    """Every word of every StrEnum of the domain."""
    modules = (importlib.import_module(f"domain.{one.name}") for one in pkgutil.iter_modules(domain.__path__))
    enums = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    return {str(word) for one in enums if issubclass(one, StrEnum) for word in one}


def phrases(language: str) -> set[str]:
    """Of the words of reports, apart at what is put in."""
    said = (word[language] for group in tomllib.loads(WORDS.read_text("utf-8")).values() for word in group.values())
    return {part.strip(" .,;:()") for one in said for part in re.split(r"\{\w+\}", one)}


@BOTH
def test_no_id_of_the_registry_is_printed(rich: ComplianceReport, language: str) -> None:
    ids = ("ipal-outlet", "debit-outlet", rich.place.id, PH_RULE, LOST_RULE, "textile", "k1")
    found = [
        text for text in texts(rich, language) if any(re.search(rf"(?<![\w-]){one}(?![\w-])", text) for one in ids)
    ]
    assert found == []


@BOTH
def test_no_code_is_printed(rich: ComplianceReport, language: str) -> None:
    bare = codes() - phrases(language) - {"pH"}  # is a unit's code and its name
    said = list(texts(rich, language))

    assert {text for text in said if text in bare and len(text) > 1} == set()
    assert {text for text in said if re.search(r"[a-z]_[a-z]", text)} == set()


@BOTH
def test_no_words_of_the_other_language_are_printed(rich: ComplianceReport, language: str) -> None:
    other = "en" if language == "id" else "id"
    foreign, own = phrases(other) - phrases(language), " | ".join(phrases(language))
    long = {one for one in foreign if " " in one and len(one) > 8 and one not in own}
    found = {text for text in texts(rich, language) if text in foreign or any(one in text for one in long)}

    assert found == set()


def rule_of(report: ComplianceReport, language: str = "id") -> list[str]:
    """The first column of the table of alerts."""
    return [str(row[0]) for row in alerts(report, Printer(language, "Asia/Jakarta")).rows]


def test_an_alert_is_told_by_the_name_of_its_rule(rich: ComplianceReport) -> None:
    assert "pH melewati batas" in rule_of(rich)
    assert "pH over the top" in rule_of(rich, "en")


def test_an_alert_whose_rule_was_taken_out_is_told_by_its_kind(rich: ComplianceReport) -> None:
    assert "Tidak ada data" in rule_of(rich)


def test_the_id_of_a_rule_stays_in_the_report(rich: ComplianceReport) -> None:
    assert {one.rule for one in rich.alerts.lines} == {PH_RULE, LOST_RULE}


def test_two_rules_of_one_name_are_told_apart_by_their_ids(rich: ComplianceReport) -> None:
    first = rich.alerts.lines[0]
    twins: Iterable[AlertLine] = (replace(first, rule=name, name=Label("Sama", "Same")) for name in ("r1", "r2"))
    twice = replace(rich, alerts=replace(rich.alerts, lines=tuple(twins)))

    assert rule_of(twice) == ["Sama (r1)", "Sama (r2)"]


def test_two_devices_of_one_name_are_told_apart_by_their_ids(made: Callable[..., Scene]) -> None:
    report = made(called_apart(lambda _: OUTLET)).report()
    said = dict(head(report, Printer("id", "Asia/Jakarta")))

    assert said["Alat ukur"] == "Outlet (ipal-outlet); Outlet (debit-outlet)"
