"""Addresses that nothing could be delivered to are refused with the files; what only this host lacks is a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.secrets import Secrets
from domain.registry import Contact, Installation, Route
from service.installation import located_hints
from service.installation_addresses import address_problems, missing_secret_hints


def said_of(address: str, folder: Path | None = None, notifier: str = "apprise") -> list[str]:
    """What is wrong with a contact's address."""
    contact = Contact(id="budi", name="Budi", notifier=notifier, address=address)
    return [one.message for one in address_problems(Installation(contacts=(contact,)), Secrets(folder))]


WRONG = [
    ("tgramm://x/1", "apprise", "there is no channel tgramm://; did you mean tgram?"),
    ("tgram://{secret:../../etc/passwd}/1", "apprise", "that is no name of a secret"),
    ("tgram://{secret:bot/1", "apprise", "that is no name of a secret"),
    ("tgram://{secret}/1", "apprise", "that is no name of a secret"),
    ("tgram://x/1", "apprise", "tgram://…: Apprise cannot read this address"),
    ("tgramm://{secret:gone}/1", "apprise", "there is no channel tgramm://"),
    ("budi@example.id", "apprise", "an address begins with its channel"),
    ("mailto://a@b.example", "webhook", "there is no channel mailto://"),
    ("https://example.id", "merpati", "there is no notifier merpati"),
]


@pytest.mark.parametrize(("address", "notifier", "message"), WRONG)
def test_an_address_that_cannot_work_is_refused(address: str, notifier: str, message: str) -> None:
    (said,) = said_of(address, notifier=notifier)
    assert said.startswith(message)


@pytest.mark.parametrize(
    ("address", "notifier"),
    [
        ("tgram://{secret:gone}/1", "apprise"),
        ("{secret:gone}", "apprise"),
        ("mailto://a:{secret:gone}@mail.example.id", "apprise"),
        ("https://hooks.example.id/{secret:gone}", "webhook"),
        ("anything", "log"),
    ],
)
def test_an_address_whose_secret_is_elsewhere_is_taken(address: str, notifier: str) -> None:
    assert said_of(address, notifier=notifier) == []


def test_with_its_secret_at_hand_the_whole_address_is_tried_and_never_repeated(tmp_path: Path) -> None:
    (tmp_path / "bot").write_text("no-token")
    (said,) = said_of("tgram://{secret:bot}/1", tmp_path)
    assert "cannot read" in said
    assert "no-token" not in said
    (tmp_path / "bot").write_text("123456789:AAF-x1y2z3x1y2z3x1y2z3x1y2z3x1y2z34")
    assert said_of("tgram://{secret:bot}/1", tmp_path) == []


def test_an_address_that_is_nothing_but_a_secret_is_tried_by_what_the_secret_holds(tmp_path: Path) -> None:
    (tmp_path / "all").write_text("tgramm://123/1")
    assert said_of("{secret:all}", tmp_path) == [
        "the address in the secret: there is no channel tgramm://; did you mean tgram?"
    ]


def test_a_route_with_an_unknown_notifier_is_told_where_it_stands() -> None:
    (problem,) = address_problems(Installation(routes=(Route(id="aneh", notifier="loog"),)))
    assert (problem.key, problem.message) == ("routes[0].notifier", "there is no notifier loog; did you mean log?")


def test_a_secret_that_is_not_here_is_a_hint() -> None:
    contact = Contact(id="budi", name="Budi", address="{secret:gakada}")
    (hint,) = missing_secret_hints(Installation(contacts=(contact,)), Secrets(None))
    assert (hint.key, "gakada" in hint.message) == ("contacts[0].address", True)


def test_check_hints_at_a_missing_secret_with_file_and_key(tmp_path: Path) -> None:
    file = tmp_path / "orang.toml"
    file.write_text('[[contacts]]\nid = "budi"\nname = "Budi"\naddress = "{secret:gakada}"\n')
    (hint,) = located_hints([file], Secrets(None))
    assert (Path(hint.file).name, hint.key) == ("orang.toml", "contacts[0].address")
