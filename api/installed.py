"""The installation as the API shows it: read again only when the registry's revision changed."""

from __future__ import annotations

from threading import Lock

from domain.errors import NotFound
from domain.ports import Registry
from domain.registry import Installation, LimitSet, Site


class Installed:
    """Sites and limit sets kept in memory; a page costs one `revision()`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._lock = Lock()
        self._known: tuple[int, Installation] | None = None

    def installation(self) -> Installation:
        """The installation as it is now."""
        revision = self._registry.revision()
        with self._lock:
            if self._known is None or self._known[0] != revision:
                self._known = (revision, self._registry.installation())
            return self._known[1]

    def sites(self) -> list[Site]:
        """All, by id."""
        return sorted(self.installation().sites, key=lambda site: site.id)

    def site(self, site: str) -> Site:
        """One. Raises NotFound."""
        found = next((one for one in self.installation().sites if one.id == site), None)
        if found is None:
            raise NotFound(f"there is no site {site}")
        return found

    def limit_sets(self) -> list[LimitSet]:
        """All, by id."""
        return sorted(self.installation().limit_sets, key=lambda limits: limits.id)
