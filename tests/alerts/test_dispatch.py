"""The outbox against a real HTTP receiver that fails, is slow, says 429, 500, then 200."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from alerts.dispatch import GIVE_UP, LONGEST_WAIT, Dispatched, Dispatcher
from alerts.notifiers import NOTIFIERS, make_notifiers
from alerts.notifiers.webhook import WebhookNotifier
from alerts.rulebook import CompiledRuleBook
from domain.alert import Alert, Notification, NotificationState
from domain.errors import DeliveryError
from domain.ports import Notice
from domain.registry import Route
from domain.text import Language
from support.alerts_stage import T0, AlertStage, Probes, installation, limit_rule, reading
from support.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Answers 200 unless told otherwise."""
    made = Receiver()
    yield made
    made.stop()


def set_up(stage: AlertStage, *routes: Route) -> Dispatcher:
    """The rule, the routes, and a dispatcher whose retries are the same every time."""
    stage.apply(installation(limit_rule(), routes=routes))
    rules = CompiledRuleBook(stage.registry, Probes())
    notifiers = {**make_notifiers(), "webhook": WebhookNotifier(timeout=0.3)}
    return Dispatcher(
        stage.book, stage.registry, notifiers, base_url="http://pantau.lan/", rules=rules, random=Random(1)
    )


def hook(receiver: Receiver, name: str = "kait", language: Language = Language.ID) -> Route:
    return Route(id=name, notifier="webhook", url=receiver.url, language=language)  # type: ignore[arg-type]


def breach(stage: AlertStage, at: int = 0) -> Alert:
    """Out of limit at so many seconds after T0."""
    stage.arrive(reading(at, 9.5))
    stage.tick(at)
    return stage.alerts()[-1]


def outbox(stage: AlertStage) -> list[Notification]:
    return [n for alert in stage.alerts() for n in stage.book.notifications(alert.id)]


def test_a_message_arrives_once(stage: AlertStage, receiver: Receiver) -> None:
    dispatcher = set_up(stage, hook(receiver))
    alert = breach(stage)

    assert dispatcher.run_once(T0 + 1000) == Dispatched(sent=1)
    assert dispatcher.run_once(T0 + 2000) == Dispatched()
    (message,) = receiver.received
    assert message["subject"] == "[SEDANG] pH 9,5 di atas batas 9, Outlet, Sentra Batik"
    assert message["body"].splitlines() == [
        "Sejak 07.00 WIB.",
        "Nilai terburuk: 9,5.",
        "Yang harus dilakukan: Cek dosing",
        f"http://pantau.lan/alerts/{alert.id}",
    ]
    assert (message["alert"]["id"], message["transition"]["event"]) == (alert.id, "raised")


def test_a_route_speaks_its_language(stage: AlertStage, receiver: Receiver) -> None:
    dispatcher = set_up(stage, hook(receiver, language=Language.EN))
    breach(stage)
    dispatcher.run_once(T0 + 1000)

    assert receiver.received[0]["subject"] == "[MEDIUM] pH 9.5 above limit 9, Outlet, Batik centre"
    assert "Since 07:00 WIB." in receiver.received[0]["body"]


def test_429_and_500_are_tried_again_until_200(stage: AlertStage, receiver: Receiver) -> None:
    dispatcher = set_up(stage, hook(receiver))
    receiver.answers.extend([429, 500, 408])
    breach(stage)
    waits, now = [], T0
    for _ in range(3):
        assert dispatcher.run_once(now) == Dispatched(retrying=1)
        waits.append(outbox(stage)[0].next_attempt_at - now)
        assert dispatcher.run_once(now + waits[-1] - 1) == Dispatched()
        now += waits[-1]

    assert dispatcher.run_once(now) == Dispatched(sent=1)
    assert waits == sorted(waits)
    assert all(7_500 * 2**n <= wait <= 15_000 * 2**n for n, wait in enumerate(waits))


@pytest.mark.parametrize("status", [400, 401, 404, 410, 301])
def test_what_cannot_help_is_not_tried_again(stage: AlertStage, receiver: Receiver, status: int) -> None:
    dispatcher = set_up(stage, hook(receiver))
    receiver.answers.append(status)
    breach(stage)

    assert dispatcher.run_once(T0) == Dispatched(failed=1)
    (failed,) = outbox(stage)
    assert failed.state is NotificationState.FAILED
    assert failed.last_error is not None
    assert str(status) in failed.last_error


def test_errors_never_show_the_secret_in_the_address(stage: AlertStage, receiver: Receiver) -> None:
    dispatcher = set_up(stage, hook(receiver))
    receiver.answers.extend([500, None])
    breach(stage)
    for now in (T0, T0 + 20_000):
        dispatcher.run_once(now)
        error = outbox(stage)[0].last_error or ""
        assert "127.0.0.1" in error
        assert "s3cret" not in error


