"""Birth certificates: what a Sparkplug speaker called its metrics, so that a message of aliases can be read.

Kept in memory, so many and no more, and as one small file each in the data folder: after a restart, and in another
process that replays dead letters, they are there at once.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

import msgspec
import structlog
from msgspec import Struct, field

from device_profiles.format_sparkplug import Report
from device_profiles.sparkplug_topic import Edge
from domain.reading import Millis

log = structlog.get_logger()

MAX_BIRTHS: Final = 4_096  # speakers
MAX_NAMES: Final = 400_000  # in all certificates together: about 100 MB
_LONGEST = 256  # characters of a name

Speaker = tuple[Edge, str]
"""An edge node and a device behind it; `""` for the node itself."""


class Birth(Struct):
    """One certificate. `session` is the bdSeq of its node; before `since` the node was in an earlier session."""

    edge: Edge
    device: str
    received_at: Millis
    session: int | None = None
    since: Millis = 0
    names: dict[int, str] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many names it holds."""
        return len(self.names) + len(self.types)


def certificate(
    edge: Edge, device: str, report: Report, received_at: Millis, session: int | None, since: Millis
) -> Birth:
    """What a birth message says about its names and their types."""
    birth = Birth(edge, device, received_at, session, since)
    for sent in report.metrics:
        if sent.name is None or len(sent.name) > _LONGEST:
            continue
        if sent.alias is not None:
            birth.names[sent.alias] = sent.name
        if sent.datatype is not None:
            birth.types[sent.name] = sent.datatype
    return birth


class Births:
    """All certificates in force. The one that was put in longest ago goes first when there are too many."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[Speaker, Birth] = {}
        self._names = 0  # in all of them
        self._behind: dict[Edge, dict[str, None]] = {}  # what was born of each node: asked for with every message
        if folder is not None:
            self._load(folder)

    def get(self, edge: Edge, device: str) -> Birth | None:
        """The certificate of one speaker."""
        return self._known.get((edge, device))

    def devices(self, edge: Edge) -> list[str]:
        """The devices that were born behind an edge node, and `""` when itself was."""
        return list(self._behind.get(edge, ()))

    def put(self, birth: Birth) -> None:
        """Keep it, in the place of the speaker's earlier one."""
        speaker = (birth.edge, birth.device)
        if speaker in self._known:
            self._leave(speaker)
        while self._known and (len(self._known) >= MAX_BIRTHS or self._names + birth.size > MAX_NAMES):
            oldest = next(iter(self._known))
            self._leave(oldest)
            self._forget(oldest)
        self._enter(birth)
        self._save(birth)

    def _enter(self, birth: Birth) -> None:
        self._known[birth.edge, birth.device] = birth
        self._names += birth.size
        self._behind.setdefault(birth.edge, {})[birth.device] = None

    def _leave(self, speaker: Speaker) -> None:
        edge, device = speaker
        self._names -= self._known.pop(speaker).size
        behind = self._behind.get(edge, {})
        behind.pop(device, None)
        if not behind:
            self._behind.pop(edge, None)

    def _load(self, folder: Path) -> None:
        found: list[Birth] = []
        for file in folder.glob("*.json") if folder.is_dir() else ():
            try:
                found.append(msgspec.json.decode(file.read_bytes(), type=Birth))
            except (OSError, msgspec.MsgspecError) as error:
                log.warning("birth_unreadable", file=file.name, error=str(error))
        for birth in sorted(found, key=lambda birth: birth.received_at)[-MAX_BIRTHS:]:
            self._enter(birth)

    def _save(self, birth: Birth) -> None:
        """A disk that cannot take it costs only what comes after a restart: the birth is asked for again then."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._file(self._folder, (birth.edge, birth.device))
            beside = file.with_suffix(".new")
            beside.write_bytes(msgspec.json.encode(birth))
            os.replace(beside, file)
        except OSError as error:
            log.warning("birth_not_kept", node=birth.edge.node, device=birth.device, error=str(error))

    def _forget(self, speaker: Speaker) -> None:
        if self._folder is not None:
            try:
                self._file(self._folder, speaker).unlink(missing_ok=True)
            except OSError as error:
                log.warning("birth_not_removed", node=speaker[0].node, error=str(error))

    @staticmethod
    def _file(folder: Path, speaker: Speaker) -> Path:
        edge, device = speaker
        name = hashlib.sha256("/".join((edge.group, edge.node, device)).encode("utf-8", "replace")).hexdigest()
        return folder / f"{name[:32]}.json"
