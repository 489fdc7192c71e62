"""Reads docker-compose.yml as Compose would, and runs our services from it as plain local processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
SECRETS_AT = "/run/secrets/"
DATA_AT = "/var/lib/pantau"


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """`${NAME:-default}` and `$$`, the two forms the file uses."""
    pattern = re.compile(r"\$(?:(\$)|\{(\w+)(?::-([^}]*))?\})")
    return pattern.sub(lambda m: "$" if m[1] else variables.get(m[2]) or m[3] or "", text)


def load(variables: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The whole file, interpolated, with anchors and merges resolved."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    plain: dict[str, Any] = yaml.safe_load(text)
    return _each(plain, variables or {})  # type: ignore[no-any-return]


def _each(node: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _each(value, variables) for key, value in node.items()}
    if isinstance(node, list):
        return [_each(value, variables) for value in node]
    return interpolate(node, variables) if isinstance(node, str) else node


@dataclass
class Host:
    """Where the paths and names of the containers are on this machine."""

    secrets: Path
    data: Path
    replace: dict[str, str] = field(default_factory=dict)

    def local(self, text: str) -> str:
        """A value from the compose file as it must read here."""
        text = re.sub(rf"{SECRETS_AT}(\w+)", lambda m: str(self.secrets / f"{m[1]}.txt"), text)
        known = self.replace | {DATA_AT: str(self.data)}
        return re.sub("|".join(map(re.escape, known)), lambda m: known[m[0]], text)


class ComposeService:
    """One of our services, started with the command and environment of the compose file and nothing else."""

    def __init__(self, name: str, host: Host, overrides: Mapping[str, str] | None = None) -> None:
        self.definition = load()["services"][name]
        self.environment = {key: host.local(str(value)) for key, value in self.definition["environment"].items()}
        self.environment |= overrides or {}
        self.host = host
        self.log = host.data / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> str:
        """`docker compose run SERVICE ARGUMENTS`: what it printed."""
        done = subprocess.run(self._command(arguments), env=self._env(), cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """`docker compose up SERVICE`."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command(self.definition["command"]), env=self._env(), cwd=ROOT, stdout=log, stderr=log
            )

    def stop(self) -> int:
        """`docker compose stop SERVICE`: its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(20)

    def healthy(self) -> bool:
        """What its HEALTHCHECK says."""
        kind, *check = [self.host.local(word) for word in self.definition["healthcheck"]["test"]]
        if kind == "CMD-SHELL":
            check = ["sh", "-c", check[0]]
        return subprocess.run(check, env=self._env(), cwd=ROOT, capture_output=True, timeout=30).returncode == 0

    def _command(self, arguments: Any) -> list[str]:
        return [str(Path(sys.executable).with_name("pantau")), *arguments]

    def _env(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.host.data), "PYTHONPATH": str(ROOT), **self.environment}
