"""Places out of operation on purpose: which devices are resting, why, and since when they work again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.causes.children import PAUSE
from domain.alert import Alert
from domain.errors import NotFound
from domain.pause import Pause
from domain.ports import Pauses, Registry
from domain.reading import Millis

if TYPE_CHECKING:
    from alerts.rulebook import Compiled

LATELY: Final[Millis] = 7 * 86_400_000  # longer than anybody is waited for
PAGE: Final = 200


class Resting:
    """`paused`: the devices of the places out of operation, each with its pause ("pause:N"). `resumed`: when devices
    began to work again, those of the last days.
    """

    def __init__(self, pauses: Pauses | None, registry: Registry | None) -> None:
        self._pauses = pauses
        self._registry = registry
        self._rules: Compiled | None = None
        self._pausing: list[Pause] = []  # those that hold, as of `_read`
        self._read: Millis | None = None
        self._known: list[Pause] = []  # those that `paused` is made of
        self.paused: dict[str, str] = {}
        self.resumed: dict[str, Millis] = {}

    def follow(self, rules: Compiled, now: Millis) -> bool:
        """Take over what changed; whether anything did."""
        self._look(now)
        if rules is self._rules and self._known == self._pausing:
            return False
        self._rules, self._known = rules, self._pausing
        self.paused = devices_of(self._known, rules)
        self.resumed = self._ended(rules, now)
        return True

    def _look(self, now: Millis) -> None:
        if self._read != now:
            self._pausing = self._pauses.now(now) if self._pauses is not None else []
            self._read = now

    def _ended(self, rules: Compiled, now: Millis) -> dict[str, Millis]:
        """When the newest pauses ended, by device."""
        if self._pauses is None:
            return {}
        resumed: dict[str, Millis] = {}
        for pause in self._pauses.page(None, PAGE).items:
            if pause.stop is not None and now - LATELY < pause.stop <= now:
                for device in devices_of([pause], rules):
                    resumed[device] = max(resumed.get(device, 0), pause.stop)
        return resumed

    def names(self) -> list[str]:
        """The pauses that hold."""
        return [name_of(pause) for pause in self._known]

    def devices(self, name: str) -> list[str]:
        """The devices that rest for a pause."""
        return [device for device, by in self.paused.items() if by == name]

    def why(self, name: str) -> str | None:
        """The reason somebody gave for a pause; None for any other parent."""
        return next((pause.reason for pause in self._pausing if name_of(pause) == name), None)

    def pause_of(self, device: str) -> str | None:
        """The pause of a device, as of the last tick."""
        return self.paused.get(device)

    def pause_now(self, alert: Alert, now: Millis) -> str | None:
        """The pause of an alert's device right now: also one that began since the last tick."""
        self._look(now)
        return next((name_of(pause) for pause in self._pausing if self._holds(pause, alert)), None)

    def _holds(self, pause: Pause, alert: Alert) -> bool:
        if pause.site != alert.site or pause.device not in (None, alert.device):
            return False
        return pause.stage is None or pause.stage == self._stage(alert.device)

    def _stage(self, device: str) -> str | None:
        known = self._rules.devices.get(device) if self._rules is not None else None
        if known is None and self._registry is not None:
            try:
                known = self._registry.device(device)
            except NotFound:
                return None
        return None if known is None else known.stage


def name_of(pause: Pause) -> str:
    """The name by which a pause is a parent."""
    return f"{PAUSE}{pause.id}"


def devices_of(pausing: list[Pause], rules: Compiled) -> dict[str, str]:
    """The devices of places out of operation, each with its first pause."""
    paused: dict[str, str] = {}
    for pause in pausing:
        for device in rules.devices.values():
            if (
                device.site == pause.site
                and pause.stage in (None, device.stage)
                and pause.device in (None, device.id)
            ):
                paused.setdefault(device.id, name_of(pause))
    return paused
