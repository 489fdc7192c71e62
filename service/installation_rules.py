"""Rules of files beside the profiles: metrics that nobody measures, derived rules that are not there."""

from __future__ import annotations

from alerts.rulebook import derive_rules
from domain.errors import NotFound, Problem
from domain.ports import ProfileBook
from domain.references import reference_problems
from domain.references_rules import metric_problems
from domain.registry import Device, Installation

CONNECTION = "online"  # every profile with a status topic or a last will has it, declared or not


def rule_file_problems(installation: Installation, catalogue: ProfileBook) -> list[Problem]:
    """What only shows where the profiles are at hand. The installation's references must hold together already."""
    derived = {rule.id for rule in derive_rules(installation, catalogue)}

    def metrics_of(device: Device) -> dict[str, str] | None:
        try:
            profile = catalogue.profile(device.profile)
        except NotFound:
            return None
        return {CONNECTION: "1"} | {info.metric: info.unit for info in profile.metrics}

    every = {CONNECTION, *(info.metric for profile in catalogue.profiles() for info in profile.metrics)}
    return [*reference_problems(installation, derived), *metric_problems(installation, metrics_of, every)]
