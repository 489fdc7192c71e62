"""However slowly the other side answers, an attempt ends in its time, and sends nothing after it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic

import httpx
import pytest

from domain.sparing import PackageKind, Verdict
from reports.sparing.bounded import Line
from reports.sparing.config import SparingConfig
from reports.sparing.ministry import ATTEMPT, Ministry
from reports.sparing.sender import LEASE
from support.sparing_line import UID, point

Answering = Callable[[socket.socket, threading.Event], None]
PATIENCE = 0.4  # s
SLOTS = [1_737_968_400]


def drip(connection: socket.socket, ended: threading.Event, start: bytes) -> None:
    """A byte now and then, each well within the patience, and never an end."""
    connection.sendall(start)
    while not ended.wait(PATIENCE / 8):
        try:
            connection.sendall(b"x")
        except OSError:
            return


def dripping_head(connection: socket.socket, ended: threading.Event) -> None:
    """A header that does not end."""
    drip(connection, ended, b"HTTP/1.1 200 OK\r\nx-long: ")


def dripping_body(connection: socket.socket, ended: threading.Event) -> None:
    """A body that ends when the connection does."""
    drip(connection, ended, b"HTTP/1.1 200 OK\r\n\r\nrahasia")


def secret(connection: socket.socket, ended: threading.Event) -> None:
    """At once and whole."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\nrahasia")


@contextmanager
def answering(*answers: Answering) -> Iterator[tuple[str, list[bytes]]]:
    """A server that meets each connection with the next answer; its address, and what it was asked."""
    ended, asked = threading.Event(), list[bytes]()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                with suppress(OSError):  # the other side left, or the test is over
                    connection, _ = listening.accept()
                    with connection:
                        asked.append(connection.recv(65_536))
                        answer(connection, ended)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


@pytest.mark.parametrize("answer", [dripping_head, dripping_body])
def test_an_answer_that_drips_is_cut_off(answer: Answering) -> None:
    with answering(answer) as (url, _), httpx.Client(timeout=PATIENCE) as client:
        line, began = Line(), monotonic()
        with pytest.raises(httpx.ReadTimeout, match="no whole answer"), line.within(PATIENCE) as trace:
            client.get(url, extensions={"trace": trace})
        assert monotonic() - began < 4 * PATIENCE


def test_a_request_whose_time_is_over_is_not_sent() -> None:
    with answering(secret) as (url, asked), httpx.Client() as client:
        with pytest.raises(httpx.ReadTimeout), Line().within(0) as trace:
            client.get(url, extensions={"trace": trace})
        socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0)).close()
    assert b"".join(asked) == b""


def test_one_that_ends_in_time_leaves_the_next_alone() -> None:
    with answering(secret, secret) as (url, _), httpx.Client() as client:
        line = Line()
        for _ in range(2):
            with line.within(5) as trace:
                assert client.get(url, extensions={"trace": trace}).text == "rahasia"


@pytest.mark.parametrize(
    ("answers", "verdict"), [((dripping_head,), Verdict.NO_SECRET), ((secret, dripping_head), Verdict.UNREACHABLE)]
)
def test_an_attempt_that_is_cut_off_says_how_long_it_waited(answers: tuple[Answering, ...], verdict: Verdict) -> None:
    with answering(*answers) as (url, _):
        ministry = Ministry(SparingConfig(base_url=url, points=(point(),), timeout=PATIENCE))
        answer = ministry.send(PackageKind.HOURLY, f'{{"uid":"{UID}","data":[]}}', SLOTS)
        ministry.close()
    assert (answer.verdict, answer.desc) == (verdict, "ReadTimeout: no whole answer within 0.4 s")


@pytest.mark.parametrize("timeout", [20.0, 30.0])
def test_the_lease_of_a_package_outlasts_any_attempt(timeout: float) -> None:
    requests = 4  # the secret and the token, twice
    assert requests * timeout < ATTEMPT < LEASE / 1000
