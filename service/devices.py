"""The interpreter in force: built anew when the registry or the profile files change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from device_profiles.announcements import Announcements
from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from device_profiles.sparkplug_births import Births
from device_profiles.sparkplug_host import SparkplugHost
from device_profiles.unit_changes import unit_changes
from domain.errors import ConfigurationError
from domain.message import Message, Outcome
from domain.ports import Registry
from domain.reading import Series
from service.settings import Settings

log = structlog.get_logger()

Interpret = Callable[[Message], Outcome]
History = Callable[[], Iterable[Series]]


class LiveDevices:
    """Interprets messages by the devices and profiles as they are now."""

    def __init__(self, registry: Registry, settings: Settings, history: History = list) -> None:
        """`history`: the series that have readings. Raises ConfigurationError, also where one changes its unit."""
        self._registry = registry
        self._history = history
        self._settings = settings
        self._seen = self._state()
        self._announcements = Announcements()  # outlives the interpreters, as does the host
        self.sparkplug = SparkplugHost(Births(self._births))
        self._interpreter = self._build()
        self.profile_error: str | None = None

    def interpret(self, message: Message) -> Outcome:
        """What a message becomes."""
        return self._interpreter.interpret(message)

    def subscriptions(self) -> list[str]:
        """The MQTT filters that cover every profile."""
        return self._interpreter.subscriptions()

    def refresh(self) -> bool:
        """Build the interpreter anew when something changed, and whether it was built. With wrong files the old
        one stays in force.
        """
        state = self._state()
        if state == self._seen:
            return False
        try:
            self._interpreter = self._build()
        except ConfigurationError as error:
            if str(error) != self.profile_error:
                log.error("profiles_refused", problems=str(error))
            self.profile_error = str(error)
            return False
        self._seen, self.profile_error = state, None
        log.info("devices_changed", revision=state[0])
        return True

    def fresh(self) -> Interpret:
        """An interpreter of this very moment, for a replay. Raises ConfigurationError."""
        return self._build(SparkplugHost(Births(self._births), live=False)).interpret

    @property
    def _births(self) -> Path:
        return self._settings.data_dir / "births"

    def _build(self, sparkplug: SparkplugHost | None = None) -> Interpreter:
        installation = self._registry.installation()
        batch = self._settings.batch
        catalogue = Catalogue.load(*self._folders())
        changes = unit_changes(self._history(), installation.devices, catalogue)
        if changes:
            raise ConfigurationError(changes)
        return Interpreter(
            catalogue,
            installation.devices,
            installation.sites,
            max_future=batch.max_future_s * 1000,
            max_payload=batch.max_payload,
            announcements=self._announcements,
            sparkplug=sparkplug or self.sparkplug,
        )

    def _folders(self) -> list[Path]:
        return [self._settings.profiles_dir] if self._settings.profiles_dir else []

    def _state(self) -> tuple[int, tuple[tuple[str, int, int], ...]]:
        """Revision of the registry, and name, time and size of every profile file of the user's."""
        files = sorted(file for folder in self._folders() for file in folder.glob("*.toml"))
        stats = ((str(file), file.stat()) for file in files)
        return self._registry.revision(), tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
