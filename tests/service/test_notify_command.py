"""`pantau notify test`: one message now, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service import cli
from support.receiver import Receiver

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receiver: Receiver, capsys: Capsys) -> Path:
    """An installation with Budi, who can be told, Ann, who is switched off, and Tono, whose secret is missing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.toml").write_text(f"""
[[contacts]]
id = "budi"
name = "Budi"
notifier = "webhook"
address = "{receiver.url}"
[[contacts]]
id = "ann"
name = "Ann"
language = "en"
notifier = "webhook"
address = "{receiver.url}"
enabled = false
[[contacts]]
id = "tono"
name = "Tono"
address = "{{secret:gone}}"
""")
    assert pantau(monkeypatch, "apply", "people.toml") == 0
    capsys.readouterr()
    return tmp_path


def pantau(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of a command."""
    monkeypatch.setattr("sys.argv", ["pantau", *words])
    return cli.main()


@pytest.mark.usefixtures("folder")
def test_a_contact_gets_one_message_now_in_his_language(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver, capsys: Capsys
) -> None:
    assert pantau(monkeypatch, "notify", "test", "budi") == 0
    assert "budi: the channel took the message" in capsys.readouterr().out
    assert receiver.subjects == ["Pesan uji dari Pantau"]


@pytest.mark.usefixtures("folder")
def test_what_the_channel_answers_is_said(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver, capsys: Capsys
) -> None:
    receiver.answers.append(404)
    assert pantau(monkeypatch, "notify", "test", "budi", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["delivered"], found["error"].endswith("HTTP 404")) == (False, True)


@pytest.mark.usefixtures("folder")
def test_a_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    assert pantau(monkeypatch, "notify", "test", "tono") == 1
    assert "there is no secret gone" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_who_is_switched_off_can_be_tried_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver, capsys: Capsys
) -> None:
    assert pantau(monkeypatch, "notify", "test", "ann") == 0
    assert receiver.subjects == ["Test message from Pantau"]
    assert "ann is switched off" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_an_unknown_contact_is_answered_with_the_nearest(monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    assert pantau(monkeypatch, "notify", "test", "bud") == 1
    assert "did you mean budi?" in capsys.readouterr().err
