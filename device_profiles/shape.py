"""One topic of one profile, compiled once for all devices that speak so in one time zone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import tzinfo

from device_profiles.announcements import Resolve, nothing_announced
from device_profiles.clock import Clock
from device_profiles.formats import FORMATS
from device_profiles.judge import FlagReader, Judge
from device_profiles.path import Document, first_of
from device_profiles.places import splitter
from device_profiles.profile import Profile
from device_profiles.sources import Learn, announcer, source_of
from device_profiles.tags import tagged
from domain.reading import GOOD


class Shape:
    """One topic of one profile, compiled once for all devices that speak so in one time zone."""

    def __init__(
        self,
        profile: Profile,
        topic: str,
        metrics: Collection[str],
        zone: tzinfo,
        resolve: Resolve = nothing_announced,
        learn: Learn | None = None,
    ) -> None:
        spoken = profile.topics[topic]
        kind = FORMATS[spoken.format]
        self.decode = kind.decode
        self.compression = spoken.compression
        self.clock = Clock(spoken.time, zone)
        self.retained = spoken.retained
        self._flag = FlagReader(spoken.quality) if spoken.quality else None
        self._fetch_flag = first_of(spoken.quality.places) if spoken.quality else None
        chosen = {name: profile.metrics[name] for name in metrics}
        self.judges = {name: Judge(name, metric) for name, metric in chosen.items()}
        self.source = tagged(
            chosen, lambda some: source_of(spoken, some, self.judges, zone, resolve, whole=kind.whole)
        )
        self._split = splitter(spoken.documents) if spoken.documents is not None else None
        self.announcing = announcer(spoken.announces, learn) if spoken.announces and learn else None

    def parts(self, document: Document) -> Sequence[Document]:
        """The documents in a document; itself where the profile says no more, or where there are none in it."""
        if self._split is None:
            return (document,)
        return self._split(document) or (document,)

    def flag(self, document: Document) -> int:
        """The quality the device gives the whole document."""
        if self._flag is None or self._fetch_flag is None:
            return GOOD
        return self._flag.quality(self._fetch_flag(document))
