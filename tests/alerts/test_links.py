"""Links that acknowledge: signed, for one person, once, for a while."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from alerts.desk import Desk
from alerts.links import SignedLinks, digest, link_key
from domain.alert import Alert, AlertEvent, AlertState, NotificationState
from domain.errors import ConfigurationError, Conflict, Expired, Invalid
from domain.registry import Contact, Route
from storage.audit import SqlAuditLog
from support.telling import DAY, HOUR, SECOND, T0, Telling, installation

BUDI = Contact(id="budi", name="Budi", notifier="log")


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    """Budi is told."""
    made = Telling(tmp_path, installation(Route(id="ipal", contacts=("budi",)), contacts=(BUDI,)))
    yield made
    made.close()


def links(telling: Telling, key: bytes = b"k" * 32, desk: type[Desk] = Desk) -> SignedLinks:
    made = desk(telling.book, telling.registry, SqlAuditLog(telling.db))
    return SignedLinks(telling.book, made, key, base_url="http://pantau.lan/")


def token(address: str) -> str:
    assert address.startswith("http://pantau.lan/a/")
    return address.rsplit("/", 1)[1]


def test_the_link_acknowledges_in_the_name_of_whom_it_was_made_for(telling: Telling) -> None:
    alert = telling.raised()
    made = links(telling)

    seen = made.acknowledge(token(made.make(alert.id, "budi", T0)), "saya cek", T0 + HOUR)
    assert (seen.state, seen.acknowledged_by) == (AlertState.ACKNOWLEDGED, "budi")
    assert telling.book.transitions(alert.id)[-1].comment == "saya cek"


def test_looking_changes_nothing_for_a_preview_is_no_person(telling: Telling) -> None:
    alert = telling.raised()
    telling.dispatch()
    made = links(telling)

    assert made.read(token(made.make(alert.id, "budi", T0)), T0 + HOUR) == (alert.id, "budi")
    assert telling.book.alert(alert.id).state is AlertState.UNACKNOWLEDGED
    assert [told.state for told in telling.outbox()] == [NotificationState.SENT]


def test_what_was_sent_to_whoever_acknowledges_counts_as_seen(telling: Telling) -> None:
    alert = telling.raised()
    telling.dispatch()
    made = links(telling)
    made.acknowledge(token(made.make(alert.id, "budi", T0)), None, T0 + HOUR)

    seen = telling.outbox()[0]
    assert (seen.state, seen.seen_at) == (NotificationState.SEEN, T0 + HOUR)


def test_it_works_once(telling: Telling) -> None:
    alert = telling.raised()
    made = links(telling)
    used = token(made.make(alert.id, "budi", T0))
    acknowledged = made.acknowledge(used, None, T0 + SECOND)
    again = replace(acknowledged, state=AlertState.UNACKNOWLEDGED)
    telling.step(again, AlertEvent.REALARMED, 2 * SECOND)

    with pytest.raises(Conflict, match="used before"):
        made.acknowledge(used, None, T0 + 3 * SECOND)
    assert made.acknowledge(token(made.make(alert.id, "budi", T0 + 2000)), None, T0 + 3000).acknowledged_by == "budi"


def test_a_link_whose_alert_moved_on_stays_unused(telling: Telling) -> None:
    alert = telling.raised()
    made = links(telling)
    kept = token(made.make(alert.id, "budi", T0))
    taken = telling.silently(alert, AlertEvent.ACKNOWLEDGED, SECOND, state=AlertState.ACKNOWLEDGED)

    with pytest.raises(Conflict) as refused:
        made.acknowledge(kept, None, T0 + SECOND)
    assert refused.value.present == AlertState.ACKNOWLEDGED
    telling.step(replace(taken, state=AlertState.UNACKNOWLEDGED), AlertEvent.REALARMED, 2 * SECOND)
    assert made.acknowledge(kept, None, T0 + 3 * SECOND).state is AlertState.ACKNOWLEDGED


class Crowded(Desk):
    """A desk at which Siti is always a moment quicker."""

    def acknowledge(self, alert: str, who: str, comment: str | None, now: int) -> Alert:
        """Hers, then what was asked for."""
        super().acknowledge(alert, "siti", None, now)
        return super().acknowledge(alert, who, comment, now)


def test_a_link_that_comes_second_by_a_moment_stays_unused(telling: Telling) -> None:
    made = links(telling, desk=Crowded)
    kept = token(made.make(telling.raised().id, "budi", T0))

    with pytest.raises(Conflict):
        made.acknowledge(kept, None, T0 + SECOND)
    assert not telling.book.used(digest(kept))


def test_it_expires_after_three_days(telling: Telling) -> None:
    alert = telling.raised()
    made = links(telling)
    old = token(made.make(alert.id, "budi", T0))

    assert made.read(old, T0 + 3 * DAY) == (alert.id, "budi")
    with pytest.raises(Expired, match="too old"):
        made.read(old, T0 + 3 * DAY + SECOND)


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_one_changed_letter_makes_it_a_forgery(telling: Telling, place: int) -> None:
    made = links(telling)
    good = token(made.make(telling.raised().id, "budi", T0))
    bad = list(good)
    bad[place] = "A" if bad[place] != "A" else "Q"

    with pytest.raises(Invalid):
        made.read("".join(bad), T0)


@pytest.mark.parametrize("text", ["", ".", "e30", "x" * 5000, "%00"])
def test_nonsense_is_refused(telling: Telling, text: str) -> None:
    with pytest.raises(Invalid):
        links(telling).read(text, T0)


def test_another_key_reads_none_of_ours(telling: Telling) -> None:
    good = token(links(telling).make(telling.raised().id, "budi", T0))

    with pytest.raises(Invalid):
        links(telling, b"x" * 32).read(good, T0)


def test_the_key_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "link.key"
    first = link_key(path)

    assert (len(first), link_key(path)) == (32, first)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.key").write_bytes(b"short")

    with pytest.raises(ConfigurationError, match="5 bytes"):
        link_key(tmp_path / "link.key")


def test_the_message_carries_the_link_for_a_person(telling: Telling) -> None:
    told: list[str | None] = []

    class Keeps:
        def notify(self, address: object, notice: object) -> None:
            told.append(notice.body.splitlines()[-1])  # type: ignore[attr-defined]

    telling.start(notifiers={"log": Keeps()}, links=links(telling))
    telling.raised()
    telling.dispatch()

    assert told[0] is not None
    assert told[0].startswith("Saya tangani: http://pantau.lan/a/")
