"""Whatever waits, every notification is told, settled or held: none is lost, none told twice."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.parcels import FEW, MANY, Item, plan
from domain.alert import AlertEvent, AlertState, Notification, Priority, Purpose, Transition
from domain.performance import FLOOD_WINDOW
from support.alerting import NOON, alert

MINUTE = 60_000
SITES = ("batik", "alas-kaki")


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    """Notifications of one target about up to 30 alerts in any state."""
    found: list[Item] = []
    for index in range(draw(st.integers(0, 30))):
        about = replace(
            alert(f"a{index}"),
            site=draw(st.sampled_from(SITES)),
            state=draw(st.sampled_from(AlertState)),
            active=draw(st.booleans()),
            priority=draw(st.sampled_from(Priority)),
            latching=draw(st.booleans()),
            kind=draw(st.sampled_from(["limit", "system"])),
        )
        for _ in range(draw(st.integers(1, 3))):
            number = len(found) + 1
            note = Notification(
                number,
                "ipal",
                id=number,
                queued_at=NOON + draw(st.integers(0, 60)) * MINUTE,
                attempts=draw(st.integers(0, 2)),
                purpose=draw(st.sampled_from(Purpose)),
                round=draw(st.integers(0, 3)),
            )
            found.append((note, Transition(about.id, NOON, AlertEvent.RAISED, AlertState.NORMAL, about.state), about))
    return found


FLOODS = st.dictionaries(st.sampled_from(SITES), st.integers(0, 60).map(lambda minutes: NOON + minutes * MINUTE))


@settings(max_examples=40, deadline=None)
@given(waiting=items(), floods=FLOODS)
def test_every_notification_has_one_fate(waiting: list[Item], floods: dict[str, int]) -> None:
    made = plan(waiting, floods, NOON + 60 * MINUTE)
    told = [item[0].id for parcel in made.parcels for story in parcel for item in story.items]
    fates = Counter([*told, *(note.id for note, _ in made.settled), *(note.id for note, _ in made.held)])

    assert fates == Counter(item[0].id for item in waiting)


@settings(max_examples=40, deadline=None)
@given(waiting=items(), floods=FLOODS)
def test_however_much_waits_a_person_gets_few_messages(waiting: list[Item], floods: dict[str, int]) -> None:
    made = plan(waiting, floods, NOON + 60 * MINUTE)

    assert len(made.parcels) <= FEW + 1 + MANY + 1  # old and open, old and over, fresh, the digest


@settings(max_examples=40, deadline=None)
@given(waiting=items(), floods=FLOODS)
def test_what_is_critical_is_never_held(waiting: list[Item], floods: dict[str, int]) -> None:
    made = plan(waiting, floods, NOON + 60 * MINUTE)
    critical = {note.id for note, _, about in waiting if about.priority is Priority.CRITICAL}

    assert not critical & {note.id for note, _ in made.held}


@settings(max_examples=40, deadline=None)
@given(waiting=items(), floods=FLOODS)
def test_nothing_is_held_for_longer_than_ten_minutes(waiting: list[Item], floods: dict[str, int]) -> None:
    now = NOON + 60 * MINUTE
    made = plan(waiting, floods, now)

    assert all(now < until <= now + FLOOD_WINDOW for _, until in made.held)
