"""What a Sparkplug host has to remember of its edge nodes: births, deaths, the count of their messages.

Sparkplug 3.0: births and data are sent at most once, so a birth can be missed. A count that jumps (`seq`), or an
alias nobody announced, means that names may be wrong: such a message is not read, and the node is asked to be born
again. A node that does not answer is believed again after a minute, because its own word is all there is.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import structlog
from msgspec import Struct, field

from device_profiles.format_sparkplug import Report, document_of
from device_profiles.refusal import Refused, excerpt
from device_profiles.sparkplug_births import Birth, Births, certificate
from device_profiles.sparkplug_pb2 import Payload
from device_profiles.sparkplug_topic import Address, Edge, Kind
from domain.message import RejectReason
from domain.ports import Publisher
from domain.reading import Millis

log = structlog.get_logger()

ASK_EVERY: Final = 60_000  # ms between two requests to one node
DOUBT: Final = 60_000  # ms a node has to answer one
_MAX_NODES: Final = 1_024
_MAX_REBORN: Final = 4_096
_BOOLEAN: Final = 11  # datatype, Sparkplug 3.0 section 6.4.16
_SESSION = "bdSeq"
ONLINE = "online"


class _Node(Struct):
    """What is known of an edge node beside its births. `doubtful`: devices whose names may have changed, until when.

    `void`: those that have to be born again before anything of theirs can be read, and why.
    """

    seq: int | None = None
    asked_at: Millis | None = None
    doubtful: dict[str, Millis] = field(default_factory=dict)
    void: dict[str, str] = field(default_factory=dict)


class SparkplugHost:
    """Follows the sessions of edge nodes. Used from one thread.

    `live`: messages come as they are sent. A replay of old ones counts nothing, asks for nothing, and takes births
    from them only where it knows none.
    """

    def __init__(self, births: Births | None = None, *, live: bool = True) -> None:
        self._births = Births() if births is None else births
        self._live = live
        self._nodes: dict[Edge, _Node] = {}
        self.publisher: Publisher | None = None  # None: nobody may be asked
        self.reborn: deque[str] = deque(maxlen=_MAX_REBORN)  # devices whose dead letters may be readable now

    def born(self, address: Address, report: Report, received_at: Millis, *, retained: bool) -> None:
        """A birth certificate (section 6.4.19): from now on these names hold."""
        edge, device = address.edge, address.device
        node = self._node(edge)
        if self._live and not retained:
            self._count(node, edge, address.kind, report.seq, received_at)
        earlier, own = self._births.get(edge, device), self._births.get(edge, "")
        if device:
            session, since = (own.session, own.since) if own is not None else (None, 0)
        else:
            session = _session(report)
            since = _since(earlier, session, received_at)
            if self._live:
                node.void = dict.fromkeys(self._births.devices(edge), "its edge node was born anew, it not yet")
                node.doubtful.clear()
        if self._live or earlier is None:
            self._births.put(certificate(edge, device, report, received_at, session, since))
        node.void.pop(device, None)
        node.doubtful.pop(device, None)

    def birth_documents(self, address: Address, report: Report) -> list[Any]:
        """Everything a birth says, with `online` where the device has none of its own."""
        documents, _ = named_documents(report, Birth(address.edge, address.device, 0))
        if report.of(ONLINE) is None:
            documents.append({"metrics": [lifeline(True, report)]})
        return documents

    def died(self, address: Address, report: Report, received_at: Millis) -> list[str]:
        """A death certificate: the devices (`""`: the node itself) that are gone with it.

        None for the late will of a connection that was replaced already (section 6.4.23).
        """
        edge, node = address.edge, self._node(address.edge)
        if address.device:
            self._count(node, edge, address.kind, report.seq, received_at)
            gone = [address.device]
        else:
            own, session = self._births.get(edge, ""), _session(report)
            if own is not None and None not in (own.session, session) and own.session != session:
                return []
            gone = list(dict.fromkeys(["", *self._births.devices(edge)]))
            node.seq = None
        if self._live:
            node.void |= dict.fromkeys(gone, "it died, and was not born again")
        return gone

    def resolved(self, address: Address, report: Report, received_at: Millis, *, retained: bool) -> list[Any]:
        """The document of a data message: its metrics by name. Behind it a Refused for what cannot be named."""
        edge, device = address.edge, address.device
        node, birth = self._node(edge), self._births.get(edge, device)
        if self._live and not retained:
            self._count(node, edge, address.kind, report.seq, received_at)
        refusal = self._refusal(node, birth, device, received_at)
        usable = birth if birth is not None and refusal is None else Birth(edge, device, received_at)
        documents, unread = named_documents(report, usable)
        if unread:
            self._ask(node, edge, received_at)
            reason, why = refusal or (RejectReason.UNANNOUNCED, "its birth certificate does not have it")
            shown = ", ".join(unread[:5]) + (f" and {len(unread) - 5} more" if len(unread) > 5 else "")
            documents.append(Refused(reason, f"alias {shown}: {why}"))
        return documents

    def _refusal(
        self, node: _Node, birth: Birth | None, device: str, received_at: Millis
    ) -> tuple[RejectReason, str] | None:
        """Why the aliases of a speaker cannot be read now."""
        if birth is None:
            return RejectReason.UNANNOUNCED, "its birth certificate was not seen"
        if received_at < birth.since:
            return RejectReason.UNANNOUNCED, "it was sent in an earlier session, whose births are not known any more"
        if device in node.void:
            return RejectReason.UNANNOUNCED, node.void[device]
        until = node.doubtful.get(device)
        if until is not None and received_at < until:
            return RejectReason.OUT_OF_SEQUENCE, "messages before it are missing, perhaps a birth among them"
        return None

    def _count(self, node: _Node, edge: Edge, kind: Kind, seq: int | None, received_at: Millis) -> None:
        """Section 6.4.6: each message of a node counts one on, from the birth at 0 to 255 and around."""
        last, node.seq = node.seq, seq if seq is not None else node.seq
        if kind is Kind.NBIRTH or seq is None or self.publisher is None:
            return
        known = self._births.devices(edge)
        in_order = not known if last is None else seq in (last, (last + 1) % 256)
        if not in_order:
            log.info("sparkplug_gap", node=edge.node, seq=seq, last=last)
            node.doubtful = dict.fromkeys(known, received_at + DOUBT)
            self._ask(node, edge, received_at)

    def _ask(self, node: _Node, edge: Edge, now: Millis) -> None:
        """Section 6.4.20: ask the node for its births, and those of all its devices."""
        if self.publisher is None or (node.asked_at is not None and now - node.asked_at < ASK_EVERY):
            return
        node.asked_at = now
        log.info("sparkplug_rebirth_asked", group=edge.group, node=edge.node)
        self.publisher.publish(edge.command_topic, rebirth_request(now))

    def _node(self, edge: Edge) -> _Node:
        """What is known of a node; the one heard of longest ago is forgotten when there are too many."""
        node = self._nodes.pop(edge, None) or _Node()
        while len(self._nodes) >= _MAX_NODES:
            del self._nodes[next(iter(self._nodes))]
        self._nodes[edge] = node
        return node


def _since(earlier: Birth | None, session: int | None, received_at: Millis) -> Millis:
    """When the session began: the same bdSeq is the same session; the first ever seen may be of any age."""
    if earlier is None or earlier.session is None or session is None:
        return 0 if earlier is None else earlier.since
    return earlier.since if earlier.session == session else received_at


def _session(report: Report) -> int | None:
    session = report.of(_SESSION)
    return session if type(session) is int else None


def named_documents(report: Report, birth: Birth) -> tuple[list[Any], list[str]]:
    """The metrics by name, a Refused for each that cannot be read, and the aliases that have no name."""
    known, refusals, unread = [], [], []
    for sent in report.metrics:
        name = birth.names.get(sent.alias) if sent.name is None and sent.alias is not None else sent.name
        if name is None:
            unread.append(str(sent.alias))
            continue
        try:
            datatype = sent.datatype if sent.datatype is not None else birth.types.get(name)
            known.append(document_of(name, sent, datatype, report.time))
        except Refused as refused:
            refusals.append(Refused(refused.reason, f"{excerpt(name)}: {refused.detail}"))
    return [{"metrics": known}, *refusals], unread


def lifeline(alive: bool, report: Report | None) -> dict[str, Any]:
    """The metric `online` that a birth or death says; a death that has no time of its own is one of now."""
    return {"name": ONLINE, "value": alive, "time": report.time if report is not None else None}


def rebirth_request(now: Millis) -> bytes:
    """The command `Node Control/Rebirth`."""
    command = Payload.Metric(name=b"Node Control/Rebirth", timestamp=now, datatype=_BOOLEAN, boolean_value=True)
    return Payload(timestamp=now, metrics=[command]).SerializeToString()
