"""Both languages say the same things, and every word a page asks for has been written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from collector.pipeline import CollectorState
from dashboard import company_form, effluent, pages_laboratory, pages_logbook, pages_reports, pages_water, system
from dashboard.alert_groups import Group
from dashboard.frame import HERE
from dashboard.measurement import Standing
from dashboard.names import OURS
from dashboard.pages_alert import SHELVES
from dashboard.pages_link import LinkState
from dashboard.part_words import FAULTS
from dashboard.rule_fields import KINDS, SECONDS
from dashboard.rule_form import PHRASES
from dashboard.watchdog import Blindness
from dashboard.wording import load
from domain.account import Role
from domain.alert import AlertEvent, AlertState, NotificationState, Priority, Purpose
from domain.company import Blank, PermitKind, SignatureRole
from domain.condition import Category, Facility
from domain.finished_report import ReportState
from domain.function_check import REASON
from domain.lab import Sampling
from domain.lab_sheet import Column
from domain.logbook import Status
from domain.message import RejectReason
from domain.performance import AdviceReason
from domain.reading import Quality, Reason
from domain.registry import SiteKind
from domain.report_measured import Judgement
from domain.report_period import PeriodKind
from domain.report_records import ConditionKind
from domain.report_water import VolumeMethod
from domain.rule import Match, Place, Window
from domain.series import MachineState
from domain.sparing import PackageKind, PackageState, Verdict
from domain.system_condition import SystemCondition
from domain.text import Language
from reports.sparing.sender import SkipReason
from support.mojokerto import mojokerto

OF_ROWS = {
    company_form.NAMED.get((group, name), name) for group, names in company_form.GROUPS.items() for name in names
}
FOLDED = (Group.SHELVED, Group.OUT_OF_SERVICE, Group.ENDED)
OF_KINDS = {field.name for fields in KINDS.values() for field in fields}
OF_ALL = {"id", "priority", "source", "enabled", "schedule", "latching", "realarm", "routes", "kind"}
TYPED = {"name_id", "name_en", "action_id", "where", "metric"}
WORDED = {f"{name}.{language}" for name in ("name", "action") for language in Language}
SCOPED = {"scope", *(f"scope.{name}" for name in ("metric", "site", "stage", "device"))}
HELPED = {"name_en", "id", "priority", "action", "source", "realarm", "latching", "routes"}
ENDINGS = (
    "returned", "acknowledged", "in_service", "out_of_service", "unshelved", "unsuppressed", "calmed", "found_late",
)  # fmt: skip
SIGNS = (
    "every", "ticks", "failed", "missed", "duration", "judged", "caught_up", "behind_since", "bad_rules", "error",
    "last_error", "message", "in_flight", "last_message_at", "connected", "ok", "host", "port", "kind", "behind",
    "wrong_clocks", "unreachable", "unreachable_since", "pings", "pings_failed",
)  # fmt: skip
OTHER_MEANING = {"above_volume", "window_share"}  # of a field that two kinds share

TEMPLATES = sorted((HERE / "templates").glob("*.html"))
MODULES = sorted(HERE.glob("*.py"))
LITERAL = re.compile(r"""\bt\(\s*["']([a-z0-9_.]+)["'](?!\s*~)""")
EITHER = re.compile(r"""\bt\(["']([a-z_.]+)["'] if .+? else ["']([a-z_.]+)["']""")
IN_PYTHON = re.compile(
    r"""["']((?:refused|problem|login|alert|alerts|limit|watch|people|pauses|judgement|records|logbook|service|wrong|company|company_wrong)\.[a-z_]+)["']"""
)
GROUPS: dict[str, Sequence[str]] = {
    "role": list(Role),
    "priority": list(Priority),
    "alert_state": list(AlertState),
    "event": list(AlertEvent),
    "notification": list(NotificationState),
    "machine_state": list(MachineState),
    "reject": list(RejectReason),
    "reason": [*Reason, REASON, *Category],
    "quality": [str(int(one)) for one in Quality],
    "condition": list(effluent.Condition),
    "because_ipal": list(effluent.Because),
    "because_machines": list(effluent.Because),
    "trouble": list(system.Trouble),
    "period_kind": list(PeriodKind),
    "kiosk_standing": [*Standing, "within_house", "outside_house"],
    "kiosk": ["machines", "silent", "gone", "gone_explain", "busy", "busy_explain"],
    "kiosk_because": ["within", "over_limit", "not_all_judged", "no_data", "no_limits"],
    "kiosk_stage": [stage.id for site in mojokerto().sites if site.id == "batik" for stage in site.stages],
    "report_state": list(ReportState),
    "reports_said": [*pages_reports.SAID, *pages_reports.Refused],
    "sparing_mode": list(PackageKind),
    "sparing_skip": list(SkipReason),
    "sparing_package": list(PackageState),
    "sparing_verdict": list(Verdict),
    "part": ["collector", "broker", "store", "alerts"],
    "part_state": [*CollectorState, "away", "failing"],
    "range": ["1h", "24h", "7d", "30d", "custom"],
    "alert_kind": list(KINDS),
    "alert_group": list(FOLDED),
    "shelf": [str(minutes) for minutes in SHELVES],
    "purpose": list(Purpose),
    "system_condition": list(SystemCondition),
    "blind": list(Blindness),
    "link_state": [one for one in LinkState if one not in (LinkState.OPEN, LinkState.DONE)],
    "link_do": [one for one in LinkState if one not in (LinkState.OPEN, LinkState.DONE)],
    "rule_window": ["none", *Window],
    "rule_judge": ["total", "forecast"],
    "rule_match": list(Match),
    "rule_place": list(Place),
    "rule_kind": list(KINDS),
    "rule_kind_help": list(KINDS),
    "rule_field": sorted(OF_KINDS | OF_ALL | TYPED | WORDED | SCOPED | {"window_mean"}),
    "rule_help": sorted(OF_KINDS | HELPED | OTHER_MEANING),
    "rule_wrong": sorted({phrase.partition(".")[2] for phrase in PHRASES.values()} | {"number"}),
    "time_unit": list(SECONDS),
    "advice": list(AdviceReason),
    "share": ["planned", "running", "stopped", "excused", "no_signal", "out_of_service", "availability"],
    "ended_by": ENDINGS,
    "online": ["is_yes", "is_no"],
    "health": ["state"],
    "actor": [key.partition(".")[2] for key in OURS.values()],
    "fault": [phrase for _, phrase in FAULTS],
    "part_detail": SIGNS,
    "condition_kind": list(ConditionKind),
    "facility": list(Facility),
    "lab_judgement": list(Judgement),
    "volume_method": list(VolumeMethod),
    "calibration": ["buffers", "before", "after", "from_short"],
    "laboratory": list(pages_laboratory.UNITS),
    "logbook": list(pages_logbook.NUMBERS),
    "logbook_status": list(Status),
    "sampling": list(Sampling),
    "sheet_column": [str(int(one)) for one in Column],
    "water": list(pages_water.UNITS),
    "pauses": ["wrong_reason", "wrong_place", "wrong_stop"],
    "company": [*company_form.SINGLE, *OF_ROWS, "note", "saved", "removed"],
    "company_group": list(company_form.GROUPS),
    "company_blank": list(Blank),
    "permit": list(PermitKind),
    "signs": list(SignatureRole),
}


def used() -> set[str]:
    """Every phrase that a template or a page's code names."""
    found: set[str] = set()
    for file in TEMPLATES:
        text = file.read_text()
        found |= set(LITERAL.findall(text)) | {key for pair in EITHER.findall(text) for key in pair}
    for file in MODULES:
        found |= {key for key in IN_PYTHON.findall(file.read_text()) if not key.endswith(".html")}
    titles = {key for key in found if key.startswith(("refused.", "problem.")) and key != "problem.home"}
    return found | {f"{key}_do" for key in titles}


def test_both_languages_have_the_same_phrases() -> None:
    assert set(load(Language.ID)) == set(load(Language.EN))


def test_phrases_have_the_same_placeholders_in_both_languages() -> None:
    ours, theirs = load(Language.ID), load(Language.EN)
    holes = re.compile(r"\{(\w+)\}")
    assert [key for key in ours if set(holes.findall(ours[key])) != set(holes.findall(theirs[key]))] == []


@pytest.mark.parametrize("language", Language)
def test_every_phrase_that_a_page_uses_exists(language: Language) -> None:
    assert used() - set(load(language)) == set()


@pytest.mark.parametrize("group", GROUPS)
def test_every_value_of_an_enumeration_has_a_word(group: str) -> None:
    members: Sequence[str] = GROUPS[group]
    assert [one for one in members if f"{group}.{one}" not in load(Language.ID) and one not in system.FINE] == []


def test_every_kind_of_site_says_why_it_is_judged_so() -> None:
    assert {f"because_{kind}" for kind in SiteKind} <= set(GROUPS)


def test_no_phrase_is_written_for_nothing() -> None:
    spoken = used() | {f"{group}.{member}" for group, members in GROUPS.items() for member in members}
    by_value = ("metric.", "part.", "reason.unknown")
    left = {key for key in load(Language.ID) if key not in spoken and not key.startswith(by_value)}
    assert left == set()


def test_templates_carry_no_script_of_their_own() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+=|javascript:", re.IGNORECASE)
    assert [file.name for file in TEMPLATES if inline.search(file.read_text())] == []
