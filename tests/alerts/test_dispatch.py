"""The outbox against a real HTTP receiver that fails, is slow, says 429, is away, then takes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from alerts.dispatch import GIVE_UP, LONGEST_WAIT, Dispatched, Dispatcher
from alerts.notifiers import NOTIFIERS
from alerts.notifiers.webhook import WebhookNotifier, retry_after
from domain.alert import AlertEvent, AlertState, NotificationState, Priority
from domain.errors import DeliveryError, Deposed
from domain.ports import Address, Notice, Notifier
from domain.registry import Contact, Installation, Route
from domain.text import Language
from support.receiver import Receiver
from support.telling import DAY, HOUR, MINUTE, SECOND, T0, Telling, installation

Stage = Callable[..., Telling]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Makes the stage with these routes and contacts."""
    made: list[Telling] = []

    def make(*routes: Route, contacts: tuple[Contact, ...] = (), **options: object) -> Telling:
        made.append(Telling(tmp_path, installation(*routes, contacts=contacts), **options))
        return made[0]

    yield make
    for telling in made:
        telling.close()


def hook(receiver: Receiver, name: str = "kait", language: Language = Language.ID) -> Route:
    return Route(id=name, notifier="webhook", url=receiver.url, language=language)  # type: ignore[arg-type]


def test_a_message_arrives_once(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    alert = telling.raised()

    assert telling.dispatch(1 * SECOND) == Dispatched(sent=1)
    assert telling.dispatch(2 * SECOND) == Dispatched()
    (message,) = receiver.received
    assert message["subject"] == "[SEDANG] pH 9,5 di atas batas 9, Outlet, Sentra Batik"
    assert message["body"].splitlines() == [
        "Sejak 07.00 WIB.",
        "Nilai terburuk: 9,5.",
        "Yang harus dilakukan: Cek dosing",
        f"http://pantau.lan/alerts/{alert.id}",
    ]
    assert (message["alert"]["id"], message["transition"]["event"]) == (alert.id, "raised")


def test_a_route_speaks_its_language(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver, language=Language.EN))
    telling.raised()
    telling.dispatch()

    assert receiver.subjects == ["[MEDIUM] pH 9.5 above limit 9, Outlet, Batik centre"]
    assert "Since 07:00 WIB." in receiver.received[0]["body"]


def test_every_person_is_told_in_his_own_language(stage: Stage, receiver: Receiver) -> None:
    budi = Contact(id="budi", name="Budi", notifier="webhook", address=receiver.url)
    ann = Contact(id="ann", name="Ann", notifier="webhook", address=receiver.url, language=Language.EN)
    telling = stage(Route(id="ipal", contacts=("budi", "ann")), contacts=(budi, ann))
    telling.raised()

    assert telling.dispatch() == Dispatched(sent=2)
    assert {subject.split("]")[0] for subject in receiver.subjects} == {"[SEDANG", "[MEDIUM"}


