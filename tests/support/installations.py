"""A small installation of the standing cast: one site, two devices, one of everything else."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import AnyHttpUrl

from domain.alert import Priority
from domain.registry import (
    CompliancePoint,
    Device,
    Installation,
    Limit,
    LimitSet,
    Route,
    Site,
    SiteKind,
    Stage,
)
from domain.rule import LimitRule, Scope
from domain.text import Text


def words(text: str) -> Text:
    """The same word in both languages."""
    return Text(id=text, en=text)


def device(name: str, **changes: Any) -> Device:
    """A device at the outlet of batik."""
    given = {"site": "batik", "stage": "outlet", "profile": "house-ipal-outlet", "name": words(name), **changes}
    return Device(id=name, **given)


BATIK = Site(
    id="batik",
    name=words("Batik"),
    kind=SiteKind.IPAL,
    stages=(Stage(id="outlet", name=words("Outlet")), Stage(id="inlet", name=words("Inlet"))),
)
LIMITS = LimitSet(
    id="limits",
    name=words("Baku mutu"),
    source="a source",
    valid_from=date(2025, 9, 9),
    limits=(Limit(metric="ph", unit="pH", min=6, max=9), Limit(metric="bod", unit="mg/L", max=60, laboratory=True)),
)
POINT = CompliancePoint(
    id="point", site="batik", stage="outlet", name=words("Titik"), limit_set="limits", devices=("outlet",)
)
RULE = LimitRule(
    id="cod-high", name=words("COD"), scope=Scope(metric="cod", device="outlet"), action=words("Periksa"), above=120.5
)
ROUTE = Route(
    id="team",
    notifier="webhook",
    url=AnyHttpUrl("https://hooks.example/secret-token"),
    sites=("batik",),
    priorities=(Priority.HIGH,),
)

SMALL = Installation(
    sites=(BATIK,),
    devices=(device("outlet"), device("inlet", stage="inlet", profile="house-ipal-inlet")),
    limit_sets=(LIMITS,),
    compliance_points=(POINT,),
    rules=(RULE,),
    routes=(ROUTE,),
)
