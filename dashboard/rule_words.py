"""What a rule watches, as one sentence: `pH di Outlet di atas 9 selama 5 menit`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dashboard.frame import Visit
from dashboard.state_words import SELF_EVIDENT, state_word
from domain.metrics import MetricInfo, name_of
from domain.rule import (
    ANY_METRIC,
    CompositeRule,
    LimitRule,
    NoDataRule,
    QualityRule,
    RateOfChangeRule,
    Rule,
    RunHoursRule,
    Scope,
    StateRule,
    StuckRule,
    SystemRule,
    VolumeRule,
)
from domain.shift_schedules import rule_schedules


def info_of(visit: Visit, scope: Scope) -> MetricInfo | None:
    """The metric of a scope as the first device in it declares it."""
    for device in visit.plan.devices.values():
        pairs = ((scope.site, device.site), (scope.stage, device.stage), (scope.device, device.id))
        if all(want in (None, got) for want, got in pairs):
            found = visit.plan.metric(device.id, scope.metric)
            if found is not None:
                return found
    return None


def place(visit: Visit, scope: Scope) -> str:
    """The device, stage or site of a scope by its name; all devices where it names none."""
    plan, words = visit.plan, visit.words
    if scope.device is not None:
        device = plan.devices.get(scope.device)
        return words.text(device.name) if device else scope.device
    if scope.stage is not None:
        stages = [one for site in plan.sites.values() for one in site.stages if scope.site in (None, site.id)]
        return next((words.text(one.name) for one in stages if one.id == scope.stage), scope.stage)
    if scope.site is not None:
        return words.text(plan.sites[scope.site].name) if scope.site in plan.sites else scope.site
    return words("watch.everywhere")


def hours(visit: Visit, rule: Rule) -> str:
    """When a rule is judged, by the name of its schedule or of the shifts it follows; empty where it always is."""
    found = rule_schedules(visit.plan.installation).get(rule.schedule or "")
    return (rule.schedule or "") if found is None else visit.words.text(found.name)


class Sentence:
    """Words one rule. `unit` is that of its metric, as printed."""

    def __init__(self, visit: Visit, rule: Rule) -> None:
        self._visit = visit
        self._words = visit.words
        self._formats = visit.formats()
        info = info_of(visit, rule.scope) if rule.scope.metric != ANY_METRIC else None
        self.unit = visit.symbol(info.unit) if info else ""
        name = info.name if info else name_of(rule.scope.metric)
        self.what = self._words("watch.at", what=self._words.text(name), place=place(visit, rule.scope))
        self.place = place(visit, rule.scope)
        self._info = info

    def amount(self, value: float, per: str = "") -> str:
        """A figure with its unit."""
        return f"{self._formats.brief(value)} {self.unit}{per}".strip()

    def span(self, seconds: float) -> str:
        """A duration in words."""
        return self._formats.span(round(seconds * 1000))

    def lasting(self, finding: str, rule: Any) -> str:
        """With its on-delay, where there is one."""
        said = self._words("watch.lasting", finding=finding, span=self.span(rule.on_delay)) if rule.on_delay else ""
        return said or finding

    def limit(self, rule: LimitRule) -> str:
        """Above, below, or out of both; of a mean where a window is given."""
        if rule.above is not None and rule.below is not None:
            bound = self._words("watch.outside", low=self._formats.brief(rule.below), high=self.amount(rule.above))
        elif rule.above is not None:
            bound = self._words("watch.above", limit=self.amount(rule.above))
        else:
            bound = self._words("watch.below", limit=self.amount(rule.below or 0.0))
        finding = self._words("watch.finding", what=self.what, bound=bound)
        if rule.window is not None:
            return f"{finding} ({self._words.of('rule_window', rule.window)})"
        return self.lasting(finding, rule)

    def no_data(self, rule: NoDataRule) -> str:
        """Silence of a metric, or of a device as a whole."""
        if rule.scope.metric == ANY_METRIC:
            return self._words("watch.silent", place=self.place, span=self.span(rule.after))
        return self._words("watch.no_data", what=self.what, span=self.span(rule.after))

    def stuck(self, rule: StuckRule) -> str:
        """No movement."""
        if rule.tolerance:
            moved = self.amount(rule.tolerance)
            return self._words("watch.stuck_within", what=self.what, tolerance=moved, span=self.span(rule.after))
        return self._words("watch.stuck", what=self.what, span=self.span(rule.after))

    def rate(self, rule: RateOfChangeRule) -> str:
        """Rise and fall per hour."""
        per = "/h" if self._visit.language == "en" else "/jam"
        steps = [("watch.rises", rule.rise), ("watch.falls", rule.fall)]
        said = [self._words(key, amount=self.amount(by, per)) for key, by in steps if by is not None]
        finding = self._words("watch.finding", what=self.what, bound=self._words("watch.or").join(said))
        return self.lasting(finding, rule)

    def quality(self, rule: QualityRule) -> str:
        """A share of bad values."""
        share = self._formats.brief(rule.share * 100)
        return self._words("watch.quality", share=share, what=self.what, span=self.span(rule.window))

    def volume(self, rule: VolumeRule) -> str:
        """The day's volume, or its forecast."""
        key = "watch.volume_forecast" if rule.judge == "forecast" else "watch.volume"
        return self._words(key, what=self.what, limit=self._formats.number(rule.above, 0))

    def run_hours(self, rule: RunHoursRule) -> str:
        """Service due."""
        every, ahead = self._formats.number(rule.every, 0), self._formats.brief(rule.ahead)
        key = "watch.run_hours_ahead" if rule.ahead else "watch.run_hours"
        return self._words(key, place=self.place, every=every, ahead=ahead)

    def state(self, rule: StateRule) -> str:
        """One of some values."""
        metric = rule.scope.metric
        said = [state_word(self._words, self._formats, metric, self._info, value) for value in rule.equals]
        values = self._words("watch.or").join(said)
        if metric in SELF_EVIDENT:
            return self.lasting(self._words("watch.state_of", place=self.place, values=values), rule)
        return self.lasting(self._words("watch.state", what=self.what, values=values), rule)

    def system(self, rule: SystemRule) -> str:
        """A trouble of Pantau itself."""
        finding = self._words.of("system_condition", rule.condition)
        return self._words("watch.lasting", finding=finding, span=self.span(rule.after)) if rule.after else finding

    def composite(self, rule: CompositeRule) -> str:
        """All or any of others."""
        known = {one.id: one for one in self._visit.plan.rules}
        names = [self._words.text(known[one].name) if one in known else one for one in rule.of]
        key = "watch.all_of" if rule.match == "all" else "watch.any_of"
        where = self._words.of("rule_place", rule.place)
        return self.lasting(self._words(key, rules="; ".join(names), place=where), rule)


TELL: Final[dict[str, Callable[[Sentence, Any], str]]] = {
    "limit": Sentence.limit,
    "no_data": Sentence.no_data,
    "stuck": Sentence.stuck,
    "rate_of_change": Sentence.rate,
    "quality": Sentence.quality,
    "volume": Sentence.volume,
    "run_hours": Sentence.run_hours,
    "state": Sentence.state,
    "system": Sentence.system,
    "composite": Sentence.composite,
}


def watched(visit: Visit, rule: Rule) -> str:
    """The sentence."""
    return TELL[rule.kind](Sentence(visit, rule), rule)
