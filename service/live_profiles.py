"""The device profiles as they are now: read again when a file of the user's folder changed."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import structlog

from device_profiles.catalogue import Catalogue
from domain.errors import ConfigurationError
from domain.metrics import ProfileInfo

log = structlog.get_logger()

State = tuple[tuple[str, int, int], ...]


class LiveProfiles:
    """Implements `domain.ports.ProfileBook`, so that a new profile needs no restart of the pages."""

    def __init__(self, folder: Path | None) -> None:
        """Raises ConfigurationError: a program does not start with wrong profiles."""
        self._folder = folder
        self._lock = Lock()
        self._seen = self._state()
        self._catalogue = self._load()

    def catalogue(self) -> Catalogue:
        """All profiles; while a changed file is wrong, those from before."""
        state = self._state()
        with self._lock:
            if state != self._seen:
                self._seen = state
                try:
                    self._catalogue = self._load()
                except ConfigurationError as error:
                    log.error("profiles_refused", problems=str(error))
            return self._catalogue

    def profiles(self) -> list[ProfileInfo]:
        """All, by name, as people see them."""
        return self.catalogue().profiles()

    def profile(self, name: str) -> ProfileInfo:
        """One, as people see it. Raises NotFound."""
        return self.catalogue().profile(name)

    def _load(self) -> Catalogue:
        return Catalogue.load(*([self._folder] if self._folder else []))

    def _state(self) -> State:
        """Name, time and size of every file of the folder; nothing else can change while the program runs."""
        if self._folder is None:
            return ()
        stats = ((str(file), file.stat()) for file in sorted(self._folder.glob("*.toml")))
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
