"""Sparkplug topics: `spBv1.0/{group}/{message}/{node}/{device}` (Sparkplug 3.0, section 4)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

NAMESPACE = "spBv1.0/"


class Kind(StrEnum):
    """What a message says, of an edge node (N) or a device (D) behind it."""

    NBIRTH = "NBIRTH"
    NDATA = "NDATA"
    NDEATH = "NDEATH"
    DBIRTH = "DBIRTH"
    DDATA = "DDATA"
    DDEATH = "DDEATH"
    NCMD = "NCMD"
    DCMD = "DCMD"

    @property
    def of_device(self) -> bool:
        """Whether a device is meant, not its edge node."""
        return self.value.startswith("D")


COMMANDS = (Kind.NCMD, Kind.DCMD)
_KINDS = frozenset(kind.value for kind in Kind)
HEARD = tuple(kind for kind in Kind if kind not in COMMANDS)


class Edge(Struct, frozen=True):
    """An edge node."""

    group: str
    node: str

    @property
    def command_topic(self) -> str:
        """Where it listens."""
        return f"{NAMESPACE}{self.group}/NCMD/{self.node}"

    def data_topic(self, device: str) -> str:
        """The topic that stands for everything a device says; `""` is the edge node itself."""
        return f"{NAMESPACE}{self.group}/" + (f"DDATA/{self.node}/{device}" if device else f"NDATA/{self.node}")


class Address(Struct, frozen=True):
    """Who speaks, and what kind of message it is. `device` is empty for the edge node itself."""

    edge: Edge
    kind: Kind
    device: str = ""

    @property
    def data_topic(self) -> str:
        """The topic by which profiles know the speaker, whatever kind of message this is."""
        return self.edge.data_topic(self.device)


def parse(topic: str) -> Address | None:
    """Who speaks on a topic; None where it is none of Sparkplug's."""
    levels = topic.split("/")
    if levels[0] + "/" != NAMESPACE or len(levels) not in (4, 5) or levels[2] not in _KINDS or not all(levels):
        return None
    kind = Kind(levels[2])
    if kind.of_device != (len(levels) == 5):
        return None
    return Address(Edge(levels[1], levels[3]), kind, levels[4] if len(levels) == 5 else "")


def data_topic(topic: str) -> str:
    """The topic by which profiles know the speaker; any other topic as it is."""
    address = parse(topic) if topic.startswith(NAMESPACE) else None
    return topic if address is None else address.data_topic


def filters(narrow: str) -> set[str]:
    """What to subscribe to, for the filter of a profile's template: everything its nodes say, but no command."""
    levels = narrow.split("/")
    if levels[0] + "/" != NAMESPACE or len(levels) not in (4, 5):
        return {narrow}
    group, node, device = levels[1], levels[3], levels[4] if len(levels) == 5 else "+"
    return {f"{NAMESPACE}{group}/{kind}/{node}" + (f"/{device}" if kind.of_device else "") for kind in HEARD}
