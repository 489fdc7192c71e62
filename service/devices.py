"""The interpreter in force: built anew when the registry or the profile files change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from device_profiles.announcements import Announcements
from device_profiles.interpreter import Interpreter
from device_profiles.sparkplug_births import Births
from device_profiles.sparkplug_host import SparkplugHost
from device_profiles.unit_changes import unit_changes
from domain.errors import ConfigurationError, Unavailable
from domain.message import Message, Outcome
from domain.ports import Registry
from domain.reading import Series
from service.profile_files import FolderState, installed, state_of
from service.settings import Settings

log = structlog.get_logger()

Interpret = Callable[[Message], Outcome]
History = Callable[[], Iterable[Series]]
State = tuple[int, FolderState]
LOOK_AGAIN = 0.2  # s between two looks for new devices on account of unknown ones


class LiveDevices:
    """Interprets messages by the devices and profiles as they are now."""

    def __init__(self, registry: Registry, settings: Settings, history: History = list) -> None:
        """`history`: the series that have readings. Raises ConfigurationError, also where one changes its unit."""
        self._registry = registry
        self._history = history
        self._one_at_a_time = threading.Lock()
        self._looked = 0.0
        self._settings = settings
        self._seen = self._state()
        self._announcements = Announcements()  # outlives the interpreters, as does the host
        self.sparkplug = SparkplugHost(Births(self._births))
        self._interpreter = self._build()
        self.filters = self._interpreter.subscriptions()  # MQTT filters that cover every profile
        self.profile_error: str | None = None

    @property
    def revision(self) -> State:
        """Changes whenever the interpreter in force does."""
        return self._seen

    def interpret(self, message: Message) -> Outcome:
        """What a message becomes. A device registered this moment is known to its first message."""
        outcome = self._interpreter.interpret(message)
        if outcome.device is None and self._may_look_again() and self.refresh():
            return self._interpreter.interpret(message)
        return outcome

    def _may_look_again(self) -> bool:
        """Unknown devices make us look for new ones a few times a second, however many there are."""
        now = time.monotonic()
        if now - self._looked < LOOK_AGAIN:
            return False
        self._looked = now
        return True

    def refresh(self) -> bool:
        """Build the interpreter anew when something changed; whether it did. With wrong files, or while the
        registry is away, the old one stays in force.
        """
        with self._one_at_a_time:
            try:
                state = self._state()
                return state != self._seen and self._renew(state)
            except Unavailable:
                return False

    def _renew(self, state: State) -> bool:
        try:
            self._interpreter = self._build()
        except ConfigurationError as error:
            if str(error) != self.profile_error:
                log.error("profiles_refused", problems=str(error))
            self.profile_error = str(error)
            return False
        self.filters = self._interpreter.subscriptions()
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
        catalogue = installed(self._settings.profiles_dir)
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

    def _state(self) -> State:
        """Revision of the registry, and the state of the user's profile files."""
        return self._registry.revision(), state_of(self._settings.profiles_dir)
