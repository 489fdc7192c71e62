"""Speaks as a profile reads: values in, messages out, in the dialect of any built-in profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from device_profiles.formats import FORMATS
from device_profiles.profile import Profile
from device_profiles.profile_metric import Metric
from device_profiles.profile_topic import Topic
from domain.reading import Millis
from simulators import sparkplug
from simulators.document import Taken
from simulators.fault import Outgoing
from simulators.page import Page
from simulators.payload import encode
from simulators.written import raw_of

HOME: Final = ZoneInfo("Asia/Jakarta")


class Dialect:
    """One device of a profile. `address` stands for {device}, `site` for {site} in its topics."""

    def __init__(self, profile: Profile, address: str, site: str = "batik", zone: tzinfo = HOME) -> None:
        self._profile, self._address, self._site, self._zone = profile, address, site, zone
        self._numbers = {name: str(number) for number, name in enumerate(profile.metrics, 101)}

    def messages(self, values: Mapping[str, float], time: Millis) -> list[Outgoing]:
        """What the device sends to say these values of its metrics, taken at `time`; in as few messages as it can."""
        sent: list[Outgoing] = []
        for key, topic in self._profile.topics.items():
            metrics = {n: m for n, m in self._profile.metrics_of(key) if self._profile.topic_of(n) == key}
            waiting = {name: values[name] for name in metrics if name in values}
            if topic.format == "sparkplug_b":
                sent += self._session(topic, metrics, waiting, time)
                continue
            while waiting:
                sent.append(self._message(key, topic, metrics, waiting, time))
        return [*self._announced(time), *sent]

    def _session(
        self, topic: Topic, metrics: Mapping[str, Metric], values: Mapping[str, float], time: Millis
    ) -> list[Outgoing]:
        """Sparkplug says by birth that a device is online."""
        named = {metrics[n].identities(n)[0]: raw_of(metrics[n], v) for n, v in values.items() if n != "online"}
        return sparkplug.session(self._address, named, time, node="node" not in topic.template.placeholders)

    def _message(
        self, key: str, topic: Topic, metrics: Mapping[str, Metric], waiting: dict[str, float], time: Millis
    ) -> Outgoing:
        """One message with as many of the waiting values as fit; those are taken out of `waiting`."""
        first = next(iter(waiting))
        together = [name for name in waiting if _alike(topic, metrics, first, name)]
        page = Page(topic, self._address, self._numbers, time, self._zone)
        for number, name in enumerate(together):
            try:
                page.write(name, metrics[name], waiting[name])
            except Taken:
                if not number:
                    raise
                continue
            del waiting[name]
        payload = encode(topic, page.tree.document, metrics[first].tags, time)
        return Outgoing(time, self._topic(topic, first, metrics[first]), payload, topic.retained)

    def _topic(self, topic: Topic, name: str, metric: Metric | None) -> str:
        text, known = topic.template.text, {"device": self._address, "site": self._site}
        if metric is not None:
            known |= {"metric": metric.identities(name)[0], **metric.where}
        for placeholder in topic.template.placeholders:
            text = text.replace(f"{{{placeholder}}}", known.get(placeholder, placeholder))
        return text

    def _announced(self, time: Millis) -> Iterator[Outgoing]:
        """The messages that give numbers their names, where the profile has such."""
        for topic in self._profile.topics.values():
            if topic.announces is not None:
                page = Page(topic, self._address, self._numbers, time, self._zone)
                for name, metric in self._profile.metrics.items():
                    page.announce(topic.announces, self._numbers[name], metric.identities(name)[0])
                yield Outgoing(time, self._topic(topic, "", None), encode(topic, page.tree.document, {}, time))


def _alike(topic: Topic, metrics: Mapping[str, Metric], first: str, other: str) -> bool:
    """Whether two metrics can stand in one message."""
    if first == other:
        return True
    alone = FORMATS[topic.format].whole or "metric" in topic.template.placeholders
    one, two = metrics[first], metrics[other]
    return not alone and one.where == two.where and one.tags == two.tags
