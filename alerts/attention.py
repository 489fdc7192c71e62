"""Since when anybody has been listening: after a standstill of Pantau itself, silence is nobody's fault.

One row remembers the last tick (every 30 s at most, so that quiet ticks write nothing). When ticks stood
still for more than two minutes and nothing was received meanwhile, whoever is to be heard gets its full
time again from now; an alerts process that was away while the collector went on changes nothing.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from domain.alert import RuleState
from domain.ports import AlertBook
from domain.reading import Millis

MARK: Final = RuleState("pantau.tick", "-", "-")
MARK_EVERY: Final[Millis] = 30_000
STANDSTILL: Final[Millis] = 120_000
AHEAD: Final[Millis] = 60_000  # a time further ahead of now was noted before the clock was set back


def past(at: Millis | None, now: Millis) -> Millis | None:
    """A time noted earlier; None where it cannot be true because the clock was set back since."""
    return None if at is None or at > now + AHEAD else at


class Attention:
    """`mark.watermark` is the last tick noted, `mark.since` the beginning of listening, `mark.memo` the identity of
    the journal that the cursor counts in.
    """

    def __init__(self, book: AlertBook, journal: str) -> None:
        found = [state for state in book.states([(MARK.device, MARK.metric)]) if state.rule == MARK.rule]
        mark = found[0] if found else MARK
        self.replaced = mark.memo is not None and mark.memo != journal
        self.mark = replace(mark, memo=journal)

    @property
    def since(self) -> Millis | None:
        """Since when there has been somebody to hear it."""
        return self.mark.since

    def set_back(self, now: Millis) -> bool:
        """Whether the clock was set back since the last tick noted."""
        return self.mark.watermark is not None and past(self.mark.watermark, now) is None

    def notice(self, now: Millis, last_receipt: Millis | None) -> RuleState | None:
        """Note this tick; returns the row to write, if it is time. `last_receipt`: newest row read just now."""
        before = past(self.mark.watermark, now)
        if before is not None and now - before < MARK_EVERY:
            return None
        stood_still = before is None or now - before > STANDSTILL
        listening = past(self.mark.since, now)
        if stood_still and (last_receipt is None or last_receipt < now - STANDSTILL):
            listening = now
        self.mark = replace(self.mark, watermark=now, since=listening)
        return self.mark
