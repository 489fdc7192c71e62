"""Nothing silences many at once: what the engine uses where nobody looks for causes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from domain.alert import Alert, Transition
from domain.reading import Millis

if TYPE_CHECKING:
    from alerts.rulebook import Compiled
    from alerts.work import Work


class NoCauses:
    """Every device is judged by itself. The methods are those of `alerts.causes.Causes`."""

    gateways: frozenset[str] = frozenset()
    freed: frozenset[str] = frozenset()

    def hear(self, heard: Mapping[str, Millis]) -> None:
        """Nothing depends on it."""

    def connection(self, gateway: str, online: bool, received: Millis) -> None:
        """Nothing depends on it."""

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
        """Nothing is raised."""

    def parent_of(self, device: str) -> str | None:
        """Nobody."""
        return None

    def listening(self, device: str) -> Millis | None:
        """Always."""
        return None

    def hold(self, device: str, due: Millis, now: Millis) -> Millis | None:
        """Not at all."""
        return None

    def quieted(self, alert: Alert, transition: Transition, now: Millis) -> tuple[Alert, Transition] | None:
        """It may ring."""
        return None

    def forget(self) -> None:
        """There is nothing to forget."""
