"""`pantau doctor`: the broker that is in use, and people who were not told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.alert import AlertEvent, AlertState, Notification, NotificationState, Target, Transition
from domain.ports import Heartbeat
from domain.ports_alerts import TickChange
from domain.vitals import SILENT_AFTER
from service.clock import now
from service.doctor import broker_in_use, examine
from service.options import opened
from service.settings import load
from support.alerting import alert

BEAT = Heartbeat("broker", 0, {"state": "connected", "host": "127.0.0.1", "port": 1991})


@pytest.mark.parametrize(
    ("beats", "age", "found"),
    [
        ([BEAT], 0, ("127.0.0.1", 1991)),
        ([BEAT], SILENT_AFTER, ("127.0.0.1", 1991)),
        ([BEAT], SILENT_AFTER + 1, None),
        ([Heartbeat("store", 0, {"host": "db", "port": 1})], 0, None),
        ([Heartbeat("broker", 0, {"state": "away"})], 0, None),
        ([], 0, None),
    ],
)
def test_the_broker_looked_at_is_the_one_a_running_collector_has(
    beats: list[Heartbeat], age: int, found: tuple[str, int] | None
) -> None:
    assert broker_in_use(beats, age) == found


def test_messages_given_up_in_the_last_day_are_a_finding_with_the_reason_of_the_newest(tmp_path: Path) -> None:
    at = now()
    with opened(None, tmp_path / "data") as app:
        book = app.services.book
        raised = alert(since=at, version=1)
        step = Transition(raised.id, at, AlertEvent.RAISED, AlertState.NORMAL, AlertState.UNACKNOWLEDGED)
        book.commit(TickChange(0, [], [raised], [step], {0: [Target("ipal", "budi")]}), at)
        (told,) = book.notifications(raised.id)
        book.update_notification(given_up(told))

    found = {one.what: one for one in examine(load(None, data_dir=tmp_path / "data"))}["people told"]
    assert not found.well
    assert "1 of the last day's messages given up, the newest to ipal/budi: HTTP 404" in found.found
    assert json.dumps(found.as_json())


def given_up(told: Notification) -> Notification:
    """As the dispatcher leaves what a channel refused for good."""
    return replace(told, state=NotificationState.FAILED, attempts=1, last_error="HTTP 404")
