"""`pantau profile …`: what a person sees who connects a device."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.cli import main

Command = Callable[..., int]
Capsys = pytest.CaptureFixture[str]
TOPIC = "gateway/unit-7/probe/ph-outlet"
PAYLOAD = '{"ts": 1795242600, "ok": true, "data": {"pH": 7.21, "temp.C": "29,4 °C", "state": "RUN"}}'
AT = "2026-11-21T06:30:00Z"


@pytest.fixture
def pantau(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command in this process, in a folder of its own; the exit code."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "message.json").write_text(PAYLOAD, "utf-8")

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["pantau", *arguments])
        return main()

    return run


def tried(pantau: Command, capsys: Capsys, *arguments: str) -> dict[str, Any]:
    """The JSON answer of `pantau profile try`."""
    capsys.readouterr()
    assert pantau("profile", "try", *arguments, "--json") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def drafted(pantau: Command) -> str:
    """A profile drafted from the sample."""
    assert pantau("profile", "new", "--topic", TOPIC, "--payload", "message.json", "--output", "probe.toml") == 0
    return "probe.toml"


def test_a_drafted_profile_reads_its_sample(pantau: Command, capsys: Capsys) -> None:
    found = tried(pantau, capsys, drafted(pantau), "--topic", TOPIC, "--payload", "message.json", "--received-at", AT)
    assert found["readings"] == [
        {
            "metric": metric,
            "value": value,
            "unit": unit,
            "time": "2026-11-21T06:30:00.000Z",
            "quality": 1,
            "reason": None,
        }
        for metric, value, unit in (("ph", 7.21, "pH"), ("temperature", 29.4, "Cel"), ("state", 1.0, "1"))
    ]
    assert found["rejected"] == []


def test_a_draft_passes_the_check(pantau: Command) -> None:
    assert pantau("profile", "check", drafted(pantau)) == 0


def test_a_refusal_says_the_metric_and_why(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"ph": [7.2], "temperature": 29.4}', "utf-8")
    topic = "pantau/batik/bak-aerob/telemetry"
    found = tried(pantau, capsys, "house-tank", "--topic", topic, "--payload", "bad.json")
    assert [one["metric"] for one in found["readings"]] == ["temperature"]
    assert [(one["metric"], one["reason"]) for one in found["rejected"]] == [("ph", "path_mismatch")]


def test_a_topic_of_another_profile_says_where_this_one_speaks(pantau: Command, capsys: Capsys) -> None:
    found = tried(pantau, capsys, "house-tank", "--topic", TOPIC, "--payload", "message.json")
    assert found["rejected"][0]["reason"] == "unknown_topic"
    assert "pantau/{site}/{device}/telemetry" in found["rejected"][0]["detail"]


def test_a_payload_comes_from_standard_input_as_well(
    pantau: Command, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"ph": 6.9}')))
    found = tried(pantau, capsys, "house-tank", "--topic", "pantau/batik/bak-aerob/telemetry", "--payload", "-")
    assert [one["value"] for one in found["readings"]] == [6.9]


def test_several_messages_go_in_order_each_with_its_topic(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    (tmp_path / "status").write_bytes(b"online")
    (tmp_path / "data").write_bytes(b'{"ph": 6.9}')
    pair = (
        "--topic",
        "pantau/a/b/status",
        "--payload",
        "status",
        "--topic",
        "pantau/a/b/telemetry",
        "--payload",
        "data",
    )
    found = tried(pantau, capsys, "house-tank", *pair)
    assert [(one["metric"], one["value"]) for one in found["readings"]] == [("online", 1.0), ("ph", 6.9)]


def test_the_birth_of_a_node_is_no_fault(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    (tmp_path / "birth").write_bytes(b"\x08\xe0\xee\xd8\x82\xa04\x18\x00")  # a timestamp and the count 0
    found = tried(pantau, capsys, "sparkplug-b", "--topic", "spBv1.0/G/NBIRTH/N", "--payload", "birth")
    assert found == {"readings": [], "rejected": []}


def test_a_retained_message_without_a_time_is_not_fresh(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b'{"ph": 6.9}')
    topic = "pantau/batik/bak-aerob/telemetry"
    found = tried(pantau, capsys, "house-tank", "--topic", topic, "--payload", "data", "--retained")
    assert (found["readings"], found["rejected"][0]["reason"]) == ([], "stale")


def test_a_person_sees_each_message_line_by_line(pantau: Command, capsys: Capsys) -> None:
    file = drafted(pantau)
    capsys.readouterr()
    pantau("profile", "try", file, "--topic", TOPIC, "--payload", "message.json", "--received-at", AT)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"message 1: {TOPIC}, {len(PAYLOAD.encode())} bytes, device ph-outlet"
    assert lines[1] == "  ✓ ph = 7.21 pH, good, at 2026-11-21T06:30:00.000Z"
    assert lines[-1] == "3 readings, 0 refused"


def test_a_wrong_file_is_refused_with_its_key_and_a_suggestion(
    pantau: Command, capsys: Capsys, tmp_path: Path
) -> None:
    text = (tmp_path / drafted(pantau)).read_text("utf-8").replace("decimal_comma", "decimal_coma")
    (tmp_path / "probe.toml").write_text(text, "utf-8")
    assert pantau("profile", "check", "probe.toml") == 2
    assert pantau("profile", "try", "probe.toml", "--topic", TOPIC, "--payload", "message.json") == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "probe.toml: metrics.temperature.decimal_coma: unknown key; did you mean 'decimal_comma'?" in said


def test_a_file_of_another_name_is_tried_but_not_passed(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    (tmp_path / drafted(pantau)).rename(tmp_path / "other.toml")
    assert tried(pantau, capsys, "other.toml", "--topic", TOPIC, "--payload", "message.json")["rejected"] == []
    assert pantau("profile", "check", "other.toml") == 2
    assert "call the file probe.toml" in capsys.readouterr().err


def test_a_changed_copy_of_a_builtin_profile_is_tried_in_its_place(
    pantau: Command, capsys: Capsys, tmp_path: Path
) -> None:
    pantau("profile", "show", "house-tank")
    text = capsys.readouterr().out.replace("high = 14", "high = 7")
    (tmp_path / "house-tank.toml").write_text(text, "utf-8")
    (tmp_path / "data").write_bytes(b'{"ph": 7.5}')
    topic = "pantau/batik/bak-aerob/telemetry"
    (reading,) = tried(pantau, capsys, "./house-tank.toml", "--topic", topic, "--payload", "data")["readings"]
    assert (reading["quality"], reading["reason"]) == (4, "out_of_range")


def test_a_profile_that_is_not_there_is_refused_with_the_nearest(pantau: Command, capsys: Capsys) -> None:
    assert pantau("profile", "try", "house-tnk", "--topic", TOPIC, "--payload", "message.json") == 1
    assert "did you mean 'house-tank'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--topic", TOPIC, "--payload", "nothing.json"), 2, "nothing.json: cannot be read"),
        (("--topic", TOPIC, "--payload", "message.json", "--received-at", "noon"), 1, "RFC 3339"),
        (("--topic", TOPIC, "--topic", "b", "--payload", "message.json"), 1, "2 topics for 1 payloads"),
        (("--topic", TOPIC, "--payload", "message.json", "--timezone", "Asia/Mojokerto"), 2, "Asia/Mojokerto"),
    ],
)
def test_what_cannot_be_tried_says_why(
    pantau: Command, capsys: Capsys, arguments: tuple[str, ...], code: int, said: str
) -> None:
    file = drafted(pantau)
    capsys.readouterr()
    assert pantau("profile", "try", file, *arguments) == code
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_draft_never_overwrites_a_file(pantau: Command, capsys: Capsys) -> None:
    drafted(pantau)
    assert pantau("profile", "new", "--topic", TOPIC, "--payload", "message.json", "-o", "probe.toml") == 2
    assert "nothing was written" in capsys.readouterr().err


def test_the_profiles_are_listed_for_programs(pantau: Command, capsys: Capsys) -> None:
    pantau("profile", "list", "--json")
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["items"]}
    assert rows["house-tank"]["metrics"] == ["ph", "do", "level", "temperature", "online"]


def test_no_data_folder_is_made(pantau: Command, tmp_path: Path) -> None:
    drafted(pantau)
    pantau("profile", "list")
    assert not (tmp_path / "data").exists()
