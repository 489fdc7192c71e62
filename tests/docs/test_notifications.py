"""The examples of `docs/notifications.md` hold: the files load, every address is one that its notifier takes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from alerts.config import AlertsConfig
from alerts.notifiers import NOTIFIERS
from alerts.notifiers.apprise import AppriseNotifier
from alerts.parcels import SkipReason
from alerts.secrets import Secrets
from domain.reference_names import Names
from domain.references_telling import contact_problems, rota_problems, route_problems
from domain.registry import Installation

TEXT = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text("utf-8")
CHANNELS = re.search(r"## Channels\n(.*?)\n## ", TEXT, re.DOTALL)
ADDRESSES = re.findall(r"^\| [^|]+ \| `([^`]+)` \|", CHANNELS[1] if CHANNELS else "", re.MULTILINE)
SAMPLES = {
    "telegram-bot": "123456789:AAEabcdefghijklmnopqrstuvwxyz0123456",
    "twilio-account": "AC" + "0" * 32,
    "twilio-token": "0" * 32,
    "ntfy-token": "tk_abcdefghijklmnopqrstuvwxyz012",
    "mail-password": "p@ss:w/rd?&",
}


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    """A file for every secret of the page."""
    for name in re.findall(r"\{secret:([a-z-]+)\}", TEXT):
        (tmp_path / name).write_text(SAMPLES.get(name, "a1b2c3d4e5f6"))
    return Secrets(tmp_path)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_is_one_that_apprise_takes(address: str, secrets: Secrets) -> None:
    if not address.startswith("https://"):
        AppriseNotifier().check(secrets.fill(address))


def test_the_channels_of_the_requirement_are_there() -> None:
    schemes = {address.split(":")[0] for address in ADDRESSES}

    assert {"tgram", "evolution", "mailtos", "ntfy", "smseagle", "https"} <= schemes


def test_the_example_loads_and_refers_to_nothing_that_is_missing(secrets: Secrets) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    found = Installation.model_validate(tomllib.loads(block))
    names = Names(found)

    assert [*contact_problems(found, names), *rota_problems(found, names), *route_problems(found, names)] == []
    for contact in found.contacts:
        AppriseNotifier().check(secrets.fill(contact.address or ""))


@pytest.mark.parametrize("word", [*SkipReason, *NOTIFIERS])
def test_every_reason_and_notifier_is_on_the_page(word: str) -> None:
    known = "digest" if word == SkipReason.TOLD_IN_DIGEST else f"`{word}`"

    assert known in TEXT or f'"{word}"' in TEXT


def test_every_setting_it_names_exists() -> None:
    named = set(re.findall(r"`alerts\.([a-z_]+)`", TEXT))

    assert named == set(AlertsConfig.model_fields) - {"tick_seconds"}
