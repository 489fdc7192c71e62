"""Who is not judged right now, and for which alert's sake: one parent instead of a storm of children.

How the evaluator uses it, in the order of one tick:

1. While it judges slices: `hear` with the newest receipt of every device that spoke in a slice, `connection` for
   every reading of a gateway's own `online` (`gateways` names them). Both cost what arrived.
2. `Work.change` asks `quieted` about every transition that would ring: an alert raised behind a cause, or in a
   place out of operation, is suppressed in the same breath, and neither step is told.
3. After the slices, once a tick and only when the journal was read to its head: `judge`, in a piece of work that is
   committed before silence falls due. It raises and returns the parents, and moves the children.
4. When silence falls due, `parent_of` (not judged: `RuleStatus.NOT_JUDGED`, `parent`; look again after
   `LOOK_AGAIN`), then `listening` (since when silence counts: the end of the last cause), then `hold` (wait until
   then: the whole group may be silent). `freed` are the devices whose cause ended in this tick: their wait begins
   anew.
5. `forget` whenever the evaluator drops its memory (a commit was refused): everything is read from the book again.

Rule states of system rules (`system.*`) belong to this package; the evaluator leaves them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from domain.alert import Alert, Transition
from domain.ports import AlertBook, Heartbeats, Journal, Pauses
from domain.reading import Millis

if TYPE_CHECKING:
    from alerts.rulebook import Compiled
    from alerts.work import Work

LOOK_AGAIN: Final[Millis] = 600_000  # a device that is not judged is looked at again, if nothing happened before


class Causes:
    """Not for several threads. Everything that must survive a restart is in the book."""

    def __init__(
        self,
        book: AlertBook,
        journal: Journal,
        pauses: Pauses | None = None,
        heartbeats: Heartbeats | None = None,
        free_disk: Callable[[], float | None] | None = None,
    ) -> None:
        """Without pauses or heartbeats nothing is concluded from them. `free_disk`: the free share (0 to 1) of the
        fullest disk that is written to.
        """
        self._book = book
        self._journal = journal
        self._pauses = pauses
        self._heartbeats = heartbeats
        self._free_disk = free_disk
        self.gateways: frozenset[str] = frozenset()
        self.freed: frozenset[str] = frozenset()

    def hear(self, heard: Mapping[str, Millis]) -> None:
        """These devices spoke (`alerts.silence.speaks`): the newest receipt of each in this slice."""

    def connection(self, gateway: str, online: bool, received: Millis) -> None:
        """The broker's word about a gateway's connection (its `online`), in order of arrival."""

    def judge(
        self,
        work: Work,
        rules: Compiled,
        heard: Callable[[str], Millis | None],
        now: Millis,
        *,
        listening: Millis | None = None,
        bad: Mapping[str, str] | None = None,
    ) -> None:
        """Once a tick. `heard`: when a device was last heard, as far as memory goes (asked for every device only
        after a restart or a change of the registry). `listening`: `Attention.since`. `bad`: rules that cannot be
        judged, with their error.
        """

    def parent_of(self, device: str) -> str | None:
        """The id of the alert for whose sake the device is not judged, "pause:N" for a place out of operation."""
        return None

    def listening(self, device: str) -> Millis | None:
        """Since when silence of the device counts: the end of the last cause it was behind."""
        return None

    def hold(self, device: str, due: Millis, now: Millis) -> Millis | None:
        """Its own wait ended at `due`: look again then, for its whole group may be silent. None: it is its own."""
        return None

    def quieted(self, alert: Alert, transition: Transition, now: Millis) -> tuple[Alert, Transition] | None:
        """The suppression that follows a transition of an alert whose device is not judged; None when it may ring."""
        return None

    def forget(self) -> None:
        """Read everything from the book again before the next `judge`; what was heard is kept."""