def test_429_and_500_are_tried_again_until_200(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    receiver.answers.extend([429, 500, 408])
    telling.raised()
    waits, now = [], 0
    for _ in range(3):
        assert telling.dispatch(now) == Dispatched(retrying=1)
        waits.append(telling.outbox()[0].next_attempt_at - T0 - now)
        assert telling.dispatch(now + waits[-1] - 1) == Dispatched()
        now += waits[-1]

    assert telling.dispatch(now) == Dispatched(sent=1)
    assert waits == sorted(waits)
    assert all(7_500 * 2**n <= wait <= 15_000 * 2**n for n, wait in enumerate(waits))


def test_a_target_that_says_when_to_come_back_is_left_alone_until_then(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    receiver.answers.append((429, {"retry-after": "600"}))
    telling.raised()
    telling.dispatch()
    telling.raised("a2", now=MINUTE)

    assert telling.dispatch(MINUTE) == Dispatched(held=1)
    assert telling.dispatch(10 * MINUTE - 1) == Dispatched()
    assert len(receiver.requests) == 1
    assert telling.dispatch(10 * MINUTE) == Dispatched(sent=2)


def test_also_after_a_restart(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    receiver.answers.append((503, {"retry-after": "600"}))
    telling.raised()
    telling.dispatch()
    telling.start()

    assert telling.dispatch(10 * MINUTE - 1) == Dispatched()
    assert telling.dispatch(10 * MINUTE) == Dispatched(sent=1)


@pytest.mark.parametrize(
    ("said", "date", "seconds"),
    [
        ("120", None, 120.0),
        ("999999999", None, 86_400.0),
        ("Sat, 21 Nov 2026 00:10:00 GMT", "Sat, 21 Nov 2026 00:00:00 GMT", 600.0),
        ("Sat, 21 Nov 2026 00:00:00 GMT", "Sat, 21 Nov 2026 00:10:00 GMT", 0.0),
        ("Sat, 21 Nov 2026 00:10:00 GMT", None, None),
        ("soon", None, None),
        ("-5", None, None),
        (None, None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date_by_their_own_clock(
    said: str | None, date: str | None, seconds: float | None
) -> None:
    assert retry_after(said, date) == seconds


@pytest.mark.parametrize("status", [400, 401, 404, 410, 301])
def test_what_cannot_help_is_not_tried_again(stage: Stage, receiver: Receiver, status: int) -> None:
    telling = stage(hook(receiver))
    receiver.answers.append(status)
    telling.raised()

    assert telling.dispatch() == Dispatched(failed=1)
    (failed,) = telling.outbox()
    assert failed.state is NotificationState.FAILED
    assert failed.last_error == f"http://{receiver.host}/…: HTTP {status}"


def test_errors_never_show_the_secret_in_the_address(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    receiver.answers.extend([500, None])
    telling.raised()
    for now in (0, 20 * SECOND):
        telling.dispatch(now)
        error = telling.outbox()[0].last_error or ""
        assert "127.0.0.1" in error
        assert "s3cret" not in error


def test_a_slow_receiver_is_left_and_tried_again(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    receiver.answers.append(None)
    telling.raised()

    assert telling.dispatch() == Dispatched(retrying=1)
    assert telling.dispatch(20 * SECOND) == Dispatched(sent=1)


def test_a_dead_route_does_not_hold_up_the_others(stage: Stage, receiver: Receiver) -> None:
    dead = Route(id="mati", notifier="webhook", url="http://127.0.0.1:9/x")  # type: ignore[arg-type]
    telling = stage(dead, hook(receiver))
    telling.raised()

    assert telling.dispatch() == Dispatched(sent=1, retrying=1)
    assert telling.dispatcher.failing() == {"mati": T0}


class Stuck:
    """A notifier that hangs until it is let go; `address.name` of whoever was told."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.told: list[str] = []

    def notify(self, address: Address, notice: Notice) -> None:
        """Wait."""
        self.go_on.wait()
        self.told.append(address.name)


def test_a_channel_that_hangs_does_not_hold_up_the_round_nor_is_it_asked_twice(
    stage: Stage, receiver: Receiver
) -> None:
    stuck = Stuck()
    notifiers = {"stuck": stuck, "webhook": WebhookNotifier()}
    telling = stage(Route(id="gantung", notifier="stuck"), hook(receiver), notifiers=notifiers, patience=0.2)
    telling.raised()

    rounds = [telling.dispatch() for _ in range(20)]  # the other channel's thread may need more than one
    assert sum(one.sent for one in rounds) == 1
    assert rounds[-1] == Dispatched(busy=1)
    stuck.go_on.set()
    sent = 0
    for _ in range(100):
        sent += telling.dispatch(2 * SECOND).sent
        if sent:
            break
    assert (sent, stuck.told) == (1, ["gantung"])


class HangsLater(Stuck):
    """Fails the first time for each target and hangs from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.failed: set[str] = set()

    def notify(self, address: Address, notice: Notice) -> None:
        """Fail, or wait."""
        if address.name not in self.failed:
            self.failed.add(address.name)
            raise DeliveryError("no answer", permanent=False)
        super().notify(address, notice)


def test_channels_that_fail_take_half_of_the_hands_at_most(stage: Stage, receiver: Receiver) -> None:
    hanging = HangsLater()
    dead = [Route(id=f"mati-{n}", notifier="hangs") for n in range(8)]
    notifiers = {"webhook": WebhookNotifier(), "hangs": hanging}
    telling = stage(*dead, hook(receiver), notifiers=notifiers, workers=4, patience=0.5)
    telling.raised()
    first = telling.dispatch()
    telling.raised("a2", now=MINUTE)
    second = telling.dispatch(MINUTE)
    hanging.go_on.set()

    assert (first.sent, first.retrying) == (1, 8)
    assert (second.sent, second.busy) == (1, 2)


class OutOfReach:
    """A notifier whose network never comes back."""

    def notify(self, address: Address, notice: Notice) -> None:
        """Fails for now, every time."""
        raise DeliveryError("no route to host", permanent=False)


def test_it_does_not_give_up_for_seven_days(stage: Stage) -> None:
    telling = stage(Route(id="jauh", notifier="far"), notifiers={"far": OutOfReach()})
    telling.raised()
    now, tries = 0, 0
    while telling.unsettled():
        now = telling.outbox()[0].next_attempt_at - T0
        telling.dispatch(now)
        tries += 1

    assert GIVE_UP <= now <= GIVE_UP + LONGEST_WAIT
    assert tries < 400


def test_old_news_says_how_old_it_is(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    telling.raised()
    telling.dispatch(2 * DAY + 3 * HOUR + MINUTE)

    (message,) = receiver.received
    assert "Kabar ini terlambat 2 hari 3 jam." in message["body"]
    assert "Sejak 21/11/2026 07.00 WIB." in message["body"]


def test_what_is_over_by_then_is_told_in_one_message(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    telling.returned(telling.raised(), 10 * MINUTE)

    assert telling.dispatch(HOUR) == Dispatched(sent=1, condensed=1)
    (message,) = receiver.received
    assert message["subject"] == "Sudah normal: pH 8, Outlet, Sentra Batik"
    assert "Berlangsung 07.00 WIB sampai 07.10 WIB (10 menit)." in message["body"]
    assert {n.state for n in telling.outbox()} == {NotificationState.SENT}


def test_a_waiting_message_is_told_together_with_its_end(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    receiver.answers.append(500)
    alert = telling.raised()
    telling.dispatch()
    telling.returned(alert, 2 * SECOND)

    assert telling.dispatch(2 * SECOND) == Dispatched(sent=1, condensed=1)
    assert telling.dispatch(MINUTE) == Dispatched()
    assert [m["transition"]["event"] for m in receiver.received] == ["raised", "returned"]


@pytest.mark.parametrize("state", [AlertState.SHELVED, AlertState.SUPPRESSED, AlertState.OUT_OF_SERVICE])
def test_what_was_put_aside_before_it_could_be_told_is_not_told(
    stage: Stage, receiver: Receiver, state: AlertState
) -> None:
    telling = stage(hook(receiver))
    telling.silently(telling.raised(), AlertEvent.SUPPRESSED, SECOND, state=state)

    assert telling.dispatch(2 * SECOND) == Dispatched(skipped=1)
    assert telling.outbox()[0].last_error == "put_aside"


def test_a_contact_who_was_switched_off_meanwhile_is_told_nothing_and_it_is_no_failure(
    stage: Stage, receiver: Receiver
) -> None:
    budi = Contact(id="budi", name="Budi", notifier="webhook", address=receiver.url)
    telling = stage(Route(id="ipal", contacts=("budi",)), contacts=(budi,))
    telling.raised()
    off = budi.model_copy(update={"enabled": False})
    telling.registry.apply(Installation(contacts=(off,)), "test", T0)

    assert telling.dispatch() == Dispatched(skipped=1)
    assert telling.outbox()[0].last_error == "switched_off"


@pytest.mark.parametrize(
    ("route", "error"),
    [
        (Route(id="aneh", notifier="merpati"), "there is no notifier 'merpati'"),
        (Route(id="kosong", notifier="webhook"), "kosong has no address"),
    ],
)
def test_what_can_never_be_told_fails_for_good(stage: Stage, route: Route, error: str) -> None:
    telling = stage(route)
    telling.raised()

    assert telling.dispatch() == Dispatched(failed=1)
    assert telling.outbox()[0].last_error == error


def test_the_log_always_takes_it(stage: Stage) -> None:
    telling = stage(Route(id="catatan", notifier="log"))
    telling.raised()

    assert telling.dispatch() == Dispatched(sent=1)
    assert set(NOTIFIERS) == {"apprise", "log", "webhook"}


class Faulty:
    """Fails on its first message as no notifier should."""

    def __init__(self) -> None:
        self.faults = 0

    def notify(self, address: Address, notice: Notice) -> None:
        """Fail once."""
        if not self.faults:
            self.faults += 1
            raise KeyError("no such word")


def test_a_message_that_pantau_fails_on_holds_up_no_other(stage: Stage) -> None:
    telling = stage(Route(id="log", notifier="log"), notifiers={"log": Faulty()})
    telling.raised("a1")
    telling.raised("a2", priority=Priority.LOW)

    assert telling.dispatch(SECOND) == Dispatched(sent=1, retrying=1)
    assert telling.dispatch(MINUTE) == Dispatched(sent=1)


def test_killed_between_sending_and_noting_it_comes_again_with_the_same_id(stage: Stage, receiver: Receiver) -> None:
    telling = stage(hook(receiver))
    telling.raised()
    telling.dispatch()
    with telling.db.writing() as connection:  # as if the note had never been written
        connection.execute(text("UPDATE notification SET state = 'queued', attempts = 0, sent_at = NULL"))
    telling.start()
    telling.dispatch(SECOND)

    first, second = receiver.received
    assert first["id"] == second["id"]


class TakenOver:
    """While its first message is under way another process takes the lease and tells; then it fails, or not."""

    def __init__(self, fails: bool) -> None:
        self.fails = fails
        self.told: list[str] = []
        self.meanwhile: Callable[[], object] | None = None

    def notify(self, address: Address, notice: Notice) -> None:
        """Tell, or be cut off while the other tells."""
        self.told.append(notice.id)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
            if self.fails:
                raise DeliveryError("the line was cut", permanent=False)


def succeed(telling: Telling, notifier: Notifier) -> None:
    """Another process leads, and tells what waits."""
    term = telling.book.lead("alerts", "second", T0 + MINUTE, MINUTE)
    other = Dispatcher(telling.book, telling.registry, {"log": notifier}, base_url="http://pantau.lan/")
    other.run_once(T0 + MINUTE, term)
    other.close()


@pytest.mark.parametrize("fails", [True, False])
def test_a_deposed_dispatcher_that_wakes_mid_delivery_puts_nothing_back(stage: Stage, fails: bool) -> None:
    notifier = TakenOver(fails)
    telling = stage(Route(id="log", notifier="log"), notifiers={"log": notifier})
    telling.raised()
    notifier.meanwhile = lambda: succeed(telling, notifier)
    old = telling.book.lead("alerts", "first", T0, SECOND)

    with pytest.raises(Deposed):
        telling.dispatcher.run_once(T0, old)
    (kept,) = telling.outbox()
    assert (kept.state, kept.sent_at, kept.attempts) == (NotificationState.SENT, T0 + MINUTE, 1)


def test_a_dispatcher_that_leads_once_more_tells_nothing_again(stage: Stage) -> None:
    notifier = TakenOver(fails=True)
    telling = stage(Route(id="log", notifier="log"), notifiers={"log": notifier})
    telling.raised()
    notifier.meanwhile = lambda: succeed(telling, notifier)
    with suppress(Deposed):
        telling.dispatcher.run_once(T0, telling.book.lead("alerts", "first", T0, SECOND))
    told = len(notifier.told)
    again = telling.book.lead("alerts", "first", T0 + HOUR, MINUTE)
    telling.dispatcher.run_once(T0 + HOUR, again)

    assert (len(notifier.told), telling.unsettled()) == (told, [])
