"""docker-compose.yml is valid, and keeps the promises of docs/operations.md."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from service.settings import setting_paths, variable_name
from support.compose import ROOT, load
from support.shipped_broker import make_secrets

OURS = ("collector", "alerts", "api", "simulator")
SERVICES: dict[str, Any] = load()["services"]


def test_it_is_valid_compose() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(load())


def test_the_schema_refuses_what_compose_refuses() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
    broken = load()
    broken["services"]["api"]["comand"] = ["api"]
    assert not jsonschema.Draft7Validator(schema).is_valid(broken)


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned(name: str) -> None:
    assert re.search(r":\d+\.\d+\.\d+", SERVICES[name]["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_comes_back_by_itself(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


@pytest.mark.parametrize("bind", [None, "192.168.1.10"])
def test_ports_open_on_loopback_unless_told_otherwise(bind: str | None) -> None:
    services = load({"PANTAU_BIND": bind} if bind else {})["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert sorted(ports) == [f"{bind or '127.0.0.1'}:{port}:{port}" for port in (8080, 8883)]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_nothing_they_need_not(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_our_image_runs_as_a_user_of_its_own() -> None:
    assert re.search(r"^USER pantau$", (ROOT / "deploy/Dockerfile").read_text("utf-8"), re.MULTILINE)


def test_our_image_holds_every_package() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"bench", "docs"}
    assert packages <= set(re.findall(r"^COPY (\w+) \1$", dockerfile, re.MULTILINE))


def test_what_the_image_copies_is_let_through_to_the_build() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    allowed = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    copied = {
        source for line in re.findall(r"^COPY (?!--)(.+)$", dockerfile, re.MULTILINE) for source in line.split()[:-1]
    }
    assert copied == allowed


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    known = {variable_name(path) for path in setting_paths()}
    unknown = {
        key for key in SERVICES[name]["environment"] if key not in known and key.removesuffix("_FILE") not in known
    }
    assert not unknown


@pytest.mark.parametrize("name", SERVICES)
def test_every_secret_it_reads_is_given_to_it(name: str) -> None:
    service = SERVICES[name]
    read = set(
        re.findall(r"/run/secrets/(\w+)", json.dumps([service.get("environment"), service.get("healthcheck")]))
    )
    if name == "mosquitto":
        read |= set(re.findall(r"/run/secrets/(\w+)", (ROOT / "deploy/mosquitto/mosquitto.conf").read_text("utf-8")))
    assert read == set(service.get("secrets", []))


def test_every_secret_is_made_by_the_script(tmp_path: Path) -> None:
    made = {file.name for file in make_secrets(tmp_path / "secrets", "--demo").iterdir()}
    assert {Path(secret["file"]).name for secret in load()["secrets"].values()} <= made


def test_secrets_are_never_made_twice(tmp_path: Path) -> None:
    secrets = make_secrets(tmp_path / "secrets")
    before = {file: file.read_bytes() for file in secrets.iterdir()}
    again = subprocess.run(
        [ROOT / "deploy/make-secrets.sh"], env=os.environ | {"SECRETS_DIR": str(secrets)}, capture_output=True
    )
    assert again.returncode == 1
    assert {file: file.read_bytes() for file in secrets.iterdir()} == before


def test_only_their_owner_reaches_the_secrets(tmp_path: Path) -> None:
    secrets = make_secrets(tmp_path / "secrets")
    assert secrets.stat().st_mode & 0o777 == 0o700


def test_the_broker_may_write_for_every_device_only_when_asked_for(tmp_path: Path) -> None:
    users = (make_secrets(tmp_path / "secrets") / "mqtt_passwords.txt").read_text()
    assert {line.split(":")[0] for line in users.splitlines()} == {"collector", "health"}


def test_secrets_stay_out_of_git() -> None:
    ignored = subprocess.run(["git", "check-ignore", "-q", "deploy/secrets/ca_key.txt"], cwd=ROOT)
    assert ignored.returncode == 0


def test_the_collector_keeps_its_name_at_the_broker() -> None:
    assert SERVICES["collector"]["environment"]["PANTAU_MQTT__CLIENT_ID"] == "pantau-collector"


def test_the_three_roles_share_one_data_folder() -> None:
    assert {tuple(SERVICES[name]["volumes"]) for name in ("collector", "alerts", "api")} == {
        ("data:/var/lib/pantau",)
    }
