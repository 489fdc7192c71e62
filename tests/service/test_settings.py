"""Settings: file, then environment, unknown keys refused, secrets from files, every problem at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import ConfigurationError
from service.settings import load


def write(folder: Path, text: str) -> Path:
    """A settings file."""
    file = folder / "pantau.toml"
    file.write_text(text, "utf-8")
    return file


def refusal(config: Path | None = None, **environment: str) -> str:
    """What is said of wrong settings."""
    with pytest.raises(ConfigurationError) as caught:
        load(config, environment)
    return str(caught.value)


def test_without_anything_the_defaults_hold() -> None:
    settings = load(None, {})

    assert (settings.mqtt.port, settings.http.host, settings.store.kind) == (1883, "127.0.0.1", "sqlite")


def test_a_wrong_variable_is_blamed_and_not_the_file(tmp_path: Path) -> None:
    said = refusal(write(tmp_path, "[http]\nport = 8081\n"), PANTAU_HTTP__PORT="abc")

    assert "environment PANTAU_HTTP__PORT" in said
    assert "pantau.toml" not in said


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, '[mqtt]\nhost = "file"\nport = 1884\n')

    settings = load(file, {"PANTAU_MQTT__HOST": "variable"})

    assert (settings.mqtt.host, settings.mqtt.port) == ("variable", 1884)


def test_the_command_line_wins_over_both(tmp_path: Path) -> None:
    file = write(tmp_path, 'data_dir = "from-file"\n')

    assert load(file, {"PANTAU_DATA_DIR": "from-variable"}, data_dir=tmp_path).data_dir == tmp_path


def test_a_secret_is_read_from_the_file_that_its_variable_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("rahasia\n")

    password = load(None, {"PANTAU_MQTT__PASSWORD_FILE": str(secret)}).mqtt.password

    assert password is not None
    assert password.get_secret_value() == "rahasia"


def test_a_secret_never_shows_when_settings_are_printed() -> None:
    assert "rahasia" not in repr(load(None, {"PANTAU_MQTT__PASSWORD": "rahasia"}))


def test_a_missing_secret_file_is_named() -> None:
    assert "PANTAU_MQTT__PASSWORD_FILE" in refusal(PANTAU_MQTT__PASSWORD_FILE="/nowhere")


def test_a_misspelt_key_in_the_file_gets_a_suggestion(tmp_path: Path) -> None:
    said = refusal(write(tmp_path, '[mqtt]\nhots = "broker"\n'))

    assert "pantau.toml: mqtt.hots" in said
    assert "did you mean mqtt.host?" in said


def test_a_misspelt_variable_gets_a_suggestion() -> None:
    assert "did you mean PANTAU_MQTT__HOST?" in refusal(PANTAU_MQTT__HOTS="x")


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    said = refusal(write(tmp_path, "[mqtt]\nport = 99999\n[http]\nport = 0\n"))

    assert "mqtt.port" in said
    assert "http.port" in said


def test_a_wrong_secret_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    assert "rahasia" not in refusal(write(tmp_path, '[mqtt]\npassword = ["rahasia"]\n'))


def test_broken_toml_says_file_and_line(tmp_path: Path) -> None:
    said = refusal(write(tmp_path, "[mqtt\n"))

    assert "pantau.toml" in said
    assert "line 1" in said


def test_influxdb_without_a_url_is_refused() -> None:
    assert "store.url" in refusal(PANTAU_STORE__KIND="influxdb")
