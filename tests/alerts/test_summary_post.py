"""Who gets the daily summary, when, and that nobody gets it twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from pathlib import Path

import pytest

from alerts.courier import Courier
from alerts.links import digest
from alerts.notifiers.webhook import WebhookNotifier
from alerts.summary_post import SummaryPost
from alerts.told_once import Posted
from domain.alert import Priority
from domain.errors import Deposed
from domain.registry import Contact, Hours, Installation, Rota, Route, Schedule, Site, Turn
from domain.text import Language, Text
from support.receiver import Receiver
from support.telling import DAY, HOUR, MINUTE, SECOND, T0, Telling, installation

HALF_PAST_SIX = 23 * HOUR + 30 * MINUTE  # 06.30 WIB of 22 November, after T0


def words(sites: Sequence[Site], day: date, language: str, now: int) -> tuple[str, str]:
    """What is told: the day, the sites, the language."""
    return f"{day} {language}", ",".join(site.id for site in sites)


class Mornings:
    """A post over a real book; `start` forgets what was in memory."""

    def __init__(self, telling: Telling) -> None:
        self.telling = telling
        self.start()

    def start(self) -> None:
        """As after a restart."""
        courier = Courier({"webhook": WebhookNotifier(timeout=0.3)})
        self.post = SummaryPost(self.telling.book, self.telling.registry, courier, words)

    def look(self, now: int, term: int | None = None) -> Posted:
        """At so many ms after T0."""
        return self.post.run_once(T0 + now, term)


@pytest.fixture
def mornings(tmp_path: Path, receiver: Receiver) -> Iterator[Mornings]:
    """Budi by two routes, Ann by a rota, and a route without a summary."""
    budi = Contact(id="budi", name="Budi", notifier="webhook", address=receiver.url)
    ann = Contact(id="ann", name="Ann", notifier="webhook", address=receiver.url, language=Language.EN)
    rota = Rota(id="jaga", name=Text(id="x", en="x"), turns=(Turn(contact="ann"),))
    routes = (
        Route(id="satu", contacts=("budi",), summary=True),
        Route(id="dua", contacts=("budi",), rota="jaga", summary=True, sites=("batik",)),
        Route(id="tiga", notifier="webhook", url=receiver.url),  # type: ignore[arg-type]
    )
    telling = Telling(tmp_path, installation(*routes, contacts=(budi, ann), rotas=(rota,)))
    yield Mornings(telling)
    telling.close()


def test_it_comes_at_half_past_six_once_to_each(mornings: Mornings, receiver: Receiver) -> None:
    assert mornings.look(HALF_PAST_SIX - 1) == Posted()
    assert mornings.look(HALF_PAST_SIX) == Posted(sent=2)
    for minute in range(1, 60):
        mornings.look(HALF_PAST_SIX + minute * MINUTE)

    assert sorted(receiver.subjects) == ["2026-11-21 en", "2026-11-21 id"]
    assert {message["body"] for message in receiver.received} == {"batik"}


def test_a_restart_repeats_nothing(mornings: Mornings, receiver: Receiver) -> None:
    mornings.look(HALF_PAST_SIX)
    mornings.start()

    assert mornings.look(HALF_PAST_SIX + MINUTE) == Posted()


def test_the_next_morning_has_its_own(mornings: Mornings, receiver: Receiver) -> None:
    mornings.look(HALF_PAST_SIX)

    assert mornings.look(HALF_PAST_SIX + DAY) == Posted(sent=2)


def test_after_days_without_power_only_yesterday_is_told_and_said_to_be_late(
    mornings: Mornings, receiver: Receiver
) -> None:
    mornings.look(HALF_PAST_SIX)
    mornings.look(HALF_PAST_SIX + 4 * DAY + 3 * HOUR)

    late = receiver.received[2:]
    assert {message["subject"][:10] for message in late} == {"2026-11-25"}
    assert {message["body"].splitlines()[1] for message in late} == {
        "Ringkasan ini terlambat 3 jam.", "This summary is 3 h late.",
    }  # fmt: skip


def test_a_reader_who_cannot_be_reached_is_tried_again_and_the_others_are_not_told_twice(
    mornings: Mornings, receiver: Receiver
) -> None:
    receiver.answers.append(500)

    assert mornings.look(HALF_PAST_SIX) == Posted(sent=1, retrying=1)
    assert mornings.look(HALF_PAST_SIX + 1000) == Posted()
    assert mornings.look(HALF_PAST_SIX + MINUTE) == Posted(sent=1)
    assert receiver.received[0]["id"] == receiver.received[2]["id"]


def test_what_is_refused_for_good_is_given_up(mornings: Mornings, receiver: Receiver) -> None:
    receiver.answers.append(401)

    assert mornings.look(HALF_PAST_SIX) == Posted(sent=1, failed=1)
    assert mornings.look(HALF_PAST_SIX + HOUR) == Posted()


def change_budi(mornings: Mornings, **keys: object) -> None:
    """Budi as he is, but for these; at night, until 08.00, he may have quiet hours."""
    night = Schedule(id="malam", name=Text(id="x", en="x"), hours=(Hours(start=time(21), end=time(8)),))
    registry = mornings.telling.registry
    (budi,) = (one for one in registry.installation().contacts if one.id == "budi")
    changed = Contact.model_validate({**budi.model_dump(), **keys})
    registry.apply(Installation(schedules=(night,), contacts=(changed,)), "test", T0)


def test_quiet_hours_hold_the_summary_until_they_end(mornings: Mornings, receiver: Receiver) -> None:
    change_budi(mornings, quiet="malam")

    assert mornings.look(HALF_PAST_SIX) == Posted(sent=1)
    assert mornings.look(HALF_PAST_SIX + 89 * MINUTE) == Posted()
    assert mornings.look(HALF_PAST_SIX + 90 * MINUTE) == Posted(sent=1)


def test_quiet_hours_that_hold_back_nothing_hold_no_summary(mornings: Mornings, receiver: Receiver) -> None:
    change_budi(mornings, quiet="malam", quiet_from=Priority.LOW)

    assert mornings.look(HALF_PAST_SIX) == Posted(sent=2)


def test_who_is_switched_off_gets_no_summary(mornings: Mornings, receiver: Receiver) -> None:
    change_budi(mornings, enabled=False)

    assert mornings.look(HALF_PAST_SIX) == Posted(sent=1)


def test_one_that_was_deposed_notes_nothing_as_told(mornings: Mornings) -> None:
    book = mornings.telling.book
    old = book.lead("alerts", "first", T0, SECOND)
    book.lead("alerts", "second", T0 + MINUTE, MINUTE)

    with pytest.raises(Deposed):
        mornings.look(HALF_PAST_SIX, old)
    assert not book.used(digest("summary:2026-11-21:budi"))
