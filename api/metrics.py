"""The metrics page: made from what is stored, so every process tells the same and a restart loses nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.times import SECOND
from api.vitals import in_flight_of, open_alerts, readers_of
from domain.alert import Priority
from domain.ports import Heartbeat
from domain.reading import Millis
from domain.services import Services

# Per device (the total is their sum): the name of the metric, the field of the tally, what it counts.
_TALLIES: Final = (
    ("pantau_messages_received", "received", "Messages received from the broker"),
    ("pantau_messages_written", "written", "Messages with at least one reading in the journal"),
    ("pantau_messages_dead_lettered", "dead_lettered", "Messages kept whole because they could not be read"),
    ("pantau_messages_redelivered", "redelivered", "Messages received again and recognised"),
    ("pantau_messages_dropped", "dropped", "Messages lost; always 0 by design"),
    ("pantau_readings_written", "readings", "Readings in the journal"),
    ("pantau_values_rejected", "rejected", "Values refused"),
)
_TICKS: Final = (("pantau_ticks", "ticks"), ("pantau_ticks_missed", "missed"), ("pantau_ticks_failed", "failed"))


class ServiceMetrics(Collector):
    """Collects once, at `now`, for one scrape."""

    def __init__(self, services: Services, now: Millis) -> None:
        self._services = services
        self._now = now

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering must not read the stores."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All families. Raises Unavailable while the stores are away."""
        yield from self._tallies()
        yield from self._journal()
        yield from self._alerts()
        yield from self._parts()
        info = GaugeMetricFamily("pantau_build_info", "The version that answers", labels=["version"])
        info.add_metric([self._services.version], 1)
        yield info

    def _tallies(self) -> Iterator[Metric]:
        counted = self._services.journal.counters()
        for name, field, meaning in _TALLIES:
            family = CounterMetricFamily(name, meaning, labels=["device"])
            for device, tally in sorted(counted.devices.items()):
                family.add_metric([device], getattr(tally, field))
            yield family
        reasons = CounterMetricFamily("pantau_rejections", "Refusals by reason", labels=["reason"])
        for reason, count in sorted(counted.reasons.items()):
            reasons.add_metric([reason], count)
        yield reasons

    def _journal(self) -> Iterator[Metric]:
        rows = GaugeMetricFamily("pantau_journal_depth_rows", "Rows a reader has yet to read", labels=["reader"])
        ages = GaugeMetricFamily("pantau_journal_age_seconds", "Age of the oldest of them", labels=["reader"])
        for reader in readers_of(self._services.journal, self._now):
            rows.add_metric([reader.reader], reader.rows)
            ages.add_metric([reader.reader], reader.age)
        yield rows
        yield ages
        waiting = self._services.dead_letters.count()
        yield GaugeMetricFamily("pantau_dead_letters_waiting", "Dead letters not yet replayed", value=waiting)
        let_go = self._services.dead_letters.dropped()
        yield CounterMetricFamily("pantau_dead_letters_dropped", "Dead letters let go unread: too many", value=let_go)

    def _alerts(self) -> Iterator[Metric]:
        counts = Counter(alert.priority for alert in open_alerts(self._services.book))
        family = GaugeMetricFamily("pantau_alerts_open", "Alerts that have not ended", labels=["priority"])
        for priority in Priority:
            family.add_metric([priority], counts[priority])
        yield family

    def _parts(self) -> Iterator[Metric]:
        beats = {beat.part: beat for beat in self._services.heartbeats.all()}
        ages = GaugeMetricFamily("pantau_part_age_seconds", "Since a part's last sign of life", labels=["part"])
        for part, beat in sorted(beats.items()):
            ages.add_metric([part], self._age(beat))
        yield ages
        if (waiting := in_flight_of(beats.values(), self._now)) is not None:
            meaning = "Messages taken from the broker and not yet booked; absent while the collector is silent"
            yield GaugeMetricFamily("pantau_messages_in_flight", meaning, value=waiting)
        if "alerts" in beats:
            yield from self._ticks(beats["alerts"])

    def _ticks(self, beat: Heartbeat) -> Iterator[Metric]:
        age = self._age(beat)
        yield GaugeMetricFamily("pantau_alerts_last_tick_age_seconds", "Since the alerts were last judged", value=age)
        for name, key in _TICKS:
            count = beat.detail.get(key)
            if isinstance(count, int | float):
                yield CounterMetricFamily(name, f"Ticks of the alerts process: {key}", value=count)

    def _age(self, beat: Heartbeat) -> float:
        return max(0, self._now - beat.at) / SECOND
