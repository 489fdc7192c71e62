"""All settings of an installation: `pantau.toml`, then `PANTAU_*` variables, unknown keys refused.

The models live beside what they configure; this file composes them and reads the environment.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from alerts.config import AlertsConfig
from collector.config import BatchConfig, MqttConfig
from device_profiles.checks.config import QualityConfig
from domain.errors import ConfigurationError, Problem
from reports.config import ReportsConfig
from reports.machines.config import MachinesConfig
from reports.sparing.config import SparingConfig
from storage.config import DatabaseConfig, StoreConfig

PREFIX = "PANTAU_"
DEFAULT_FILE = Path("pantau.toml")


class HttpConfig(BaseModel):
    """The API and the pages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for the whole LAN")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8080, description="Port to listen on")
    base_url: str = Field(
        default="http://127.0.0.1:8080", description="How people reach the pages; used in the links of messages"
    )
    secure_cookies: bool = Field(default=False, description="Set when people come through HTTPS")
    session_hours: Annotated[int, Field(ge=1, le=24 * 90)] = Field(
        default=24 * 14, description="How long a login lasts (h)"
    )
    forwarded_allow_ips: str = Field(
        default="127.0.0.1", description="Proxies whose X-Forwarded-For is believed, comma separated"
    )


class Settings(BaseModel):
    """Everything `service.wiring.build` needs to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(default=Path("data"), description="Folder of journal, embedded stores and lock files")
    profiles_dir: Path | None = Field(default=None, description="Folder of your own device profiles")
    timezone: str = Field(default="Asia/Jakarta", description="Zone of jobs that have no site")
    log_format: Annotated[str, Field(pattern="^(auto|console|json)$")] = Field(
        default="auto", description="console, json, or auto (console on a terminal)"
    )
    mqtt: MqttConfig = MqttConfig()
    batch: BatchConfig = BatchConfig()
    store: StoreConfig = StoreConfig()
    database: DatabaseConfig = DatabaseConfig()
    alerts: AlertsConfig = AlertsConfig()
    quality: QualityConfig = QualityConfig()
    reports: ReportsConfig = ReportsConfig()
    machines: MachinesConfig = MachinesConfig()
    http: HttpConfig = HttpConfig()
    sparing: SparingConfig = SparingConfig()

    @model_validator(mode="after")
    def _profiles_exist(self) -> Self:
        if self.profiles_dir is not None and not self.profiles_dir.is_dir():
            raise ValueError(f"profiles_dir {self.profiles_dir} is not a folder")
        return self

    @property
    def database_url(self) -> str:
        """The relational database: the one given, or SQLite in the data folder."""
        url = self.database.url
        return url.get_secret_value() if url else f"sqlite:///{self.data_dir / 'pantau.db'}"


def load(config: Path | None = None, environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from a TOML file, the environment and the command line, later ones winning.

    Raises ConfigurationError naming file (or variable) and key of every problem.
    """
    environment = os.environ if environment is None else environment
    file = config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    values = _read_file(file) if file else {}
    variables, problems = _read_environment(environment)
    if problems:
        raise ConfigurationError(problems)
    _merge(values, variables)
    _merge(values, {key: value for key, value in overrides.items() if value is not None})
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError([_problem(file, variables, detail) for detail in error.errors()]) from None


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError.one(file, "", f"cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError.one(file, "", f"is not valid TOML: {error}") from None


def _read_environment(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """`PANTAU_MQTT__HOST` → mqtt.host; `…_FILE` of a known setting reads it from a file."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    known = {name: path for path in setting_paths() for name in [variable_name(path)]}
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        path = known.get(name)
        if path is None and name.endswith("_FILE") and name.removesuffix("_FILE") in known:
            path = known[name.removesuffix("_FILE")]
            try:
                value = Path(value).read_text("utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                problems.append(Problem(f"environment {name}", "", f"the file it names cannot be read: {error}"))
                continue
        if path is None:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            problems.append(Problem(f"environment {name}", "", f"is not a setting of Pantau{hint}"))
            continue
        _merge(values, _nested(path, value))
    return values, problems


def setting_paths(model: type[BaseModel] = Settings, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Where every single setting stands, such as ("mqtt", "tls", "enabled")."""
    paths: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            paths += setting_paths(annotation, (*above, name))
        else:
            paths.append((*above, name))
    return paths


def variable_name(path: tuple[str, ...]) -> str:
    """The environment variable of a setting."""
    return PREFIX + "__".join(path).upper()


def is_secret(annotation: Any) -> bool:
    """Whether a setting's value must never be shown."""
    return annotation is SecretStr or SecretStr in getattr(annotation, "__args__", ())


def _nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    nested: dict[str, Any] = {path[-1]: value}
    for key in reversed(path[:-1]):
        nested = {key: nested}
    return nested


def _stands_in(values: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether a single setting has its value from here."""
    here: Any = values
    for key in path:
        if not isinstance(here, Mapping) or key not in here:
            return False
        here = here[key]
    return bool(path) and not isinstance(here, Mapping)


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def _problem(file: Path | None, variables: Mapping[str, Any], detail: Any) -> Problem:
    """One of pydantic's errors in our words. The value is left out: it may be a secret."""
    path = tuple(str(part) for part in detail["loc"])
    if _stands_in(variables, path):
        return Problem(f"environment {variable_name(path)}", "", detail["msg"])
    message = detail["msg"]
    if detail["type"] == "extra_forbidden":
        close = difflib.get_close_matches(".".join(path), [".".join(known) for known in setting_paths()], 1)
        message = "is not a setting of Pantau" + (f"; did you mean {close[0]}?" if close else "")
    return Problem(str(file or "settings"), ".".join(path), message)
