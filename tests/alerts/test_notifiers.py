"""Telling through Apprise, by real servers: mail, an ntfy-like receiver, a gateway with an API of its own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.dispatch import Dispatched
from alerts.notifiers.apprise import AppriseNotifier
from alerts.secrets import Secrets, shown
from domain.alert import NotificationState
from domain.errors import DeliveryError
from domain.ports import Address, Notice
from domain.registry import Contact, Route
from domain.text import Language
from support.receiver import Receiver
from support.smtp import Mailbox
from support.telling import HOUR, MINUTE, SECOND, Telling, installation

NOTICE = Notice("[TINGGI] pH 9,5", "Sejak 07.00 WIB.\nhttp://pantau.lan/alerts/a1", None, None, 0, "1:ipal")


@pytest.fixture
def tellings(tmp_path: Path) -> Iterator[list[Telling]]:
    made: list[Telling] = []
    yield made
    for telling in made:
        telling.close()


@pytest.fixture
def telling(tmp_path: Path, tellings: list[Telling]) -> Telling:
    """Budi's address stands in the secret file `budi`."""
    budi = Contact(id="budi", name="Budi", address="{secret:budi}")
    made = Telling(tmp_path, installation(Route(id="ipal", contacts=("budi",)), contacts=(budi,)))
    tellings.append(made)
    return made


def told(url: str) -> None:
    AppriseNotifier(timeout=2.0).notify(Address("ipal/budi", url, Language.ID), NOTICE)


def test_a_mail_arrives_with_subject_and_body(telling: Telling, mailbox: Mailbox) -> None:
    (telling.secrets / "budi").write_text(mailbox.address + "\n")
    telling.raised()

    assert telling.dispatch() == Dispatched(sent=1)
    (mail,) = mailbox.mails
    assert (mail["to"], mail["subject"]) == ("budi@ipal.lan", "[SEDANG] pH 9,5 di atas batas 9, Outlet, Sentra Batik")
    assert "Yang harus dilakukan: Cek dosing" in mail.get_content()


def test_a_mail_server_that_refuses_for_now_is_tried_again(telling: Telling, mailbox: Mailbox) -> None:
    (telling.secrets / "budi").write_text(mailbox.address)
    mailbox.answers.extend(["451 try later", "550 mailbox unavailable"])
    telling.raised()

    assert telling.dispatch() == Dispatched(retrying=1)
    assert telling.dispatch(15 * SECOND) == Dispatched(retrying=1)
    assert telling.dispatch(MINUTE) == Dispatched(sent=1)
    assert len(mailbox.mails) == 1


def test_a_mail_server_that_is_away_for_an_hour_gets_it_afterwards(telling: Telling) -> None:
    (telling.secrets / "budi").write_text(mailbox_gone := "mailto://127.0.0.1:9?from=a@ipal.lan&to=b@ipal.lan&cto=1")
    telling.raised()
    for now in range(0, HOUR, MINUTE):
        telling.dispatch(now)
    (waiting,) = telling.outbox()
    assert waiting.state is NotificationState.QUEUED
    assert mailbox_gone not in (waiting.last_error or "")
    back = Mailbox()
    (telling.secrets / "budi").write_text(back.address)  # also: what a secret holds is read anew each time
    sent = sum(telling.dispatch(now).sent for now in range(HOUR, 3 * HOUR, MINUTE))
    back.stop()

    assert (sent, len(back.mails)) == (1, 1)
    assert "Kabar ini terlambat" in back.mails[0].get_content()


def test_ntfy_gets_title_and_message_at_its_topic(receiver: Receiver) -> None:
    told(f"ntfy://{receiver.host}/pantau-ipal")

    (message,) = receiver.received
    assert (message["topic"], message["title"]) == ("pantau-ipal", "[TINGGI] pH 9,5")
    assert message["message"].startswith("Sejak 07.00 WIB.")


@pytest.mark.parametrize(("answer", "error"), [(500, "answered 500"), (429, "answered 429"), (404, "answered 404")])
def test_what_a_service_answers_is_told_but_never_final(receiver: Receiver, answer: int, error: str) -> None:
    receiver.answers.append(answer)
    with pytest.raises(DeliveryError) as failed:
        told(f"ntfy://{receiver.host}/rahasia-topik")

    assert (str(failed.value), failed.value.permanent) == (f"ntfy://…: {error}", False)


def test_a_slow_service_is_left(receiver: Receiver) -> None:
    receiver.answers.append(None)
    with pytest.raises(DeliveryError, match=r"not delivered|in time"):
        told(f"ntfy://{receiver.host}/t?rto=0.3&cto=0.3")


def test_a_gateway_with_an_api_of_its_own_is_told_in_its_own_words(receiver: Receiver) -> None:
    told(f"json://{receiver.host}/send?:title=subject&:message=text&:phone=6281234567890&+Authorization=t0ken")

    (message,) = receiver.received
    assert message["phone"] == "6281234567890"
    assert message["text"].startswith("Sejak")
    assert receiver.requests[0].path == "/send"


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers.append((302, {"location": f"http://{receiver.host}/elsewhere"}))
    with pytest.raises(DeliveryError):
        told(f"json://{receiver.host}/send")

    assert len(receiver.requests) == 1


