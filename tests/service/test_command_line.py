"""The command line as a person meets it: exit codes, clear refusals, JSON for programs."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.counters import Tally
from domain.message import DeadLetter
from domain.reading import Reading, Series
from service.cli import main
from service.clock import now
from service.options import opened
from support.service_process import ROOT

Command = Callable[..., int]
Capsys = pytest.CaptureFixture[str]
EXAMPLES = [str(file) for file in sorted((ROOT / "examples" / "mojokerto").glob("*.toml"))]


@pytest.fixture
def pantau(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command in this process on an installation of its own; the exit code."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["pantau", *arguments])
        return main()

    return run


def said(capsys: Capsys) -> str:
    """Everything printed since the last look, on one line."""
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


def test_applied_twice_the_second_time_changes_nothing(pantau: Command, capsys: Capsys) -> None:
    assert pantau("apply", *EXAMPLES, "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert pantau("apply", *EXAMPLES, "--json") == 0
    second = json.loads(capsys.readouterr().out)

    assert first["added"]
    assert (second["added"], second["changed"]) == ([], [])
    assert second["unchanged"] == len(first["added"])


def test_what_is_exported_applies_without_a_change(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    pantau("apply", *EXAMPLES)
    assert pantau("export", "--output", str(tmp_path / "all.toml")) == 0
    capsys.readouterr()
    pantau("apply", str(tmp_path / "all.toml"), "--json")

    changes = json.loads(capsys.readouterr().out)
    assert (changes["added"], changes["changed"]) == ([], [])


def test_check_names_a_journal_that_cannot_be_read_as_a_problem(
    pantau: Command, capsys: Capsys, tmp_path: Path
) -> None:
    (tmp_path / "data" / "journal.db").mkdir(parents=True)

    assert pantau("check", "--data-dir", "data", "--json") == 2
    [problem] = json.loads(capsys.readouterr().out)["items"]
    assert problem["file"].endswith("journal.db")
    assert "cannot be read" in problem["message"]


def test_check_without_files_judges_the_devices_that_are_registered(
    pantau: Command, capsys: Capsys, tmp_path: Path
) -> None:
    pantau("apply", *EXAMPLES, "--data-dir", "data")
    with opened(None, tmp_path / "data") as app:
        wrong = Reading(Series("batik", "ipal-outlet", "ph", "furlong", "outlet"), now(), 7.0)
        app.services.journal.append([wrong], Tally())
    capsys.readouterr()

    assert pantau("check", "--data-dir", "data") == 2
    assert "'furlong'" in said(capsys)


def test_check_prints_every_problem_with_file_and_key_and_ends_with_2(
    pantau: Command, capsys: Capsys, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(
        '[[devices]]\nid = "a"\nsite = "nowhere"\nstage = "x"\nprofile = "house-ipal-outlett"\n'
        'name = { id = "A", en = "A" }\n'
    )

    assert pantau("check", str(wrong)) == 2
    printed = said(capsys)
    assert "wrong.toml" in printed
    assert "nowhere" in printed
    assert "house-ipal-outlet" in printed


def test_wrong_settings_end_with_2_and_name_file_and_key(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    (tmp_path / "pantau.toml").write_text("[mqtt]\nport = 0\n")

    assert pantau("collector") == 2
    assert "pantau.toml: mqtt.port" in said(capsys)


def test_a_taken_port_is_named_with_the_way_out(pantau: Command, capsys: Capsys) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert pantau("demo", "--http-port", port, "--data-dir", "demo") == 2

    printed = said(capsys)
    assert port in printed
    assert "--http-port" in printed


def test_token_create_prints_only_the_token(pantau: Command, capsys: Capsys) -> None:
    assert pantau("token", "create", "gateway", "--role", "viewer") == 0

    (line,) = capsys.readouterr().out.splitlines()
    assert len(line) >= 32
    assert " " not in line


def test_a_token_name_cannot_be_given_twice(pantau: Command, capsys: Capsys) -> None:
    pantau("token", "create", "gateway")

    assert pantau("token", "create", "gateway") == 1
    assert "gateway" in said(capsys)


def test_a_dead_letter_is_listed_with_its_reason(pantau: Command, capsys: Capsys) -> None:
    with opened(None, None) as app:
        app.services.dead_letters.add([DeadLetter("pantau/a/b/telemetry", b"{", now(), "bad_json", "not JSON")])

    assert pantau("dead-letters", "list", "--json") == 0
    (letter,) = json.loads(capsys.readouterr().out)["items"]
    assert (letter["reason"], letter["payload"]) == ("bad_json", "{")


def test_doctor_says_what_is_not_running_and_ends_with_1(pantau: Command, capsys: Capsys) -> None:
    assert pantau("doctor", "--json") == 1

    findings = {item["what"]: item for item in json.loads(capsys.readouterr().out)["items"]}
    assert not findings["collector process"]["well"]
    assert findings["messages"]["well"]
    assert findings["journal.db"]["well"]


def test_a_replay_without_a_broker_says_where_it_looked(
    pantau: Command, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cli_simulator.CONNECT_WITHIN", 0.1)
    monkeypatch.setenv("PANTAU_MQTT__PORT", "1")
    data = ROOT / "tests" / "data" / "uci-water-treatment" / "water-treatment.data"

    assert pantau("replay", str(data), "--map", str(ROOT / "examples" / "replay" / "uci.toml")) == 1
    assert "127.0.0.1:1" in said(capsys)


def test_the_daily_report_says_that_there_are_no_data(pantau: Command, capsys: Capsys) -> None:
    pantau("apply", *EXAMPLES)
    capsys.readouterr()

    assert pantau("report", "daily") == 0
    assert "tidak ada data" in said(capsys)


RULE = """[[rules]]
kind = "limit"
id = "ph-tinggi"
name = { id = "pH tinggi", en = "pH high" }
action = { id = "x", en = "x" }
scope = { site = "batik", metric = "ph" }
above = 9.5
"""


def test_check_takes_what_apply_takes_beside_what_is_registered(
    pantau: Command, capsys: Capsys, tmp_path: Path
) -> None:
    pantau("apply", *EXAMPLES, "--data-dir", "data")
    (tmp_path / "more.toml").write_text(RULE)

    assert pantau("check", "more.toml", "--data-dir", "data") == 0
    assert pantau("check", "more.toml", "--data-dir", "elsewhere") == 2
    assert "there is no site batik" in said(capsys)
    assert not (tmp_path / "elsewhere").exists()


def test_check_finds_the_metric_that_apply_would_refuse(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    pantau("apply", *EXAMPLES, "--data-dir", "data")
    (tmp_path / "more.toml").write_text(RULE.replace('"ph"', '"phh"'))
    capsys.readouterr()

    assert pantau("check", "more.toml", "--data-dir", "data") == 2
    checked = said(capsys)
    assert pantau("apply", "more.toml", "--data-dir", "data") == 2
    assert (checked, "phh" in checked) == (said(capsys), True)


def test_a_registry_that_cannot_be_read_is_said_and_the_files_are_still_checked(
    pantau: Command, capsys: Capsys, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pantau.db").write_text("no database")

    assert pantau("check", *EXAMPLES, "--data-dir", "data") == 0
    assert "only the files were checked" in said(capsys)


def test_apply_says_whose_edit_it_replaces(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    file = tmp_path / "more.toml"
    file.write_text(RULE)
    pantau("apply", *EXAMPLES, "more.toml", "--data-dir", "data")
    with opened(None, tmp_path / "data") as app:
        edited = app.services.rules.rule("ph-tinggi").model_copy(update={"above": 8.5})
        app.services.registry.put_rule(edited, "admin", now(), 1)
    capsys.readouterr()

    assert pantau("apply", "more.toml", "--data-dir", "data") == 0
    assert "rule/ph-tinggi: version 2, by admin at" in said(capsys)
    assert pantau("apply", "more.toml", "--data-dir", "data") == 0
    assert "admin" not in said(capsys)


def test_a_rule_that_is_not_there_is_answered_with_the_nearest(pantau: Command, capsys: Capsys) -> None:
    pantau("apply", *EXAMPLES)
    pantau("rules", "list", "--json")
    capsys.readouterr()

    assert pantau("rules", "show", "no-data.ipal-outle") == 1
    assert "did you mean no-data.ipal-outlet?" in said(capsys)
