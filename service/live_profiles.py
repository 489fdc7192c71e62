"""The device profiles as they are now: read again when a file of the user's folder changed."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import structlog

from device_profiles.catalogue import Catalogue
from domain.errors import ConfigurationError
from domain.metrics import ProfileInfo
from service.profile_files import installed, state_of

log = structlog.get_logger()


class LiveProfiles:
    """Implements `domain.ports.ProfileBook`, so that a new profile needs no restart of the pages."""

    def __init__(self, folder: Path | None) -> None:
        """Raises ConfigurationError: a program does not start with wrong profiles."""
        self._folder = folder
        self._lock = Lock()
        self._seen = state_of(self._folder)
        self._catalogue = installed(self._folder)

    def catalogue(self) -> Catalogue:
        """All profiles; while a changed file is wrong, those from before."""
        state = state_of(self._folder)
        with self._lock:
            if state != self._seen:
                self._seen = state
                try:
                    self._catalogue = installed(self._folder)
                except ConfigurationError as error:
                    log.error("profiles_refused", problems=str(error))
            return self._catalogue

    def profiles(self) -> list[ProfileInfo]:
        """All, by name, as people see them."""
        return self.catalogue().profiles()

    def profile(self, name: str) -> ProfileInfo:
        """One, as people see it. Raises NotFound."""
        return self.catalogue().profile(name)