@pytest.mark.parametrize("url", ["gibberish", "merpati://budi", "tgram://short", "", "json://"])
def test_an_address_that_cannot_be_read_is_final_and_not_repeated(url: str) -> None:
    with pytest.raises(DeliveryError, match="cannot read") as failed:
        told(url)

    assert failed.value.permanent
    assert "short" not in str(failed.value)


class Listener(logging.Handler):
    """What reaches the program's own log, however talkative that is set."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def test_apprise_logs_nothing_of_it(receiver: Receiver) -> None:
    receiver.answers.append(500)
    root, listener = logging.getLogger(), Listener()
    root.addHandler(listener)
    try:
        with pytest.raises(DeliveryError):
            told(f"ntfy://{receiver.host}/rahasia-topik")
    finally:
        root.removeHandler(listener)

    assert not [line for line in listener.said if "rahasia" in line]


def test_who_tells_nobody_by_apprise_does_not_load_it() -> None:
    code = (
        "import sys; from alerts.notifiers import make_notifiers; make_notifiers(); print('apprise' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_a_secret_is_put_into_its_place_and_encoded(tmp_path: Path) -> None:
    (tmp_path / "mail-password").write_text("p@ss/w:rd\n")

    filled = Secrets(tmp_path).fill("mailtos://user:{secret:mail-password}@smtp.example/?to=a@b.example")
    assert filled == "mailtos://user:p%40ss%2Fw%3Ard@smtp.example/?to=a@b.example"


@pytest.mark.parametrize("password", ["p@ss:w/rd?&%+#", "abcd efgh ijkl mnop", "plain"])
def test_apprise_gets_a_password_as_it_is(tmp_path: Path, password: str) -> None:
    (tmp_path / "pw").write_text(password)
    url = Secrets(tmp_path).fill("mailtos://pantau:{secret:pw}@mail.example/?from=a@b.example&to=c@b.example")
    post, _ = AppriseNotifier()._open(url)

    assert post[0].password == password


def test_apprise_gets_a_bot_token_as_it_is(tmp_path: Path) -> None:
    token = "123456789:AAEabcdefghijklmnopqrstuvwxyz0123456"
    (tmp_path / "bot").write_text(token)
    post, _ = AppriseNotifier()._open(Secrets(tmp_path).fill("tgram://{secret:bot}/42/"))

    assert post[0].bot_token == token


def test_a_secret_in_a_web_address_of_a_route_is_found_too(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("abc")
    url = str(Route(id="r", notifier="webhook", url="https://hooks.example/{secret:hook}").url)  # type: ignore[arg-type]

    assert Secrets(tmp_path).fill(url) == "https://hooks.example/abc"


@pytest.mark.parametrize("content", [None, "", "  \n"])
def test_a_missing_secret_is_named_and_final(telling: Telling, content: str | None) -> None:
    if content is not None:
        (telling.secrets / "budi").write_text(content)
    telling.raised()

    assert telling.dispatch() == Dispatched(failed=1)
    (failed,) = telling.outbox()
    assert failed.last_error == "there is no secret budi: its file is missing, empty or unreadable"


def test_a_secret_is_a_file_of_its_folder_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("x")
    inside = tmp_path / "secrets"
    inside.mkdir()

    assert Secrets(inside).fill("json://h/{secret:../outside}") == "json://h/{secret:../outside}"
    assert Secrets(inside).missing("json://h/{secret:outside}") == ["outside"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://user:pw@hooks.example:8443/s3cret?t=s3cret", "https://hooks.example:8443/…"),
        ("mailtos://user:pw@smtp.example/?to=x", "mailtos://smtp.example/…"),
        ("tgram://123456:s3cret/42", "tgram://…"),
        ("ntfy://s3cret-topic", "ntfy://…"),
        ("{secret:whole}", "an address without a scheme"),
        ("json://{secret:host}/x", "json://…"),
        ("http://[::1", "http://…"),
    ],
)
def test_nothing_of_an_address_is_shown_but_scheme_and_a_web_host(address: str, said: str) -> None:
    assert shown(address) == said


def test_the_body_of_a_webhook_is_documented_json(telling: Telling, receiver: Receiver) -> None:
    telling.registry.apply(
        installation(Route(id="hook", notifier="webhook", url=receiver.url)),  # type: ignore[arg-type]
        "test",
        0,
    )
    telling.compiled.installation = installation(Route(id="hook", notifier="webhook", url=receiver.url))  # type: ignore[arg-type]
    telling.raised()
    telling.dispatch()

    keys = json.loads(receiver.requests[0].body).keys()
    assert set(keys) == {"id", "subject", "body", "age_ms", "link", "alert", "transition"}
