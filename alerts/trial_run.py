"""One run over stored history: pages of readings into the trials of a rule's series, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from heapq import merge
from threading import Event
from typing import Final

from msgspec import Struct

from alerts.kinds.machine import Where
from alerts.silence import speaks
from alerts.trial_composite import CompositeTrial
from alerts.trial_scope import Ground, around
from alerts.trial_series import Hours, SeriesTrial, Span
from alerts.trial_silence import SilenceTrial
from domain.errors import Invalid, NotFound
from domain.metrics import name_of
from domain.ports import ReadingQuery
from domain.reading import Millis, Reading
from domain.registry import Device
from domain.rule import ANY_METRIC, CompositeRule, NoDataRule, Rule, SystemRule
from domain.rule_record import ServiceRecord
from domain.text import Text

PAGE: Final[Millis] = 86_400_000  # of one series at a time: 43,200 readings at one every 2 s
MOST_DEVICES: Final = 50
MOST_READINGS: Final = 20_000_000
MOST_SPANS: Final = 50_000


class Trial(Struct):
    """What came of a rule at one place: the devices there, and the stretches through which it held."""

    devices: list[str]
    spans: list[Span]


class Run:
    """Reads and judges; `notes` gather what limits the answer."""

    def __init__(
        self,
        ground: Ground,
        readings: ReadingQuery,
        serviced: Mapping[str, ServiceRecord],
        rule_of: Callable[[str], Rule],
        start: Millis,
        stop: Millis,
        cancelled: Event,
    ) -> None:
        self._ground, self._query, self._serviced, self._rule_of = ground, readings, serviced, rule_of
        self._cancelled = cancelled
        self.start, self.stop = start, stop
        self.readings = 0
        self.spans = 0
        self.notes: list[Text] = []
        self.stopped = False

    def of(self, rule: Rule) -> list[Trial]:
        """The trials of a rule, one for each device in its scope, or for each place of a composite."""
        devices = self._within_bounds(rule, self._ground.devices(rule))
        if isinstance(rule, CompositeRule):
            return self._composite(rule, devices)
        found = []
        for device in devices:
            if self._enough():
                break
            before = self.readings
            found.append(Trial([device.id], self._spans(rule, device)))
            if self.readings == before:
                self._note(
                    f"{device.id}: tidak ada data {name_of(rule.scope.metric).id} pada rentang ini",
                    f"{device.id}: no readings of {rule.scope.metric} in this stretch",
                )
        return found

    def _within_bounds(self, rule: Rule, devices: list[Device]) -> list[Device]:
        if not devices:
            self._note(
                f"{rule.id}: tidak ada alat aktif dalam lingkupnya yang mengukur {name_of(rule.scope.metric).id}",
                f"{rule.id}: no device in service in its scope measures {rule.scope.metric}",
            )
        if len(devices) > MOST_DEVICES:
            self._note(
                f"{rule.id}: {len(devices)} alat dalam lingkupnya; dicoba pada {MOST_DEVICES} yang pertama",
                f"{rule.id}: {len(devices)} devices are in its scope; tried on the first {MOST_DEVICES}",
            )
        return devices[:MOST_DEVICES]

    def _spans(self, rule: Rule, device: Device) -> list[Span]:
        """One rule on one device. A stretch that could not be looked at whole is one with a note."""
        spans = self._silence(rule, device) if isinstance(rule, NoDataRule) else self._series(rule, device)
        self.spans += len(spans)
        return spans

    def _series(self, rule: Rule, device: Device) -> list[Span]:
        where, place = self._ground.place(rule, device)
        try:
            trial = SeriesTrial(rule, where, place, self._hours(rule, device))
        except ValueError as error:
            raise Invalid(f"{rule.id} cannot be judged at {device.id}: {error}", "scope.metric") from None
        if device.id in self._serviced:
            trial.serviced(self._serviced[device.id])
        end = self.stop
        for day, until in self._days():
            if self._enough(len(trial.spans)):
                end = day
                break
            trial.feed(self._page(device, rule.scope.metric, day, until))
        trial.finish(end)
        return trial.spans

    def _silence(self, rule: NoDataRule, device: Device) -> list[Span]:
        hours, metric = self._hours(rule, device), rule.scope.metric
        trial = SilenceTrial(rule, device.id, metric, self.start, hours)
        end = self.stop
        for day, until in self._days():
            if self._enough(len(trial.spans)):
                end = day
                break
            pages = [self._page(device, one, day, until) for one in self._ground.metrics(rule, device)]
            trial.heard(merge(*([one.time for one in page if speaks(one)] for page in pages)))
        trial.finish(end)
        return trial.spans

    def _composite(self, rule: CompositeRule, devices: list[Device]) -> list[Trial]:
        """Its rules first, each on its own; then, place by place, where they held together."""
        members = {name: self._member(name) for name in rule.of}
        watched = {device for trials in members.values() for trial in trials for device in trial.devices}
        found = []
        for there in around(rule, devices):
            names = sorted(device.id for device in there if device.id in watched)
            if not names:
                continue
            spans = {
                name: [span for trial in trials if trial.devices[0] in names for span in trial.spans]
                for name, trials in members.items()
            }
            trial = CompositeTrial(rule, Where(there[0].site, names[0], ANY_METRIC, "1"), self._hours(rule, there[0]))
            found.append(Trial(names, trial.spans(spans, self.stop)))
        return found

    def _hours(self, rule: Rule, device: Device) -> Hours:
        return self._ground.hours(rule, device)

    def _member(self, name: str) -> list[Trial]:
        try:
            rule = self._rule_of(name)
        except NotFound:
            raise Invalid(f"there is no rule {name}", "of") from None
        if isinstance(rule, SystemRule):
            self._note(
                f"{name}: yang terjadi pada Pantau sendiri tidak disimpan; dianggap tidak pernah terpenuhi",
                f"{name}: what happens to Pantau itself is not stored; taken as never holding",
            )
            return []
        return self.of(rule)

    def _days(self) -> Iterator[tuple[Millis, Millis]]:
        for day in range(self.start, self.stop, PAGE):
            yield day, min(day + PAGE, self.stop)

    def _page(self, device: Device, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        page = self._query.raw(device.id, metric, start, stop)
        self.readings += len(page)
        return page

    def _enough(self, open_spans: int = 0) -> bool:
        """Whether to stop here; says why, once."""
        why = self._too_much(self.spans + open_spans)
        if why is not None and not self.stopped:
            self.stopped = True
            self._note(
                f"{why.id}; yang sesudahnya tidak diperiksa", f"{why.en}; what comes after it was not looked at"
            )
        return why is not None

    def _too_much(self, alerts: int) -> Text | None:
        """Why nothing more is looked at; None while there is no reason."""
        if self._cancelled.is_set():
            return Text(id="dibatalkan", en="cancelled")
        if self.readings >= MOST_READINGS:
            return Text(
                id=f"berhenti setelah {self.readings} data, sebanyak yang dibaca satu percobaan",
                en=f"stopped after {self.readings} readings, the most a trial reads",
            )
        if alerts >= MOST_SPANS:
            return Text(
                id=f"berhenti setelah {alerts} peringatan, jauh lebih banyak daripada yang dapat diikuti siapa pun",
                en=f"stopped after {alerts} alerts, far more than anybody could follow",
            )
        return None

    def _note(self, indonesian: str, english: str) -> None:
        note = Text(id=indonesian, en=english)
        if note not in self.notes:
            self.notes.append(note)