def test_a_slow_receiver_is_left_and_tried_again(stage: AlertStage, receiver: Receiver) -> None:
    dispatcher = set_up(stage, hook(receiver))
    receiver.answers.append(None)
    breach(stage)

    assert dispatcher.run_once(T0) == Dispatched(retrying=1)
    assert dispatcher.run_once(T0 + 20_000) == Dispatched(sent=1)


def test_a_dead_route_does_not_hold_up_the_others(stage: AlertStage, receiver: Receiver) -> None:
    dead = Route(id="mati", notifier="webhook", url="http://127.0.0.1:9/x")  # type: ignore[arg-type]
    dispatcher = set_up(stage, dead, hook(receiver))
    breach(stage)

    assert dispatcher.run_once(T0) == Dispatched(sent=1, retrying=1)


class OutOfReach:
    """A notifier whose network never comes back."""

    def notify(self, route: Route, notice: Notice) -> None:
        """Fails for now, every time."""
        raise DeliveryError("no route to host", permanent=False)


def test_it_does_not_give_up_for_seven_days(stage: AlertStage) -> None:
    set_up(stage, Route(id="jauh", notifier="far"))
    dispatcher = Dispatcher(stage.book, stage.registry, {"far": OutOfReach()}, base_url="", random=Random(1))
    breach(stage)
    now, tries = T0, 0
    while outbox(stage)[0].state is NotificationState.QUEUED:
        now = outbox(stage)[0].next_attempt_at
        dispatcher.run_once(now)
        tries += 1

    assert GIVE_UP <= now - T0 <= GIVE_UP + LONGEST_WAIT
    assert tries < 400


def test_old_news_says_how_old_it_is(stage: AlertStage, receiver: Receiver) -> None:
    dispatcher = set_up(stage, hook(receiver))
    breach(stage)
    dispatcher.run_once(T0 + (2 * 86_400 + 3 * 3_600 + 60) * 1000)

    (message,) = receiver.received
    assert "Kabar ini terlambat 2 hari 3 jam." in message["body"]
    assert "Sejak 21/11/2026 07.00 WIB." in message["body"]


def test_what_is_over_by_then_is_told_in_one_message(stage: AlertStage, receiver: Receiver) -> None:
    dispatcher = set_up(stage, hook(receiver))
    breach(stage)
    stage.arrive(reading(600, 8.0))
    stage.tick(600)

    assert dispatcher.run_once(T0 + 3_600_000) == Dispatched(sent=1, condensed=1)
    (message,) = receiver.received
    assert message["subject"] == "Sudah normal: pH 8, Outlet, Sentra Batik"
    assert "Berlangsung 07.00 WIB sampai 07.10 WIB (10 menit)." in message["body"]
    assert {n.state for n in outbox(stage)} == {NotificationState.SENT}


def test_a_waiting_message_is_not_sent_after_its_end_was_told(stage: AlertStage, receiver: Receiver) -> None:
    dispatcher = set_up(stage, hook(receiver))
    receiver.answers.append(500)
    breach(stage)
    dispatcher.run_once(T0)
    stage.arrive(reading(2, 8.0))
    stage.tick(2)

    assert dispatcher.run_once(T0 + 2000) == Dispatched(sent=1)
    assert dispatcher.run_once(T0 + 60_000) == Dispatched(condensed=1)
    assert [m["transition"]["event"] for m in receiver.received] == ["raised", "returned"]


def test_a_notifier_that_does_not_exist_fails_for_good(stage: AlertStage) -> None:
    dispatcher = set_up(stage, Route(id="aneh", notifier="merpati"))
    breach(stage)

    assert dispatcher.run_once(T0) == Dispatched(failed=1)
    assert outbox(stage)[0].last_error == "there is no notifier 'merpati'"


def test_the_log_always_takes_it(stage: AlertStage) -> None:
    dispatcher = set_up(stage, Route(id="catatan", notifier="log"))
    breach(stage)

    assert dispatcher.run_once(T0) == Dispatched(sent=1)
    assert set(NOTIFIERS) == {"log", "webhook"}


class Faulty:
    """Fails on its first message as no notifier should."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.faults = 0

    def notify(self, route: Route, notice: Notice) -> None:
        """Fail once, then remember."""
        if not self.faults:
            self.faults += 1
            raise KeyError("no such word")
        self.told.append(notice.alert.id)


def test_a_message_that_pantau_fails_on_holds_up_no_other(stage: AlertStage) -> None:
    rules = [limit_rule(id=name) for name in ("one", "two")]
    stage.apply(installation(*rules, routes=[Route(id="log", notifier="log", language=Language.ID)]))
    breach(stage)
    faulty = Faulty()
    dispatcher = Dispatcher(stage.book, stage.registry, {"log": faulty}, base_url="http://pantau.lan/")

    assert dispatcher.run_once(T0 + 1000) == Dispatched(sent=1, retrying=1)
    assert dispatcher.run_once(T0 + 60_000) == Dispatched(sent=1)
