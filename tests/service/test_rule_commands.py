"""`pantau rules`: what is in force, what a rule would have done, and stories told to rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.errors import ConfigurationError
from service import cli
from service.cli_rules import rate, span_of
from service.rule_files import read_rule, read_timelines

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "rules").glob("*.toml"))
STORY = """
steps = [{ at = 0, value = 7 }, { at = 10, value = 9.5 }]
transitions = ["10 raised normal>unacknowledged"]
[rule]
id = "ph"
kind = "limit"
name = { id = "x", en = "x" }
action = { id = "x", en = "x" }
scope = { metric = "ph" }
above = 9.0
"""


def pantau(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> int:
    """The exit code of a command in an empty folder."""
    monkeypatch.setattr("sys.argv", ["pantau", *words, "--data-dir", str(folder / "data")])
    monkeypatch.chdir(folder)
    return cli.main()


def written(folder: Path, text: str) -> Path:
    file = folder / "cerita.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_shipped_story_comes_as_told(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pantau(monkeypatch, tmp_path, "rules", "test", str(file)) == 0, capsys.readouterr().out


def test_there_are_shipped_stories() -> None:
    assert len(EXAMPLES) >= 5


def test_what_came_otherwise_is_shown_as_a_difference_and_exits_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, STORY.replace("10 raised", "20 raised"))
    assert pantau(monkeypatch, tmp_path, "rules", "test", str(file)) == 1
    shown = capsys.readouterr().out
    assert "- 20 raised normal>unacknowledged" in shown
    assert "+ 10 raised normal>unacknowledged" in shown


def test_stories_are_told_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pantau(monkeypatch, tmp_path, "rules", "test", str(written(tmp_path, STORY)), "--json")
    (item,) = json.loads(capsys.readouterr().out)["items"]
    assert (item["passed"], item["report"]["rule"]) == (True, "ph")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("above = 9.0", 'above = "x"', "rule.above: Input should be a valid number"),
        ("above = 9.0", "abov = 9.0", "rule.abov: unknown key; did you mean above?"),
        ('kind = "limit"', 'kind = "limt"', "rule.kind: limt is none of"),
        ("value = 7", "vale = 7", "steps[0].vale: unknown key; did you mean value?"),
        ("at = 10", 'at = "soon"', "steps[1].at: "),
        ("value = 7", 'value = "x"', "steps[0]: a value is a number"),
        ("above = 9.0", "above = inf", "rule.above: must be a finite number"),
        ("[rule]", "[rule", ": not TOML"),
    ],
)
def test_a_story_with_an_error_is_refused_with_file_key_and_reason(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert right in STORY
    with pytest.raises(ConfigurationError) as refused:
        read_timelines([written(tmp_path, STORY.replace(right, wrong, 1))])
    lines = [f"{Path(one.file).name}: {one.key}: {one.message}" for one in refused.value.problems]
    assert any(f"cerita.toml: {said}".replace(": : ", ": ") in line.replace(": : ", ": ") for line in lines), lines


def test_a_story_that_cannot_be_told_exits_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, STORY.replace("{ at = 0", "{ at = 100"))
    assert pantau(monkeypatch, tmp_path, "rules", "test", str(file)) == 2
    assert "cerita.toml: steps[1].at" in capsys.readouterr().err.replace("\n", "")


def test_a_rule_is_read_bare_or_as_an_installation_has_it(tmp_path: Path) -> None:
    bare = STORY.split("[rule]")[1]
    assert read_rule(written(tmp_path, bare)) == read_rule(written(tmp_path, "[[rules]]" + bare))


def test_a_file_with_several_rules_is_refused(tmp_path: Path) -> None:
    bare = "[[rules]]" + STORY.split("[rule]")[1]
    with pytest.raises(ConfigurationError, match="there are 2 rules"):
        read_rule(written(tmp_path, bare + bare))


def test_a_rule_is_shown_as_the_toml_that_can_be_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = sorted((Path(__file__).parents[2] / "examples" / "mojokerto").glob("*.toml"))
    assert pantau(monkeypatch, tmp_path, "apply", *map(str, plant)) == 0
    pantau(monkeypatch, tmp_path, "rules", "list", "--json")
    items = json.loads(capsys.readouterr().out.splitlines()[-1])["items"]
    limit = next(item["id"] for item in items if item["kind"] == "limit")
    pantau(monkeypatch, tmp_path, "rules", "show", limit)
    file = written(tmp_path, capsys.readouterr().out)
    assert read_rule(file).id == limit
    assert pantau(monkeypatch, tmp_path, "rules", "what-if", str(file), "--since", "2h") == 0
    assert "0 alerts" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "hours"), [("30d", 720), ("12h", 12), ("90m", 1.5), ("2w", 336)])
def test_a_span_is_a_number_and_a_unit(text: str, hours: float) -> None:
    assert span_of(text) == hours * 3_600_000


@pytest.mark.parametrize("text", ["", "30", "d", "-1d", "0d", "1y", "1.5d"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="write a number"):
        span_of(text)


def test_into_a_pipe_no_id_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = sorted((Path(__file__).parents[2] / "examples" / "mojokerto").glob("*.toml"))
    pantau(monkeypatch, tmp_path, "apply", *map(str, plant))
    pantau(monkeypatch, tmp_path, "rules", "list", "--json")
    ids = [item["id"] for item in json.loads(capsys.readouterr().out.splitlines()[-1])["items"]]
    pantau(monkeypatch, tmp_path, "rules", "list")
    shown = capsys.readouterr().out
    assert max(map(len, ids)) > 20
    assert [one for one in ids if one not in shown] == []


@pytest.mark.parametrize(
    ("a_day", "said"),
    [
        (0.0, "none a day"),
        (2.5, "2.5 a day"),
        (1 / 30, "0.2 a week"),
        (1 / 90, "0.3 in 30 days"),
        (1 / 365, "1 a year"),
    ],
)
def test_what_is_rare_is_not_said_to_be_never(a_day: float, said: str) -> None:
    assert rate(a_day) == said
