"""The set-up scripts on machines that lack something: they help themselves, or say what to do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.compose import ROOT

PLAIN_TOOLS = ("bash", "sh", "cat", "dirname", "env", "ls", "mktemp", "install", "rm")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs that is the whole PATH: a user without root, without sudo, without the servers."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in PLAIN_TOOLS:
        (programs / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
    program(programs, "id", "echo 1000")
    program(programs, "apt-get", f'echo "$@" >> {tmp_path}/asked')
    return programs


def program(folder: Path, name: str, body: str) -> None:
    """A small program of our own."""
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


def run(machine: Path, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of deploy/ with nothing but the machine's programs."""
    return subprocess.run(
        [ROOT / "deploy" / script, *arguments], cwd=machine.parent, env={"PATH": str(machine)} | environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_without_python_it_says_which_it_needs(machine: Path) -> None:
    done = run(machine, "make-venv.sh", "python3.11", ".venv", "run.txt")
    assert done.returncode == 2
    assert "Pantau needs Python 3.11 or newer" in done.stderr


def test_an_old_python_is_refused(machine: Path) -> None:
    program(machine, "python3", "exit 1")
    done = run(machine, "make-venv.sh", "python3.11", ".venv", "run.txt")
    assert done.returncode == 2
    assert "make PYTHON=" in done.stderr


def test_without_venv_and_root_it_says_the_one_command_to_run(machine: Path) -> None:
    program(machine, "python3.11", 'case "$2" in *ensurepip*) exit 1;; *print*) echo python3.11-venv;; esac')
    done = run(machine, "make-venv.sh", "python3.11", ".venv", "run.txt")
    assert done.returncode == 2
    assert "apt-get update && apt-get install -y --no-install-recommends python3.11-venv" in done.stderr
    assert not (machine.parent / "asked").exists()


def test_root_installs_venv_by_itself(machine: Path) -> None:
    program(machine, "id", "echo 0")
    program(
        machine,
        "python3.11",
        'case "$2" in *ensurepip*) exit 1;; *print*) echo python3.11-venv;; *venv*) exit 7;; esac',
    )
    run(machine, "make-venv.sh", "python3.11", ".venv", "run.txt")
    asked = (machine.parent / "asked").read_text().splitlines()
    assert asked == ["update -qq", "install -y -qq --no-install-recommends python3.11-venv"]


def test_sudo_is_never_asked_for_a_password_in_ci(machine: Path) -> None:
    program(machine, "sudo", 'test "$1" = -n && exit 1; echo "prompted" >> asked')
    program(machine, "python3.11", 'case "$2" in *ensurepip*) exit 1;; *print*) echo python3.11-venv;; esac')
    done = run(machine, "make-venv.sh", "python3.11", ".venv", "run.txt", CI="true")
    assert done.returncode == 2
    assert not (machine.parent / "asked").exists()


def test_missing_servers_are_named_where_nobody_may_install_them(machine: Path) -> None:
    done = run(machine, "install-test-servers.sh")
    assert done.returncode == 2
    assert "influxdb" in done.stderr
    assert "which only root can install" in done.stderr


def test_a_machine_without_apt_is_told_what_to_install(machine: Path) -> None:
    (machine / "apt-get").unlink()
    done = run(machine, "install-test-servers.sh")
    assert done.returncode == 2
    assert "there is no apt-get here" in done.stderr


def test_the_command_works_from_a_folder_with_spaces(tmp_path: Path) -> None:
    """The launcher that make-venv.sh writes, with a Python that says what it was given."""
    checkout = tmp_path / "mini PC" / "pan tau"
    venv = checkout / ".venv" / "bin"
    venv.mkdir(parents=True)
    program(venv, "python", 'case "$*" in *purelib*) pwd;; *pip*) ;; *) echo "ran $1 $2";; esac')
    done = subprocess.run(
        [ROOT / "deploy/make-venv.sh", "python3", ".venv", "run.txt"], cwd=checkout, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    ran = subprocess.run([venv / "pantau", "doctor"], capture_output=True, text=True, cwd="/")
    assert ran.stdout == f"ran {venv}/pantau doctor\n"


@pytest.mark.parametrize("script", sorted((ROOT / "deploy").glob("*.sh")), ids=lambda script: script.name)
def test_it_is_valid_shell(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script]).returncode == 0
