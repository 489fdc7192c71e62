"""From a route to the reader of its messages; what devices have in common is compiled once and shared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import partial

from device_profiles.alike import fits
from device_profiles.announcements import Announcements, Scope
from device_profiles.profile import Profile
from device_profiles.profile_metric import Metric
from device_profiles.profile_topic import Topic
from device_profiles.reader import Bounds, TopicReader
from device_profiles.shape import Shape
from domain.reading import Series
from domain.registry import Device


class Compiler:
    """Makes the readers of topics. What devices have in common is compiled once and shared."""

    def __init__(self, bounds: Bounds, announcements: Announcements) -> None:
        self.bounds = bounds
        self._shapes: dict[tuple[object, ...], Shape] = {}
        self._announcements = announcements

    def reader(
        self, profile: Profile, topic: str, captured: Mapping[str, str], device: Device, zone: tzinfo
    ) -> TopicReader:
        """The reader of one topic of a device. `captured`: what stood for the placeholders in this very topic."""
        spoken, spoken_of = profile.topics[topic], list(profile.metrics_of(topic))
        metrics = tuple(n for n, metric in spoken_of if _asked_for(n, metric, captured, alike=spoken.alike))
        shape = self.shape(profile, topic, metrics, zone, captured)
        series = {
            name: Series(device.site, device.id, name, profile.metrics[name].unit, device.stage) for name in metrics
        }
        foreign = bool(spoken_of) and not metrics and not spoken.announces
        return TopicReader(device.id, series, shape, self.bounds, foreign=foreign)

    def shape(
        self, profile: Profile, topic: str, metrics: tuple[str, ...], zone: tzinfo, captured: Mapping[str, str]
    ) -> Shape:
        """What is compiled of a topic for some of its metrics; shared unless it remembers something."""
        spoken = profile.topics[topic]
        if spoken.announces or spoken.announced:  # it remembers something of this very device
            told = tuple(_scope(profile, spoken, key, captured) for key in spoken.announced)
            own = _scope(profile, spoken, topic, captured)
            learn = partial(self._announcements.learn, own)
            return Shape(profile, topic, metrics, zone, self._announcements.resolver(told), learn)
        if spoken.alike and spoken.items:
            return Shape(profile, topic, metrics, zone)
        key = (profile.name, topic, metrics, str(zone))
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = Shape(profile, topic, metrics, zone)
        return shape


def _scope(profile: Profile, spoken: Topic, announcing: str, captured: Mapping[str, str]) -> Scope:
    """What the announcing topic and those that rest on it have in common."""
    listeners = [topic for topic in profile.topics.values() if announcing in topic.announced]
    shared = set(profile.topics[announcing].template.placeholders)
    for topic in listeners:
        shared &= set(topic.template.placeholders)
    return (profile.name, announcing, *(captured[name] for name in sorted(shared & captured.keys())))


def _asked_for(name: str, metric: Metric, captured: Mapping[str, str], *, alike: bool) -> bool:
    identities = metric.identities(name)
    called = captured.get("metric", identities[0])
    return (called in identities or (alike and fits(called, identities))) and all(
        captured.get(placeholder) == value for placeholder, value in metric.where.items()
    )
