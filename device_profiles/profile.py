"""What a device profile file may say. The keys are explained for people in `docs/device-profiles.md`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from device_profiles.profile_fields import Part
from device_profiles.profile_metric import Metric
from device_profiles.profile_topic import Topic
from domain.machine import RunSource
from domain.measures import FLOWS, HOURS, VOLUMES
from domain.metrics import MetricInfo, MetricKind, ProfileInfo
from domain.noun import MetricName, Slug
from domain.text import Text

RUN: Final = "run"


class Profile(Part):
    """How one model of device speaks, and what its values mean.

    The first of `topics` is the one of every metric that names none. `discover`: subscribe to its topics also
    while no device uses it, so that new devices are seen. `machine`: how its state is known; a metric `run` says it
    by itself.
    """

    name: Slug
    title: Text
    source: str | None = None
    replaces: bool = False
    extends: str | None = None
    discover: bool = True
    topics: Annotated[dict[str, Topic], Field(min_length=1)]
    metrics: Annotated[dict[MetricName, Metric], Field(min_length=1)]
    machine: RunSource | None = None

    @model_validator(mode="after")
    def _machine_speaks(self) -> Self:
        if self.machine is not None and self.machine.metric not in self.metrics:
            raise ValueError(f"machine.metric: there is no metric {self.machine.metric}")
        return self

    def topics_of(self, metric: str) -> tuple[str, ...]:
        """The keys of the topics on which a metric comes."""
        own = self.metrics[metric].topic or (next(iter(self.topics)),)
        return (*own, *(key for key, topic in self.topics.items() if topic.same_as in own and key not in own))

    def topic_of(self, metric: str) -> str:
        """The key of the topic whose interval and grace a metric has."""
        return self.topics_of(metric)[0]

    def metrics_of(self, topic: str) -> Iterator[tuple[str, Metric]]:
        """The metrics that come on a topic."""
        return ((name, metric) for name, metric in self.metrics.items() if topic in self.topics_of(name))

    def speaks(self, name: str) -> bool:
        """Whether one of its topics is in the format of this name."""
        return any(topic.format == name for topic in self.topics.values())

    def info(self) -> ProfileInfo:
        """As pages, rules and checks see it."""
        return ProfileInfo(
            name=self.name,
            title=self.title,
            format=", ".join(dict.fromkeys(topic.format for topic in self.topics.values())),
            topics=tuple(topic.template.text for topic in self.topics.values()),
            metrics=tuple(self._metric_info(name) for name in self.metrics),
            source=self.source,
            run=self._run_source(),
        )

    def _run_source(self) -> RunSource | None:
        """Patience that is not given is the interval and grace of the metric, where it has them."""
        if self.machine is None and RUN not in self.metrics:
            return None
        source = self.machine or RunSource()
        info = self._metric_info(source.metric)
        if "patience" in source.model_fields_set or not info.interval:
            return source
        return source.model_copy(update={"patience": info.interval + (info.grace or 0.0)})

    def _metric_info(self, name: str) -> MetricInfo:
        metric, topic = self.metrics[name], self.topics[self.topic_of(name)]
        low, high = metric.bounds
        return MetricInfo(
            metric=name,
            unit=metric.unit,
            name=metric.name,
            kind=metric.kind,
            low=low,
            high=high,
            interval=metric.interval if metric.interval is not None else topic.interval,
            grace=metric.grace if metric.grace is not None else topic.grace,
            decimals=metric.decimals,
            modulus=metric.modulus,
            max_rate=metric.max_rate if metric.max_rate is not None else self._most_counted(name),
        )

    def _most_counted(self, name: str) -> float | None:
        """The most that a counter can count in a second where the profile does not say it: an hour meter an hour in
        an hour, a totaliser what the flow beside it can carry. None for any other.
        """
        metric, flow = self.metrics[name], self.metrics.get("flow_rate")
        if metric.kind is not MetricKind.COUNTER:
            return None
        if name == "run_hours" and metric.unit in HOURS:
            return 1 / HOURS[metric.unit] / 3600
        if name != "flow_total" or flow is None or flow.high is None or flow.high <= 0:
            return None
        known = metric.unit in VOLUMES and flow.unit in FLOWS
        return flow.high * FLOWS[flow.unit] / 3600 / VOLUMES[metric.unit] if known else None
