"""The table of the kinds that judge readings.

`no_data` is judged by the clock alone (`alerts.silence`), `composite` from the states of other rules
(`alerts.composites`), `system` by `alerts.causes`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from alerts.kinds.finding import Evaluator, Place
from alerts.kinds.limit import LimitEvaluator
from alerts.kinds.quality import QualityEvaluator
from alerts.kinds.rate_of_change import RateEvaluator
from alerts.kinds.run_hours import RunHoursEvaluator
from alerts.kinds.state import StateEvaluator
from alerts.kinds.stuck import StuckEvaluator
from alerts.kinds.volume import VolumeEvaluator
from alerts.kinds.window import WindowEvaluator
from domain.rule import LimitRule, Rule


def _limit(rule: LimitRule, place: Place) -> Evaluator:
    return LimitEvaluator(rule, place) if rule.window is None else WindowEvaluator(rule, place)


KINDS: Final[dict[str, Callable[[Any, Place], Evaluator]]] = {
    "limit": _limit,
    "stuck": StuckEvaluator,
    "rate_of_change": RateEvaluator,
    "quality": QualityEvaluator,
    "volume": VolumeEvaluator,
    "run_hours": RunHoursEvaluator,
    "state": StateEvaluator,
}


def evaluator(rule: Rule, place: Place) -> Evaluator:
    """A fresh one. Raises ValueError where the rule cannot be judged there (a volume of a temperature)."""
    return KINDS[rule.kind](rule, place)
