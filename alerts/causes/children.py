"""Moving the alerts of devices that are not judged: suppressed for the sake of their cause, released after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from alerts.lifecycle import suppress, unsuppress
from domain.alert import Alert, AlertState, RuleStatus
from domain.ports import AlertBook
from domain.reading import Millis

if TYPE_CHECKING:
    from alerts.work import Work

MANY: Final = 2_000  # devices from which on all open alerts are read instead of theirs
PAGE: Final = 500
SYSTEM: Final = "system"
PAUSE: Final = "pause:"

Parent = Callable[[str], str | None]


def alert_of(parent: str | None) -> str | None:
    """The alert that is the parent; none where it is a pause."""
    return None if parent is None or parent.startswith(PAUSE) else parent


def all_open(book: AlertBook) -> Iterator[Alert]:
    """Every alert that has not ended."""
    after: str | None = None
    while True:
        page = book.page(after, PAGE, None, None, None, True)
        yield from page.items
        after = page.next
        if after is None:
            return


def open_of(book: AlertBook, devices: Collection[str]) -> list[Alert]:
    """The open alerts of these devices that are not about Pantau itself."""
    if not devices:
        return []
    names = frozenset(devices)
    found = all_open(book) if len(names) > MANY else book.open_alerts(sorted(names))
    return [alert for alert in found if alert.device in names and alert.kind != SYSTEM]


class Children:
    """`waiting`: devices with a suppressed alert whose cause is over; released when they speak, or by `Alert.due`."""

    def __init__(self, book: AlertBook, parent_of: Parent) -> None:
        self._book = book
        self._parent_of = parent_of
        self.waiting: set[str] = set()

    def cover(self, work: Work, devices: Collection[str], why: str | None, now: Millis) -> None:
        """These devices are not judged from now on."""
        for alert in self._present(work, devices):
            parent = alert_of(self._parent_of(alert.device))
            done = suppress(alert, parent, why, now)
            if done is not None:
                work.change(*done)
            elif alert.state is AlertState.SUPPRESSED and alert.parent != parent:
                work.change(replace(alert, parent=parent, due=None), None)

    def release(
        self, work: Work, devices: Collection[str], spoke: Collection[str], wait: Callable[[str], Millis], now: Millis
    ) -> None:
        """Their cause is over. Those that spoke are judged; the others get `wait` ms to do so."""
        present = list(self._present(work, devices))
        settling = self._settling([alert for alert in present if alert.device in spoke])
        for alert in present:
            if alert.state is not AlertState.SUPPRESSED:
                continue
            parent = self._parent_of(alert.device)
            if parent is not None:
                work.change(replace(alert, parent=alert_of(parent)), None)
            elif alert.device in spoke:
                self.free(work, alert, now, settles=alert.id in settling)
            else:
                due = now + wait(alert.device)
                work.change(replace(alert, due=due if alert.due is None else min(alert.due, due)), None)
                self.waiting.add(alert.device)

    def spoke(self, work: Work, devices: Collection[str], now: Millis) -> None:
        """Of those that wait, these spoke: what they said has been judged by now."""
        heard = self.waiting.intersection(devices)
        present = list(self._present(work, heard))
        settling = self._settling(present)
        for alert in present:
            if alert.state is AlertState.SUPPRESSED and self._parent_of(alert.device) is None:
                self.free(work, alert, now, settles=alert.id in settling)
        self.waiting -= heard

    def free(self, work: Work, alert: Alert, now: Millis, *, settles: bool) -> None:
        """Back to life; one that `settles`, because its condition seems to be gone, is given its off-delay first."""
        if settles:
            work.change(replace(alert, due=now), None)
            return
        done = unsuppress(alert, now)
        if done is not None:
            work.change(*done)

    def _settling(self, alerts: Collection[Alert]) -> set[str]:
        """Those whose rule found the condition gone, and waits whether it stays so."""
        suppressed = [alert for alert in alerts if alert.state is AlertState.SUPPRESSED]
        states = self._book.states(sorted({(a.device, a.metric) for a in suppressed})) if suppressed else []
        return {s.alert for s in states if s.status is RuleStatus.RETURNING and s.alert is not None}

    def _present(self, work: Work, devices: Collection[str]) -> Iterator[Alert]:
        found = open_of(self._book, devices)
        work.adopt(found)
        for alert in found:
            present = work.alert(alert.id)
            if present is not None:
                yield present
