"""A real SMTP server on loopback that keeps what it was sent, or answers as told."""

from __future__ import annotations

from collections import deque
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from support.servers import free_port

OK = "250 OK"


class Mailbox:
    """`answers` are used up one by one, such as `451 try later`; then it takes everything."""

    def __init__(self) -> None:
        self.answers: deque[str] = deque()
        self.mails: list[EmailMessage] = []
        self._port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
        self._controller.start()

    @property
    def address(self) -> str:
        """As Apprise writes it, to budi."""
        return f"mailto://{self.host}?from=pantau@ipal.lan&to=budi@ipal.lan&cto=2"

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._port}"

    def stop(self) -> None:
        """End."""
        self._controller.stop(no_assert=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by the server for each mail."""
        answer = self.answers.popleft() if self.answers else OK
        if answer == OK:
            content = cast(Any, envelope.content)
            self.mails.append(cast(EmailMessage, message_from_bytes(content, policy=policy.default)))
        return answer
